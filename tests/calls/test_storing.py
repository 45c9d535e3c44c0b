"""A call is stored once, whoever sends it how often (R5.6)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.base.clock import FixedClock
from core.base.errors import BadInput, Conflict
from core.base.rulebook import load_rulebook
from core.calls.actions import DraftForm, drafts, log_call, open_call, save_draft
from core.calls.rules import next_try, part_of_day
from core.calls.tables import Call
from core.followups.claims import release
from core.followups.tables import FollowUp
from tests.calls.desk import Desk, form, full_form

OUTCOMES = load_rulebook().outcomes
POLICY = load_rulebook().policy


@pytest.mark.parametrize("code", sorted(OUTCOMES))
def test_the_same_call_again_changes_nothing_and_answers_the_same(
    desk: Desk, code: str, clock: FixedClock
) -> None:
    member = desk.member("1")
    desk.follow_up(member, "welcome")
    desk.follow_up(member, "monthly")
    sent = full_form("1", OUTCOMES[code], clock.now())
    first = log_call(desk.store, desk.fang, sent)
    before = desk.dump(), desk.rows("call"), desk.rows("audit_entry")
    clock.advance(days=5)  # even when a callback's time has passed meanwhile
    again = log_call(desk.store, desk.fang, sent)
    assert again == replace(first, repeated=True)
    assert (desk.dump(), desk.rows("call"), desk.rows("audit_entry")) == before


def test_eight_at_once_store_one(desk: Desk) -> None:
    welcome = desk.follow_up(desk.member("1"), "welcome")
    sent = form("1", "no_answer")
    gate = threading.Barrier(8)

    def send(_: int) -> bool:
        gate.wait()
        return log_call(desk.store, desk.fang, sent).repeated

    with ThreadPoolExecutor(8) as pool:
        repeated = list(pool.map(send, range(8)))
    assert sorted(repeated) == [False] + [True] * 7
    assert desk.row(FollowUp, welcome)["attempts"] == 1
    assert len(desk.rows("call")) == 1


def test_two_callers_at_once_both_count(desk: Desk) -> None:
    welcome = desk.follow_up(desk.member("1"), "welcome")
    gate = threading.Barrier(2)

    def send(_: int) -> None:
        gate.wait()
        log_call(desk.store, desk.fang, form("1", "no_answer"))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, range(2)))
    assert desk.row(FollowUp, welcome)["attempts"] == 2


def test_an_id_belongs_to_one_call(desk: Desk) -> None:
    desk.member("1")
    desk.member("2")
    sent = form("1", "reached")
    log_call(desk.store, desk.fang, sent)
    with pytest.raises(Conflict) as caught:
        log_call(desk.store, desk.fang, replace(sent, number="2"))
    assert caught.value.code == "call.id_used"


def test_a_call_that_fails_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    member = desk.member("1")
    desk.follow_up(member, "welcome")
    before = desk.dump(), desk.rows("audit_entry")

    def broken(*_: object) -> None:
        raise RuntimeError("stop")

    monkeypatch.setattr("core.calls.storing._let_go", broken)
    with pytest.raises(RuntimeError):
        log_call(desk.store, desk.fang, form("1", "reached"))
    assert (desk.dump(), desk.rows("audit_entry")) == before


def test_a_stored_calls_draft_is_gone_and_stays_gone(desk: Desk) -> None:
    desk.member("1")
    sent = form("1", "reached")
    draft = DraftForm(number="1", call_id=sent.call_id, content={"note": "半句"})
    save_draft(desk.store, desk.fang, draft)
    log_call(desk.store, desk.fang, sent)
    assert drafts(desk.store, desk.fang) == ()
    assert save_draft(desk.store, desk.fang, draft) is None  # the screen's last save came late
    assert drafts(desk.store, desk.fang) == ()


def test_a_call_stored_otherwise_at_another_terminal_is_not_told_as_saved(desk: Desk) -> None:
    desk.member("1")
    sent = form("1", "reached", note="这台")
    log_call(desk.store, desk.fang, sent)
    assert log_call(desk.store, desk.fang, sent).repeated  # asked for again after a lost answer
    for other in (
        replace(sent, note="那台"),
        replace(sent, outcome="no_answer"),
        replace(sent, answers={"told": "y"}),
    ):
        with pytest.raises(Conflict) as caught:
            log_call(desk.store, desk.fang, other)
        assert caught.value.code == "call.stored_otherwise"
    assert [row["note"] for row in desk.rows("call")] == ["这台"]


def test_a_draft_is_kept_from_the_terminal_that_holds_the_member(desk: Desk) -> None:
    desk.member("1")
    sheet = open_call(desk.store, desk.fang, "1", "till")
    here = DraftForm(number="1", call_id=sheet.call_id, content={"note": "柜台"}, terminal="till")
    assert save_draft(desk.store, desk.fang, here) is not None
    assert open_call(desk.store, desk.fang, "1", "office").call_id == sheet.call_id
    there = replace(here, content={"note": "柜台, 办公室"}, terminal="office")
    save_draft(desk.store, desk.fang, there)
    with pytest.raises(Conflict) as caught:
        save_draft(desk.store, desk.fang, here)
    assert caught.value.code == "draft.elsewhere"
    assert drafts(desk.store, desk.fang)[0].content == {"note": "柜台, 办公室"}
    release(desk.store, desk.fang, "1")
    assert save_draft(desk.store, desk.fang, here) is not None  # nobody holds it: this is the only one


def test_a_wrong_profile_field_keeps_the_call_from_being_stored(desk: Desk) -> None:
    desk.member("1")
    with pytest.raises(BadInput) as caught:
        log_call(desk.store, desk.fang, form("1", "reached", profile={"email": "nobody"}))
    assert caught.value.field == "email"
    assert desk.rows("call") == []


def test_records_cannot_be_changed(desk: Desk) -> None:
    import sqlalchemy as sa

    from core.base.actor import SHELL
    from core.base.errors import StoreTrouble

    desk.follow_up(desk.member("1"), "welcome")
    sent = form("1", "reached", note="好")
    log_call(desk.store, desk.fang, sent)
    for deed in ("update call set note = 'x'", "delete from call", "delete from call_purpose"):
        with pytest.raises(StoreTrouble), desk.store.write(SHELL) as tx:
            tx.connection.execute(sa.text(deed))
    assert desk.row(Call, sent.call_id)["note"] == "好"


def utc(text: str) -> datetime:
    """A time of the wall clock in Shanghai."""
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("code", "end", "tried", "expected"),
    [
        ("no_answer", "2026-11-23T09:42", "m", "2026-11-23T13:30"),
        ("no_answer", "2026-11-23T11:50", "m", "2026-11-23T13:50"),
        ("no_answer", "2026-11-23T14:00", "am", "2026-11-23T18:00"),
        ("no_answer", "2026-11-23T18:30", "aem", "2026-11-24T09:00"),
        ("no_answer", "2026-11-23T19:00", "e", "2026-11-24T09:00"),
        ("busy", "2026-11-23T09:00", "m", "2026-11-23T13:30"),
        ("busy", "2026-11-23T17:50", "a", "2026-11-23T18:20"),
        ("powered_off", "2026-11-23T10:00", "m", "2026-11-24T13:30"),
        ("powered_off", "2026-11-23T15:00", "a", "2026-11-24T09:00"),
        ("declined", "2026-11-23T15:00", "a", "2026-11-24T18:00"),
        ("declined", "2026-11-23T15:00", "aem", "2026-11-24T15:00"),
    ],
)
def test_the_next_try(code: str, end: str, tried: str, expected: str) -> None:
    assert next_try(utc(end), OUTCOMES[code], tried, POLICY, "Asia/Shanghai") == utc(expected)


def test_every_next_try_is_in_a_call_window_and_late_enough() -> None:
    start = utc("2026-11-23T00:00")
    for minute in range(0, 1440, 7):
        end = start + timedelta(minutes=minute)
        for outcome in OUTCOMES.values():
            if not outcome.retries:
                assert next_try(end, outcome, "m", POLICY, "Asia/Shanghai") is None
                continue
            for tried in ("m", "a", "e", "am", "em", "ae", "aem"):
                found = next_try(end, outcome, tried, POLICY, "Asia/Shanghai")
                assert found is not None
                wall = found.astimezone(utc_plus_8())
                assert any(a <= wall.time() < b for a, b in POLICY.contact.windows)
                assert found >= end + timedelta(minutes=outcome.retry_minutes or 0)
                if tried != "aem":
                    assert part_of_day(wall.time(), POLICY.retries) not in tried


def utc_plus_8() -> object:
    from core.base.clock import zone

    return zone("Asia/Shanghai")
