"""A handover from application to filing: what moves, who may act, and what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.base.errors import BadInput, Refused
from core.base.language import catalogue
from core.calls.tables import RaisedKind
from core.handover import actions, proof
from core.handover.forms import HandoverForm
from core.handover.log import handover_sheet, member_lines, preview
from core.handover.tables import Act, HandoverState, MemberOutcome
from core.insight.timeline import timeline
from tests.handover.conftest import Office

LEAVING = HandoverForm("S101", "leaving", ("S102", "S103"), "调离")


def through(office: Office, form: HandoverForm = LEAVING, *, by: str = "S101", override: str = "") -> str:
    """Apply, review, approve: the number of an executed handover."""
    number = actions.submit(office.store, office[by], form).row.number
    actions.review(office.store, office["S1M"], number)
    actions.approve(office.store, office["K01"], number, override=override)
    return number


def test_a_leaver_gives_everything_away(office: Office) -> None:
    office.members(121)
    office.members(10, "S102", first=501)
    for n in (1, 2, 3, 4, 5):
        office.follow_up(f"{n:05d}")
    office.follow_up("00001", "callback", cycle="x", due_at=office.store.clock.now() + timedelta(days=2))
    office.follow_up("00006", assignee_id=None)
    office.follow_up("00007", assignee_id=office["C01"].staff_id)
    office.follow_up("00501", assignee_id=office["S101"].staff_id)
    office.raise_matter("00002")
    office.raise_matter("00003", RaisedKind.PROBLEM)
    office.raise_matter("00502")
    before = office.owners()
    seen = preview(office.store, office["S101"], LEAVING)
    assert seen.cascade.members == 121
    assert {share.code: share.members for share in seen.cascade.shares} == {"S102": 61, "S103": 60}
    assert (seen.cascade.follow_ups, seen.cascade.callbacks) == (7, 1)
    assert (seen.cascade.problems, seen.cascade.complaints) == (1, 1)
    assert (seen.cascade.loose_follow_ups, seen.cascade.loose_raised) == (1, 1)
    assert [caution.code for caution in seen.cascade.warnings] == ["callbacks"]
    assert seen.cascade.warnings[0].members == ("00001 会员1",)

    sheet = actions.submit(office.store, office["S101"], LEAVING)
    number = sheet.row.number
    assert number == "2026-0001"
    assert sheet.row.state is HandoverState.SUBMITTED
    assert [p.code for p in sheet.row.next_actors] == ["S1M"]
    assert sheet.cascade == seen.cascade
    assert actions.review(office.store, office["S1M"], number, comment="同意").row.state is HandoverState.REVIEWED
    done = actions.approve(office.store, office["K01"], number)
    assert done.row.state is HandoverState.EXECUTED
    assert [step.step for step in done.steps] == [Act.SUBMIT, Act.REVIEW, Act.APPROVE, Act.EXECUTE]
    assert done.row.moved == 121
    after = office.owners()
    assert after == {"S102": before["S102"] + 61, "S103": 60}
    assert sum(after.values()) == sum(before.values())
    moved = done.steps[-1].moved
    assert (moved["members"], moved["follow_ups"], moved["raised"]) == (121, 7, 2)
    assert (moved["introductions"], moved["loose_follow_ups"], moved["loose_raised"]) == (121, 1, 1)
    giver = office["S101"].staff_id
    assert not office.rows("select 1 from follow_up where state = 'open' and assignee_id = :g", g=giver)
    assert not office.rows("select 1 from raised where owner_id = :g", g=giver)
    assert office.rows("select assignee_id from follow_up where member_id = :m", m=office.ids["00501"]) == [
        (office["S102"].staff_id,)
    ]
    assert (office["C01"].staff_id,) in office.rows(
        "select assignee_id from follow_up where member_id = :m", m=office.ids["00007"]
    )
    filed = actions.file(office.store, office["F01"], number)
    assert filed.row.state is HandoverState.FILED
    assert filed.row.next_act is None
    assert filed.cascade is None
    with office.store.read() as c:
        assert list(proof.broken(c)) == []


def test_introductions_are_laid_over_the_week_best_class_first(office: Office) -> None:
    office.members(50)
    number = through(office)
    rows = office.rows(
        """select f.due_on, coalesce(m.value_class, 'Z'), f.assignee_id = m.owner_id, f.cycle
        from follow_up f join member m on m.id = f.member_id where f.programme = 'introduce' order by 1, 2"""
    )
    assert len(rows) == 50
    assert {row[3] for row in rows} == {number}
    assert all(row[2] for row in rows)
    days = sorted({str(row[0]) for row in rows})
    assert days == ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"]
    last_a = max(str(row[0]) for row in rows if row[1] == "A")
    first_c = min(str(row[0]) for row in rows if row[1] == "C")
    assert last_a <= first_c
    assert all(8 <= sum(str(row[0]) == day for row in rows) <= 12 for day in days)


def test_what_stays_is_named_and_counted_alike(office: Office) -> None:
    office.members(20)
    other = HandoverForm("S101", "members", ("S201",), "x", members=("00004",))
    actions.submit(office.store, office["S101"], other)
    number = actions.submit(office.store, office["S101"], LEAVING).row.number
    office.change("00001", owner_id=office["S102"].staff_id)
    office.change("00002", status="cancelled")
    office.change("00003", status="frozen")
    sheet = actions.review(office.store, office["S1M"], number)
    assert sheet.cascade is not None
    assert {c.code: (c.count, c.moves) for c in sheet.cascade.warnings} == {
        "owner_changed": (1, False),
        "cancelled": (1, False),
        "elsewhere": (1, False),
    }
    assert (sheet.cascade.members, sheet.cascade.named) == (17, 20)
    promised = {
        line.number: line.successor
        for line in member_lines(office.store, office["K01"], number)
        if not line.problem
    }
    done = actions.approve(office.store, office["K01"], number)
    assert done.row.moved == 17
    lines = {line.number: line for line in member_lines(office.store, office["K01"], number)}
    assert lines["00001"].outcome is MemberOutcome.OWNER_CHANGED
    assert lines["00002"].outcome is MemberOutcome.CANCELLED
    assert lines["00004"].outcome is MemberOutcome.ELSEWHERE
    assert {n: line.successor for n, line in lines.items() if line.outcome is MemberOutcome.MOVED} == promised
    owned = dict(office.rows("select m.number, s.code from member m join staff s on s.id = m.owner_id"))
    assert {n: owned[n] for n in promised} == promised
    assert (owned["00001"], owned["00002"], owned["00004"]) == ("S102", "S101", "S101")


def test_twice_in_ninety_days_unless_the_manager_says_so(office: Office) -> None:
    office.members(3)

    def give(frm: str, to: str, **more: str) -> int | None:
        form = HandoverForm(frm, "members", (to,), "轮换", members=("00001",))
        number = through(office, form, by=frm, **more)
        return handover_sheet(office.store, office["K01"], number).row.moved

    assert give("S101", "S102") == 1
    assert give("S102", "S103") == 1
    seen = preview(office.store, office["S103"], HandoverForm("S103", "members", ("S101",), members=("00001",)))
    assert [(c.code, c.count) for c in seen.cascade.warnings] == [("limit", 1)]
    assert give("S103", "S101") == 0
    assert give("S103", "S101", override="顾客要求") == 1
    open_ones = office.rows(
        "select cycle, state from follow_up where programme = 'introduce' and member_id = :m order by id",
        m=office.ids["00001"],
    )
    assert open_ones == [("2026-0001", "withdrawn"), ("2026-0002", "withdrawn"), ("2026-0004", "open")]


def test_refused_goes_back_is_changed_and_comes_again(office: Office) -> None:
    office.members(30)
    number = actions.submit(office.store, office["S101"], LEAVING).row.number
    actions.review(office.store, office["S1M"], number)
    with pytest.raises(BadInput):
        actions.refuse(office.store, office["K01"], number, reason=" ")
    refused = actions.refuse(office.store, office["K01"], number, reason="给三个人")
    assert refused.row.state is HandoverState.REFUSED
    assert [p.code for p in refused.row.next_actors] == ["S101"]
    three = HandoverForm("S101", "leaving", ("S102", "S103", "S201"), "调离")
    with pytest.raises(Refused):
        actions.submit(office.store, office["S102"], three, number=number)
    again = actions.submit(office.store, office["S101"], three, number=number)
    assert [s[2] for s in again.row.successors] == [10, 10, 10]
    actions.review(office.store, office["S1M"], number)
    actions.approve(office.store, office["K01"], number)
    assert office.owners() == {"S102": 10, "S103": 10, "S201": 10}
    with pytest.raises(Refused):
        actions.withdraw(office.store, office["S101"], number)


def test_nobody_decides_their_own_or_twice_or_out_of_turn(office: Office) -> None:
    office.members(4)
    office.members(4, "S1M", first=11)
    number = actions.submit(office.store, office["S101"], LEAVING).row.number
    for who, code in (
        ("S101", "handover.not_your_turn"), ("S2M", "handover.unknown"), ("K01", "handover.not_your_turn"),
        ("F01", "handover.not_your_turn"), ("C01", "handover.unknown"),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            actions.review(office.store, office[who], number)
        assert caught.value.code == code, who
    with pytest.raises(Refused) as caught:
        actions.approve(office.store, office["K01"], number)
    assert caught.value.code == "handover.state"
    own = HandoverForm("S1M", "leaving", ("S102",), "离职")
    theirs = actions.submit(office.store, office["S1M"], own)
    assert [p.code for p in theirs.row.next_actors] == ["K01", "K02"]
    actions.review(office.store, office["K01"], theirs.row.number)
    with pytest.raises(Refused) as caught:
        actions.approve(office.store, office["K01"], theirs.row.number)
    assert caught.value.code == "handover.twice"
    assert actions.approve(office.store, office["K02"], theirs.row.number).row.moved == 4


def test_timelines_show_it(office: Office) -> None:
    office.members(2)
    through(office)
    events = timeline(office.store, office["K01"], "00001")
    said = [event.said(catalogue("en"), office.store.rulebook) for event in events]
    assert "handed over from 王芳 to 李静 (2026-0001), 调离" in said
    assert any(line.startswith("introduction due") for line in said)


def test_execution_may_be_kept_apart(office: Office) -> None:
    office.members(4)
    apart = office.store.policy.handover.model_copy(update={"execute_on_approval": False})
    policy = office.store.policy.model_copy(update={"handover": apart})
    office.store.rulebook = office.store.rulebook.model_copy(update={"policy": policy})
    number = through(office)
    assert office.owners() == {"S101": 4}
    with pytest.raises(Refused):
        actions.execute(office.store, office["S1M"], number)
    assert actions.execute(office.store, office["K01"], number).row.moved == 4


def test_any_alteration_of_the_record_shows(small: Office) -> None:
    small.members(6)
    number = through(small)
    actions.file(small.store, small["F01"], number)
    alterations = (
        "update handover_member set outcome = 'pending' where member_id = 3",
        "update handover_member set successor_id = 1 where member_id = 3",
        "delete from handover_member where member_id = 3",
        "update handover set reason = 'y'",
        "update handover set state = 'executed'",
        "update handover_step set by_code = 'K02' where place = 3",
        "update handover_step set comment = 'z' where place = 2",
        "delete from handover_step where place = 2",
        "delete from handover_step where place = 5",
    )
    for statement in alterations:
        with small.store.engine.connect() as c:
            for trigger in ("update", "delete"):
                c.exec_driver_sql(f"drop trigger if exists handover_step_no_{trigger}")
            c.exec_driver_sql(statement)
            assert list(proof.broken(c)), statement
            c.rollback()
