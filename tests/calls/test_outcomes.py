"""What each outcome brings about follows its flags (R5.2, R5.10), whatever it is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.base.clock import FixedClock
from core.base.errors import BadInput, Conflict, NotFound
from core.base.rulebook import Outcome, load_rulebook
from core.calls.actions import log_call
from core.calls.forms import RaisedForm
from core.calls.tables import Call
from core.followups.claims import claim
from core.followups.tables import FollowUp, State
from core.members.tables import Member, MemberPhone
from tests.calls.desk import TODAY, Desk, form, full_form

OUTCOMES = load_rulebook().outcomes
NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)


def having(**flags: object) -> list[str]:
    """The outcomes that have all these flags."""
    return [
        code for code, entry in OUTCOMES.items() if all(bool(getattr(entry, f)) is v for f, v in flags.items())
    ]


def log(desk: Desk, number: str, outcome: Outcome, **values: object):
    return log_call(desk.store, desk.fang, full_form(number, outcome, desk.store.clock.now(), **values))


@pytest.mark.parametrize("code", having(reached=True, schedules_callback=False))
def test_reaching_a_member_finishes_what_is_due(desk: Desk, code: str) -> None:
    member = desk.member("1")
    welcome, later = (
        desk.follow_up(member, "welcome"),
        desk.follow_up(member, "verify", due_on=TODAY + timedelta(1)),
    )
    result = log(desk, "1", OUTCOMES[code])
    assert desk.row(FollowUp, welcome)["state"] == State.DONE
    assert result.closed[0] == "welcome"
    assert desk.row(FollowUp, later)["state"] == (
        State.WITHDRAWN if OUTCOMES[code].withdraws_consent else State.OPEN
    )
    row = desk.row(Member, member)
    assert (row["last_call_at"], row["last_reached_on"]) == (NOW, TODAY)
    assert desk.rows("call_purpose") == [{"call_id": result.call, "follow_up_id": welcome, "covered": True}]


@pytest.mark.parametrize("code", having(reached=True, refused=False, schedules_callback=False))
def test_a_care_call_rests_the_member_a_week(desk: Desk, code: str) -> None:
    member = desk.member("1")
    desk.follow_up(member, "welcome")
    assert log(desk, "1", OUTCOMES[code]).rest_until == NOW + timedelta(days=7)
    assert desk.row(Member, member)["rest_reason"] == "care"


def test_answering_a_callback_or_problem_rests_nobody(desk: Desk) -> None:
    member = desk.member("1")
    desk.follow_up(member, "callback", due_at=NOW)
    desk.follow_up(member, "problem")
    result = log(desk, "1", OUTCOMES["reached"])
    assert result.closed == ("callback", "problem")
    assert desk.row(Member, member)["rest_until"] is None


@pytest.mark.parametrize("code", having(refused=True))
def test_a_refusal_rests_for_a_quarter_and_outlasts_care(desk: Desk, code: str) -> None:
    member = desk.member("1", rest_until=NOW + timedelta(days=7), rest_reason="care")
    desk.follow_up(member, "dormant-recovery")
    assert log(desk, "1", OUTCOMES[code]).closed == ("dormant-recovery",)
    row = desk.row(Member, member)
    assert (row["rest_until"], row["rest_reason"]) == (NOW + timedelta(days=90), "refused")
    log(desk, "1", OUTCOMES["reached"])
    assert desk.row(Member, member)["rest_until"] == NOW + timedelta(days=90)


@pytest.mark.parametrize("code", having(withdraws_consent=True))
def test_withdrawn_consent_closes_everything(desk: Desk, code: str) -> None:
    member = desk.member("1")
    for programme in ("welcome", "dormant-review", "callback", "verify"):
        desk.follow_up(member, programme, due_on=TODAY + timedelta(days=3))
    due = desk.follow_up(member, "decline")
    log(desk, "1", OUTCOMES[code])
    states = {row["programme"]: row["state"] for row in desk.rows("follow_up")}
    assert states.pop("decline") == State.DONE
    assert set(states.values()) == {State.WITHDRAWN}
    assert desk.row(Member, member)["consent_call"] is False
    assert desk.row(FollowUp, due)["closed_by"] == desk.fang.staff_id


RETRIED = [code for code, entry in OUTCOMES.items() if entry.retries]


@pytest.mark.parametrize("code", RETRIED)
def test_who_was_not_reached_is_tried_in_another_part_of_the_day(desk: Desk, clock: FixedClock, code: str) -> None:
    outcome, member = OUTCOMES[code], desk.member("1")
    welcome, monthly = desk.follow_up(member, "welcome"), desk.follow_up(member, "monthly")
    before, parts = NOW, set()
    for attempt in (1, 2):
        # Shanghai is eight hours ahead
        parts.add("m" if clock.now().hour < 4 else "a" if clock.now().hour < 10 else "e")
        result = log(desk, "1", outcome)
        row = desk.row(FollowUp, welcome)
        assert (row["attempts"], row["state"], row["tried_parts"]) == (attempt, State.OPEN, "".join(sorted(parts)))
        assert result.retry_at == row["not_before"]
        assert row["not_before"] >= before + timedelta(minutes=outcome.retry_minutes or 1)
        if outcome.retry_next_day:
            assert row["not_before"].date() > before.date()
        clock.moment = before = row["not_before"]
    result = log(desk, "1", outcome)
    assert set(result.expired) == {"welcome", "monthly"}
    for key in (welcome, monthly):
        row = desk.row(FollowUp, key)
        assert (row["attempts"], row["state"], row["closed_why"]) == (3, State.EXPIRED, "attempts")
    assert desk.row(Member, member)["last_reached_on"] is None


@pytest.mark.parametrize("code", having(number_bad=True))
def test_a_bad_number_is_marked_and_another_offered(desk: Desk, code: str) -> None:
    member = desk.member("1", phones=("+8613800138000", "+8613900139000"))
    welcome = desk.follow_up(member, "welcome")
    result = log(desk, "1", OUTCOMES[code])
    assert (result.other_number, result.waits, result.closed) == (True, False, ())
    phones = desk.rows("member_phone")
    assert [row["bad_reason"] for row in phones] == [code, ""]
    row = desk.row(FollowUp, welcome)
    assert (row["attempts"], row["not_before"], row["state"]) == (0, None, State.OPEN)
    result = log(desk, "1", OUTCOMES[code], phone_id=phones[1]["id"])
    assert (result.other_number, result.waits) == (False, True)
    assert desk.row(Member, member)["dialable"] is False
    fixes = desk.rows("profile_fix")
    assert [(fix["field"], fix["problem"], fix["closed_at"]) for fix in fixes] == [("phone", code, None)]
    assert desk.row(FollowUp, welcome)["state"] == State.OPEN
    log(desk, "1", OUTCOMES[code])
    assert len(desk.rows("profile_fix")) == 1
    assert [row["bad_reason"] for row in desk.rows("member_phone")] == [code, code]


@pytest.mark.parametrize("code", having(opens_problem=True))
def test_a_problem_is_opened_in_the_same_step(desk: Desk, code: str) -> None:
    desk.member("1")
    with pytest.raises(BadInput) as caught:
        log_call(desk.store, desk.caller, form("1", code))
    assert caught.value.field == "matter"
    entries = (RaisedForm("领口开线", "complaint", "quality", "urgent"), RaisedForm("排队太久"))
    result = log_call(desk.store, desk.caller, form("1", code, raised=entries))
    raised = desk.rows("raised")
    assert tuple(row["id"] for row in raised) == result.raised
    assert [(r["kind"], r["matter"], r["urgency"], r["owner_id"]) for r in raised] == [
        ("complaint", "领口开线", "urgent", desk.fang.staff_id),
        ("problem", "排队太久", "normal", desk.fang.staff_id),
    ]
    noted = log_call(desk.store, desk.fang, form("1", code, note="店里太吵"))
    assert desk.row(Call, noted.call)["note"] == "店里太吵"
    assert desk.rows("raised")[-1]["matter"] == "店里太吵"


def test_the_month_needs_no_call_of_its_own(desk: Desk) -> None:
    member = desk.member("1")
    monthly = desk.follow_up(member, "monthly", due_on=TODAY + timedelta(days=4))
    december = desk.follow_up(member, "monthly", cycle="2026-12", due_on=TODAY + timedelta(days=9))
    desk.follow_up(member, "welcome")
    assert log(desk, "1", OUTCOMES["reached"]).closed == ("welcome", "monthly")
    row = desk.row(FollowUp, monthly)
    assert (row["state"], row["closed_at"]) == (State.COVERED, NOW)
    assert desk.row(FollowUp, december)["state"] == State.OPEN


def test_only_what_was_covered_is_done(desk: Desk) -> None:
    member = desk.member("1")
    welcome, verify = desk.follow_up(member, "welcome"), desk.follow_up(member, "verify")
    review = desk.follow_up(member, "dormant-review")
    result = log(desk, "1", OUTCOMES["reached"], covered=(verify, review))
    assert result.closed == ("verify",)
    assert [desk.row(FollowUp, key)["state"] for key in (welcome, verify, review)] == ["open", "done", "open"]
    covered = {row["follow_up_id"]: row["covered"] for row in desk.rows("call_purpose")}
    assert covered == {welcome: False, verify: True}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "gone"}, "outcome"),
        ({"call_id": "1"}, "id"),
        ({"reasons": ("gone",)}, "reason"),
        ({"reasons": ("other",)}, "note"),
        ({"reasons": ("price",), "outcome": "no_answer"}, "reason"),
        ({"outcome": "dissatisfied"}, "matter"),
        ({"outcome": "busy", "raised": (RaisedForm("x"),)}, "matter"),
        ({"raised": (RaisedForm(" \x1b[1m"),)}, "matter"),
        ({"raised": (RaisedForm("x", "wish"),)}, "matter"),
        ({"outcome": "callback"}, "callback"),
        ({"outcome": "callback", "callback_at": NOW}, "callback"),
        ({"outcome": "callback", "callback_at": datetime(2027, 1, 1)}, "callback"),  # noqa: DTZ001
        ({"outcome": "busy", "callback_at": NOW + timedelta(1)}, "callback"),
        ({"outcome": "do_not_call", "callback_at": NOW + timedelta(1)}, "callback"),
        ({"scores": {"goods": 6}}, "satisfaction"),
        ({"scores": {"mood": 3}}, "satisfaction"),
        ({"scores": {"goods": True}}, "satisfaction"),
        ({"outcome": "other_way"}, "channel"),
        ({"channel": "pigeon"}, "channel"),
        ({"note": "x" * 4001}, "note"),
        ({"started_at": NOW, "ended_at": NOW - timedelta(1)}, "started_at"),
        ({"ended_at": NOW + timedelta(1)}, "started_at"),
        ({"dialled": "+8613911112222"}, "dialled"),
    ],
)
def test_a_form_that_is_not_whole_is_refused_at_its_field(lite_desk: Desk, values: dict, field: str) -> None:
    lite_desk.member("1")
    with pytest.raises(BadInput) as caught:
        log_call(lite_desk.store, lite_desk.fang, form("1", **({"outcome": "reached"} | values)))
    assert caught.value.field == field
    assert str(caught.value)
    assert lite_desk.rows("call") == []


def test_a_recovery_call_wants_its_reason(lite_desk: Desk) -> None:
    lite_desk.follow_up(lite_desk.member("1"), "dormant-recovery")
    with pytest.raises(BadInput) as caught:
        log_call(lite_desk.store, lite_desk.fang, form("1", "reached"))
    assert (caught.value.field, lite_desk.rows("call")) == ("reason", [])
    log_call(lite_desk.store, lite_desk.fang, form("1", "callback", callback_at=NOW + timedelta(1)))
    log_call(lite_desk.store, lite_desk.fang, form("1", "refused"))


def test_who_may_call_whom(lite_desk: Desk) -> None:
    member = lite_desk.member("1")
    with pytest.raises(NotFound):
        log_call(lite_desk.store, lite_desk.fang, form("2", "busy"))
    with pytest.raises(NotFound):
        log_call(lite_desk.store, lite_desk.lei, form("1", "busy"))
    claim(lite_desk.store, lite_desk.caller, "1", "t1")
    with pytest.raises(Conflict) as caught:
        log_call(lite_desk.store, lite_desk.fang, form("1", "busy"))
    assert caught.value.code == "claim.held"
    log_call(lite_desk.store, lite_desk.fang, form("1", "busy", opened=True))
    assert [row["member_id"] for row in lite_desk.rows("claim")] == [member]
    log_call(lite_desk.store, lite_desk.caller, form("1", "busy"))
    assert lite_desk.rows("claim") == []


def test_the_record_holds_what_was_said(desk: Desk) -> None:
    member = desk.member("1")
    call = form(
        "1",
        "reached",
        reasons=("other", "price", "other"),
        scores={"goods": 5, "place": 4},
        note="第一行\n\x1b[31m第二行\u202e",
        answers={"suggestion": "多一点\u200b", "interested": True, "empty": ""},
        profile={"occupation": "教师"},
        started_at=NOW - timedelta(minutes=2),
        override_reason="已约好",
    )
    log_call(desk.store, desk.fang, call)
    row = desk.row(Call, call.call_id)
    assert row["reasons"] == "other price"
    assert (row["goods"], row["place"], row["service"]) == (5, 4, None)
    assert row["note"] == "第一行\n第二行"
    assert row["answers"] == '{"suggestion":"多一点","interested":true}'
    assert row["dialled"] == "+8613800138000"
    assert (row["started_at"], row["ended_at"], row["day"]) == (NOW - timedelta(minutes=2), NOW, TODAY)
    assert desk.row(Member, member)["occupation"] == "教师"
    audit = [entry for entry in desk.rows("audit_entry") if entry["cause"] == call.call_id]
    confirmed = [entry for entry in audit if entry["field"] == "occupation"]
    assert [entry["why"] for entry in confirmed] == ["confirmed in a call"]
    assert {entry["why"] for entry in audit if entry not in confirmed} == {"已约好"}
    assert {entry["table_name"] for entry in audit} == {"call", "member", "raised", "raised_step"}


def test_bookkeeping_of_calls_is_no_conflict_for_an_editor(desk: Desk) -> None:
    member = desk.member("1")
    before = desk.row(Member, member)["version"]
    log(desk, "1", OUTCOMES["reached"])
    assert desk.row(Member, member)["version"] == before
    assert desk.row(MemberPhone, desk.rows("member_phone")[0]["id"])["bad_reason"] == ""
