"""The last record can be taken back, and then everything is as it was (R5.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import Conflict, NotFound
from core.base.rulebook import load_rulebook
from core.calls.actions import drafts, last_record, log_call, open_call, take_back
from core.followups.claims import claim
from core.followups.tables import FollowUp
from core.members.tables import Member
from tests.calls.desk import TODAY, Desk, form, full_form, open_desk
from tests.conftest import sqlite_store

RULEBOOK = load_rulebook()
OUTCOMES = RULEBOOK.outcomes
PROGRAMMES = sorted(RULEBOOK.programmes)
CREATED = ("call_purpose", "raised", "profile_fix", "draft", "claim")


def touched(dump: dict) -> dict:
    """The rows that were there before the call: those it created only name it."""
    return {table: rows for table, rows in dump.items() if table not in CREATED}


def check_taken_back(desk: Desk, before: dict, call_id: str) -> None:
    after = desk.dump()
    rows = [row for row in after["follow_up"] if row["cycle"] != call_id]
    assert touched(after) | {"follow_up": rows} == touched(before)
    for row in after["follow_up"]:
        if row["cycle"] == call_id:
            assert row["state"] == "withdrawn"
    assert all(row["withdrawn_at"] for row in after["raised"])
    assert all(row["closed_at"] for row in after["profile_fix"])


@pytest.mark.parametrize("code", sorted(OUTCOMES))
def test_taking_back_restores_everything(desk: Desk, clock: FixedClock, code: str) -> None:
    member = desk.member("1", phones=("+8613800138000",))
    for programme in ("welcome", "monthly", "dormant-recovery", "dormant-review", "callback"):
        desk.follow_up(member, programme, attempts=2, tried_parts="ae")
    desk.follow_up(member, "verify", due_on=TODAY + timedelta(days=2))
    before = desk.dump()
    result = log_call(
        desk.store,
        desk.fang,
        full_form("1", OUTCOMES[code], clock.now(), note="试过", promise="周五前回", scores={"goods": 4}),
    )
    clock.advance(minutes=2)
    taken = take_back(desk.store, desk.fang, "t9")
    assert (taken.number, taken.taken_back, taken.outcome) == ("1", result.call, code)
    check_taken_back(desk, before, result.call)
    calls = desk.rows("call")
    correction = next(row for row in calls if row["corrects"])
    assert (correction["corrects"], correction["outcome"], correction["reached"]) == (result.call, "", False)
    assert correction["correction_why"]
    sheet = open_call(desk.store, desk.fang, "1", "t9")
    assert sheet.call_id == taken.call_id
    assert sheet.draft is not None
    content = sheet.draft.content
    assert (content["outcome"], content["note"], content["promise"]) == (code, "试过", "周五前回")
    assert content["scores"] == {"goods": 4}
    assert [entry["matter"] for entry in content["raised"]] == (
        ["领口开线"] if OUTCOMES[code].opens_problem else []
    )
    assert bool(content["callback_text"]) is OUTCOMES[code].schedules_callback
    assert sheet.recent == () or all(event.kind != "call" for event in sheet.recent)
    with pytest.raises(NotFound):
        take_back(desk.store, desk.fang)


follow_ups = st.lists(
    st.fixed_dictionaries(
        {
            "programme": st.sampled_from(PROGRAMMES),
            "due_on": st.integers(-5, 5).map(lambda days: TODAY + timedelta(days=days)),
            "attempts": st.integers(0, 2),
            "tried_parts": st.sampled_from(["", "m", "a", "ae"]),
            "promise": st.sampled_from(["", "x"]),
        }
    ),
    max_size=5,
    unique_by=lambda entry: entry["programme"],
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    follow_ups,
    st.sampled_from(sorted(OUTCOMES)),
    st.integers(0, 2),
    st.booleans(),
    st.integers(0, 23),
)
def test_whatever_there_was(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    listed: list[dict],
    code: str,
    phones: int,
    rests: bool,
    hour: int,
) -> None:
    clock = FixedClock(_midnight() + timedelta(hours=hour))
    store = sqlite_store(sqlite_template, tmp_path_factory.mktemp("s"), clock)
    desk = open_desk(store)
    numbers = ("+8613800138000", "+8613900139000")[:phones]
    values = {"rest_until": clock.now() + timedelta(days=30), "rest_reason": "refused"} if rests else {}
    member = desk.member("1", phones=numbers, **values)
    for entry in listed:
        desk.follow_up(member, **entry)
    before = desk.dump()
    result = log_call(store, desk.fang, full_form("1", OUTCOMES[code], clock.now()))
    taken = take_back(store, desk.fang)
    assert taken.taken_back == result.call
    check_taken_back(desk, before, result.call)
    store.close()


def _midnight() -> datetime:

    return datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # the first minutes of Monday the 23rd in Shanghai


def test_only_the_last_one_and_only_today(desk: Desk, clock: FixedClock) -> None:
    for number in "12":
        desk.follow_up(desk.member(number), "welcome")
    log_call(desk.store, desk.fang, form("1", "reached"))
    clock.advance(seconds=1)
    log_call(desk.store, desk.fang, form("2", "busy"))
    last = last_record(desk.store, desk.fang)
    assert (last.number, last.outcome) == ("2", "busy")
    assert take_back(desk.store, desk.fang).number == "2"
    for look in (take_back, last_record):
        with pytest.raises(NotFound):
            look(desk.store, desk.fang)
    clock.advance(seconds=1)
    log_call(desk.store, desk.fang, form("2", "reached"))
    with pytest.raises(NotFound):
        take_back(desk.store, desk.boss)
    clock.advance(hours=16)
    with pytest.raises(NotFound):
        take_back(desk.store, desk.fang)


def test_the_record_that_was_named_or_none(desk: Desk, clock: FixedClock) -> None:
    for number in "12":
        desk.follow_up(desk.member(number), "welcome")
    log_call(desk.store, desk.fang, form("1", "busy"))
    named = last_record(desk.store, desk.fang)
    clock.advance(seconds=1)
    since = log_call(desk.store, desk.fang, form("2", "busy"))
    before = desk.dump(), desk.rows("call")
    with pytest.raises(Conflict) as caught:
        take_back(desk.store, desk.fang, "t1", named.call)
    assert caught.value.code == "call.another_since"
    assert (desk.dump(), desk.rows("call")) == before
    assert take_back(desk.store, desk.fang, "t1", since.call).taken_back == since.call


def test_not_when_somebody_has_gone_on_from_it(desk: Desk, clock: FixedClock) -> None:
    member = desk.member("1")
    welcome = desk.follow_up(member, "welcome")
    log_call(desk.store, desk.fang, form("1", "busy"))
    with desk.store.write(SHELL) as tx:
        tx.update(FollowUp, welcome, {"attempts": 2})
    before = desk.dump(), desk.rows("call")
    with pytest.raises(Conflict) as caught:
        take_back(desk.store, desk.fang)
    assert (caught.value.code, caught.value.params["field"]) == ("call.moved_on", "attempts")
    assert (desk.dump(), desk.rows("call")) == before


def test_not_when_the_callback_was_called(desk: Desk, clock: FixedClock) -> None:
    desk.member("1")
    result = log_call(desk.store, desk.fang, form("1", "callback", callback_at=clock.now() + timedelta(hours=1)))
    with desk.store.write(SHELL) as tx:
        key = next(row["id"] for row in desk.rows("follow_up") if row["cycle"] == result.call)
        tx.update(FollowUp, key, {"attempts": 1})
    with pytest.raises(Conflict):
        take_back(desk.store, desk.fang)


def test_not_while_somebody_else_holds_the_member(desk: Desk) -> None:
    desk.member("1")
    log_call(desk.store, desk.fang, form("1", "busy"))
    claim(desk.store, desk.caller, "1", "t2")
    with pytest.raises(Conflict) as caught:
        take_back(desk.store, desk.fang)
    assert caught.value.code == "claim.held"


def test_the_member_is_held_again_and_can_be_logged_anew(desk: Desk, clock: FixedClock) -> None:
    member = desk.member("1")
    desk.follow_up(member, "welcome")
    log_call(desk.store, desk.fang, form("1", "reached"))
    taken = take_back(desk.store, desk.fang, "t1")
    assert [row["staff_id"] for row in desk.rows("claim")] == [desk.fang.staff_id]
    assert [draft.call_id for draft in drafts(desk.store, desk.fang)] == [taken.call_id]
    clock.advance(seconds=20)
    again = log_call(desk.store, desk.fang, form("1", "busy", call_id=taken.call_id, opened=True))
    assert again.retry_at is not None
    assert desk.row(Member, member)["last_reached_on"] is None
    clock.advance(seconds=1)
    assert take_back(desk.store, desk.fang).taken_back == taken.call_id
