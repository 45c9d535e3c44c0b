"""Opening a member, dialling, drafts, and the review sheet."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import BadInput, Conflict, NotFound, Refused
from core.calls.actions import (
    CallSheet,
    DraftForm,
    dial,
    discard_draft,
    drafts,
    log_call,
    open_call,
    pending_draft,
    save_draft,
)
from core.calls.forms import RaisedForm
from core.followups.claims import claim, release
from core.followups.tables import FollowUp, State
from core.people.tables import Staff
from core.purchases.tables import Purchase
from core.recovery.review import decide_review, review_sheet
from tests.calls.desk import TODAY, Desk, form

NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)


def buy(desk: Desk, member: int, day: date, amount: int) -> None:
    with desk.store.write(SHELL) as tx:
        tx.insert(
            Purchase,
            store_id=desk.shop,
            order_number=f"{member}-{day}",
            member_id=member,
            bought_at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
            day=day,
            amount=amount,
            goods="围巾",
            received_by=desk.fang.staff_id,
        )


def test_a_sheet_holds_all_the_screen_needs(desk: Desk, clock: FixedClock) -> None:
    member = desk.member("1", phones=("+8613800138000", "+862112345678"), gender="female")
    buy(desk, member, date(2026, 11, 15), 26800)
    entry = RaisedForm("领口开线", "complaint")
    log_call(
        desk.store, desk.caller, form("1", "dissatisfied", raised=(entry,), started_at=NOW - timedelta(days=2))
    )
    monthly, welcome = desk.follow_up(member, "monthly"), desk.follow_up(member, "welcome", attempts=1)
    later = desk.follow_up(member, "verify", due_on=TODAY + timedelta(days=3))
    sheet = open_call(desk.store, desk.fang, "1", "t1")
    assert isinstance(sheet, CallSheet)
    assert [(p.follow_up_id, p.due) for p in sheet.purposes] == [(welcome, True), (monthly, True), (later, False)]
    assert sheet.steps[0].programme == "complaint"  # which is spoken of before all else
    assert "领口开线" in sheet.steps[0].zh
    assert {step.programme for step in sheet.steps[1:]} == {"welcome"}  # the month asks nothing else
    assert "李女士" in sheet.steps[0].zh
    assert not any(step.sales for step in sheet.steps)
    assert (sheet.tries, sheet.asks_reasons, sheet.desk_only) == (2, False, False)
    assert [(event.kind, event.day) for event in sheet.recent] == [
        ("call", date(2026, 11, 21)),
        ("purchase", date(2026, 11, 15)),
    ]
    assert (sheet.recent[1].amount, sheet.recent[1].place, sheet.recent[1].who) == (26800, "南京路店", "王芳")
    assert sheet.last_call is not None
    assert (sheet.last_call.outcome, sheet.last_call.caller) == ("dissatisfied", "陈红")
    assert [raised.matter for raised in sheet.raised] == ["领口开线"]
    assert [(line.masked, line.usable, line.shown, line.link) for line in sheet.phones] == [
        ("138****8000", True, "", ""),
        ("021****5678", True, "", ""),
    ]
    assert (sheet.gate.allowed, sheet.gate.resting) == (False, True)  # called two days ago
    assert (sheet.claimed_at, sheet.expires_at) == (NOW, NOW + timedelta(minutes=15))
    assert sheet.on == TODAY


def test_a_callback_has_the_script_of_what_it_came_from(desk: Desk, clock: FixedClock) -> None:
    member = desk.member("1")
    desk.follow_up(member, "welcome")
    log_call(desk.store, desk.fang, form("1", "callback", callback_at=NOW + timedelta(hours=5), promise="换货"))
    clock.advance(hours=5)
    sheet = open_call(desk.store, desk.fang, "1", "t1")
    assert [purpose.programme for purpose in sheet.purposes if purpose.due] == ["callback", "welcome"]
    assert any("换货" in step.zh for step in sheet.steps)
    assert "birthday" in {name for step in sheet.steps for name in step.profile}
    assert sheet.gate.allowed
    assert set(log_call(desk.store, desk.fang, form("1", "reached")).closed) == {"callback", "welcome"}


def test_what_is_only_to_be_decided_opens_the_review(desk: Desk) -> None:
    member = desk.member("1")
    desk.follow_up(member, "dormant-review")
    assert open_call(desk.store, desk.fang, "1", "t1").desk_only
    desk.follow_up(member, "dormant-recovery")
    sheet = open_call(desk.store, desk.fang, "1", "t1")
    assert (sheet.desk_only, sheet.asks_reasons) == (False, True)


def test_a_member_without_a_purpose_can_be_opened(desk: Desk) -> None:
    desk.member("1", name="[/foo]{x}\x1b", last_purchase_on=None)
    sheet = open_call(desk.store, desk.caller, "1", "t1")
    assert sheet.purposes == ()
    assert sheet.steps
    assert "\x1b" not in sheet.steps[0].zh


def test_a_held_member_says_by_whom(desk: Desk) -> None:
    desk.member("1")
    open_call(desk.store, desk.caller, "1", "t1")
    with pytest.raises(Conflict) as caught:
        open_call(desk.store, desk.fang, "1", "t2")
    assert caught.value.params["name"] == "陈红"
    with pytest.raises(NotFound):
        open_call(desk.store, desk.lei, "1", "t3")
    with pytest.raises(NotFound):
        open_call(desk.store, desk.fang, "9", "t3")
    with pytest.raises(Refused):
        open_call(desk.store, SHELL, "1", "t3")


def test_dialling_reveals_and_is_on_record(desk: Desk) -> None:
    desk.member("1", phones=("+8613800138000", "+8613900139000"))
    with pytest.raises(Conflict):
        dial(desk.store, desk.fang, "1")
    sheet = open_call(desk.store, desk.fang, "1", "t1")
    line = dial(desk.store, desk.fang, "1", call_id=sheet.call_id, why="已约好")
    assert (line.shown, line.link) == ("138 0013 8000", "tel:+8613800138000")
    second = dial(desk.store, desk.fang, "1", phone_id=sheet.phones[1].phone_id)
    assert second.shown == "139 0013 9000"
    reveals = [row for row in desk.rows("audit_entry") if row["field"] == "phones_revealed"]
    assert [(row["actor_code"], row["cause"], row["why"]) for row in reveals] == [
        ("fang", sheet.call_id, "已约好"),
        ("fang", "", ""),
    ]
    assert not any("138001" in (row["new"] or "") for row in reveals)
    log_call(desk.store, desk.fang, form("1", "not_existing", opened=True))
    sheet = open_call(desk.store, desk.fang, "1", "t1")
    assert [(phone.bad_reason, phone.usable) for phone in sheet.phones] == [("", True), ("not_existing", False)]
    assert dial(desk.store, desk.fang, "1").shown == "139 0013 9000"
    with pytest.raises(NotFound):
        dial(desk.store, desk.fang, "1", phone_id=sheet.phones[1].phone_id)


def test_a_killed_terminal_finds_its_text(desk: Desk, clock: FixedClock) -> None:
    for number in "12":
        desk.member(number)
    sheet = open_call(desk.store, desk.fang, "1", "t1")
    content = {"note": "半句 [/foo]\n第二行", "scores": {"goods": 5}}
    draft = DraftForm(number="1", call_id=sheet.call_id, content=content, started_at=NOW)
    audit = len(desk.rows("audit_entry"))
    save_draft(desk.store, desk.fang, draft)
    assert len(desk.rows("audit_entry")) == audit
    assert "半句" in json.loads(desk.rows("draft")[0]["content"])["note"]
    found = pending_draft(desk.store, desk.fang)
    assert found is not None
    assert (found.number, found.name, found.call_id, found.content) == ("1", "李雷", sheet.call_id, content)
    assert pending_draft(desk.store, desk.caller) is None
    again = open_call(desk.store, desk.fang, "1", "t2")
    assert again.call_id == sheet.call_id
    assert again.draft == found
    clock.advance(seconds=1)
    save_draft(desk.store, desk.fang, DraftForm(number="2", call_id=sheet.call_id, content={}, left=True))
    assert pending_draft(desk.store, desk.fang) == found
    assert [row.number for row in drafts(desk.store, desk.fang)] == ["2", "1"]
    discard_draft(desk.store, desk.fang, "1")
    assert pending_draft(desk.store, desk.fang) is None
    with pytest.raises(BadInput):
        save_draft(desk.store, desk.fang, DraftForm(number="1", call_id="x", content={"note": "x" * 100_000}))


def dormant(desk: Desk) -> tuple[int, int]:
    last = date(2026, 8, 20)
    member = desk.member("1", last_on=last, last_purchase_on=last, purchase_count=3, amount_total=90000)
    for day, amount in ((date(2026, 1, 5), 30000), (date(2026, 5, 1), 30000), (last, 30000)):
        buy(desk, member, day, amount)
    review = desk.follow_up(member, "dormant-review", cycle=last.isoformat(), closes_on=date(2027, 2, 19))
    return member, review


def test_a_review_sheet(desk: Desk) -> None:
    member, review = dormant(desk)
    entry = RaisedForm("排队太久", "complaint")
    log_call(desk.store, desk.fang, form("1", "dissatisfied", raised=(entry, RaisedForm("灯太暗"))))
    desk.follow_up(
        member, "dormant-recovery", cycle="2025-01-01+6", state=State.EXPIRED, closed_at=NOW, closed_why="attempts"
    )
    sheet = review_sheet(desk.store, desk.fang, "1")
    assert (sheet.follow_up_id, sheet.away_days, sheet.usual_gap_days) == (review, 95, 114)
    assert [raised.matter for raised in sheet.complaints] == ["排队太久"]
    assert [raised.matter for raised in sheet.problems] == ["灯太暗"]
    assert [(row.day, row.gap_days) for row in sheet.purchases] == [
        (date(2026, 8, 20), 111),
        (date(2026, 5, 1), 116),
        (date(2026, 1, 5), None),
    ]
    assert [(row.programme, row.source) for row in sheet.tried] == [("dormant-recovery", "attempts")]
    assert sheet.latest == date(2027, 2, 19)
    assert len(sheet.calls) == 1


def test_a_review_can_set_the_day_of_a_call(desk: Desk) -> None:
    _, review = dormant(desk)
    claim(desk.store, desk.fang, "1", "t1")
    for wrong in (None, TODAY - timedelta(days=1), date(2027, 2, 20)):
        with pytest.raises(BadInput) as caught:
            decide_review(desk.store, desk.fang, "1", "call", day=wrong)
        assert caught.value.field == "day"
    decided = decide_review(desk.store, desk.fang, "1", "call", note="先问尺码", day=date(2026, 12, 1))
    assert (decided.closed, decided.planned) == (("dormant-review",), ("dormant-recovery",))
    row = desk.row(FollowUp, review)
    assert (row["state"], row["closed_why"], row["closed_by"]) == ("done", "call: 先问尺码", desk.fang.staff_id)
    planned = next(row for row in desk.rows("follow_up") if row["programme"] == "dormant-recovery")
    assert (planned["cycle"], planned["due_on"]) == ("2026-08-20+6", date(2026, 12, 1))
    assert (planned["closes_on"], planned["place"]) == (date(2027, 5, 19), -90000)
    assert desk.rows("claim") == []
    with pytest.raises(NotFound):
        decide_review(desk.store, desk.fang, "1", "gift")


def test_an_earlier_planned_recovery_only_gets_the_day(desk: Desk) -> None:
    member, _ = dormant(desk)
    planned = desk.follow_up(member, "dormant-recovery", cycle="2026-08-20+6", due_on=date(2027, 2, 22))
    decide_review(desk.store, desk.fang, "1", "call", day=TODAY)
    assert desk.row(FollowUp, planned)["due_on"] == TODAY


@pytest.mark.parametrize("decision", ["message", "gift", "visit", "leave_alone"])
def test_other_decisions_plan_no_call(desk: Desk, decision: str) -> None:
    _, review = dormant(desk)
    if decision == "leave_alone":
        with pytest.raises(BadInput):
            decide_review(desk.store, desk.fang, "1", decision)
    decide_review(desk.store, desk.fang, "1", decision, note="住院")
    assert desk.row(FollowUp, review)["state"] == State.DONE
    assert len(desk.rows("follow_up")) == 1


def test_a_review_is_decided_by_who_may(desk: Desk) -> None:
    dormant(desk)
    with pytest.raises(BadInput):
        decide_review(desk.store, desk.fang, "1", "sing")
    with pytest.raises(NotFound):
        decide_review(desk.store, desk.lei, "1", "gift")
    claim(desk.store, desk.caller, "1", "t1")
    with pytest.raises(Conflict):
        decide_review(desk.store, desk.fang, "1", "gift")
    release(desk.store, desk.caller, "1")
    assert desk.row(Staff, desk.fang.staff_id)["code"] == "fang"
    decide_review(desk.store, desk.fang, "1", "gift")
