"""A random walk through calls: what must hold holds after every step."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.base.clock import FixedClock
from core.base.errors import Refused
from core.base.rulebook import load_rulebook
from core.calls.actions import log_call, open_call, take_back
from core.calls.forms import CallForm
from tests.calls.desk import Desk, full_form, open_desk
from tests.conftest import sqlite_store

RULEBOOK = load_rulebook()
MOST = RULEBOOK.policy.retries.attempts
MEMBERS = ("1", "2", "3")


def make_walk(template: Path) -> type[RuleBasedStateMachine]:
    """The machine over a copy of the empty store."""

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp())
            self.clock = FixedClock(datetime(2026, 11, 23, 1, 42, tzinfo=UTC))
            self.desk: Desk = open_desk(sqlite_store(template, self.folder, self.clock))
            self.sent: list[CallForm] = []

        @initialize()
        def people(self) -> None:
            self.members = [
                self.desk.member(number, phones=("+8613800138000", "+8613900139000")) for number in MEMBERS
            ]

        @rule(
            member=st.integers(0, 2),
            programme=st.sampled_from(sorted(RULEBOOK.programmes)),
            days=st.integers(-2, 2),
        )
        def falls_due(self, member: int, programme: str, days: int) -> None:
            row = self.desk.rows("member")[member]
            taken = {(r["member_id"], r["programme"], r["cycle"]) for r in self.desk.rows("follow_up")}
            if row["consent_call"] and (self.members[member], programme, "2026-11") not in taken:
                due = self.clock.now().date() + timedelta(days=days)
                self.desk.follow_up(self.members[member], programme, due_on=due)

        @rule(
            member=st.sampled_from(MEMBERS),
            outcome=st.sampled_from(sorted(RULEBOOK.outcomes)),
            who=st.sampled_from(["fang", "caller"]),
            named=st.booleans(),
        )
        def calls(self, member: str, outcome: str, who: str, named: bool) -> None:
            actor, values = getattr(self.desk, who), {}
            if named:
                values["covered"] = tuple(row["id"] for row in self.desk.rows("follow_up")[::2])
            form = full_form(member, RULEBOOK.outcomes[outcome], self.clock.now(), opened=True, **values)
            self.sent.append(form)
            log_call(self.desk.store, actor, form)
            self.clock.advance(minutes=3)

        @rule(index=st.integers(0, 30))
        def sends_again(self, index: int) -> None:
            if self.sent:
                assert log_call(self.desk.store, self.desk.fang, self.sent[index % len(self.sent)]).repeated

        @rule(who=st.sampled_from(["fang", "caller"]))
        def takes_back(self, who: str) -> None:
            try:
                take_back(self.desk.store, getattr(self.desk, who))
            except Refused:
                return
            finally:
                self.clock.advance(minutes=1)

        @rule(member=st.sampled_from(MEMBERS))
        def opens(self, member: str) -> None:
            try:
                open_call(self.desk.store, self.desk.fang, member, "t1")
            except Refused as error:
                if error.code != "claim.held":
                    raise

        @rule(hours=st.integers(1, 30))
        def time_passes(self, hours: int) -> None:
            self.clock.advance(hours=hours)

        @invariant()
        def holds(self) -> None:
            withdrawn = {row["id"] for row in self.desk.rows("member") if not row["consent_call"]}
            for row in self.desk.rows("follow_up"):
                assert row["attempts"] <= MOST
                assert not (row["state"] == "open" and row["attempts"] >= MOST)
                assert (row["closed_at"] is None) == (row["state"] == "open")
                assert bool(row["closed_why"]) == (row["state"] != "open")
                asked_since = row["programme"] == "callback"  # only the member can have asked for it again
                assert not (row["state"] == "open" and row["member_id"] in withdrawn and not asked_since)
            calls = self.desk.rows("call")
            stored = [call["id"] for call in calls if not call["corrects"]]
            assert sorted(stored) == sorted(form.call_id for form in self.sent)
            good = {p["member_id"] for p in self.desk.rows("member_phone") if not p["bad_reason"]}
            for row in self.desk.rows("member"):
                assert row["dialable"] == (row["id"] in good)

        def teardown(self) -> None:
            self.desk.store.close()
            shutil.rmtree(self.folder)

    return Walk


@pytest.mark.slow
def test_the_walk(sqlite_template: Path) -> None:
    run_state_machine_as_test(
        make_walk(sqlite_template), settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )
