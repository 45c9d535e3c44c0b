"""Callbacks: promised in a call, in words or by an outcome; who calls back, and what that answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.calls.actions import log_call
from core.followups.tables import FollowUp, State
from core.members.tables import Member
from tests.calls.desk import Desk, form
from tests.calls.test_outcomes import NOW, OUTCOMES, having, log


@pytest.mark.parametrize("code", having(schedules_callback=True))
def test_a_callback_is_planned_and_the_purposes_wait_for_it(desk: Desk, code: str) -> None:
    member = desk.member("1")
    welcome = desk.follow_up(member, "welcome")
    old = desk.follow_up(member, "callback", due_at=NOW)
    at = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
    result = log(desk, "1", OUTCOMES[code], callback_at=at, promise="换货到店后通知")
    assert result.planned == ("callback",)
    assert (result.callback_at, result.closed, result.retry_at) == (at, ("callback",), at)
    assert desk.row(FollowUp, old)["state"] == State.DONE
    assert (desk.row(FollowUp, welcome)["state"], desk.row(FollowUp, welcome)["not_before"]) == (State.OPEN, at)
    planned = next(row for row in desk.rows("follow_up") if row["cycle"] == result.call)
    assert planned["due_on"] == at.date()
    assert planned["due_at"] == at
    assert planned["place"] == int(at.timestamp()) // 60
    assert planned["assignee_id"] == desk.fang.staff_id
    assert planned["promise"] == "换货到店后通知"
    assert planned["source"] == "welcome callback"
    assert desk.row(Member, member)["last_promise"] == "换货到店后通知"
    assert desk.row(Member, member)["rest_until"] is None


def test_whoever_promises_calls_back(desk: Desk) -> None:
    desk.member("1")
    log_call(desk.store, desk.caller, form("1", "callback", callback_at=NOW + timedelta(hours=2)))
    assert desk.rows("follow_up")[0]["assignee_id"] == desk.caller.staff_id


def test_a_callback_may_go_with_any_call_that_reached(desk: Desk) -> None:
    desk.follow_up(desk.member("1"), "welcome")
    result = log(desk, "1", OUTCOMES["reached"], callback_at=NOW + timedelta(days=1))
    assert (result.closed, result.planned) == (("welcome",), ("callback",))


def test_what_waits_for_its_time_uses_up_no_attempt(desk: Desk) -> None:
    member = desk.member("1")
    later = NOW + timedelta(hours=1)
    welcome = desk.follow_up(member, "welcome", attempts=1, tried_parts="e", not_before=later)
    callback = desk.follow_up(member, "callback", due_at=NOW)
    result = log(desk, "1", OUTCOMES["no_answer"])
    assert desk.row(FollowUp, callback)["attempts"] == 1
    row = desk.row(FollowUp, welcome)
    assert (row["attempts"], row["tried_parts"], row["not_before"]) == (1, "e", result.retry_at)
    assert set(log(desk, "1", OUTCOMES["reached"]).closed) == {"welcome", "callback"}


def test_a_callback_to_a_resting_member_is_no_care_call(desk: Desk) -> None:
    member = desk.member("1", rest_until=NOW + timedelta(days=3), rest_reason="care")
    desk.follow_up(member, "verify")
    callback = desk.follow_up(member, "callback", due_at=NOW + timedelta(hours=3))
    assert log(desk, "1", OUTCOMES["reached"]).closed == ("callback",)
    assert desk.row(FollowUp, callback)["state"] == State.DONE
    assert log(desk, "1", OUTCOMES["reached"]).closed == ("verify",)  # called all the same


def test_a_callback_in_words_is_understood(desk: Desk) -> None:
    desk.member("1")
    result = log_call(desk.store, desk.fang, form("1", "callback", callback_text="下周三10点"))
    assert result.callback_at == datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
    assert log_call(desk.store, desk.fang, form("1", "busy", callback_text="有空")).callback_at is None


def test_a_callback_called_early_is_answered(desk: Desk) -> None:
    member = desk.member("1")
    desk.follow_up(member, "callback", due_at=NOW + timedelta(hours=5))
    assert log(desk, "1", OUTCOMES["reached"]).closed == ("callback",)
