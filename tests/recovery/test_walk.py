"""A random walk through measures on both databases: no illegal state, no lost step (R5.8)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.base.clock import FixedClock
from core.base.errors import Refused
from core.calls.actions import log_call, take_back
from core.recovery.lists import measures
from core.recovery.measures import MeasureForm, change_measure, drop_measure, finish_measure, take_measure
from core.recovery.views import MeasureFilter
from core.store.engine import Store
from tests.calls.desk import TODAY, Desk, form, open_desk

CODES = ("offer", "message", "gift", "visit", "repair", "apology", "leave_alone")
EVERYTHING = MeasureFilter(everything=True, limit=10_000)


def make_walk(store: Store, clock: FixedClock) -> type[RuleBasedStateMachine]:
    """The machine over one store: each walk has a member of its own."""
    shop: Desk = open_desk(store)
    walks = Counter[str]()

    class Walk(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            walks["begun"] += 1
            self.number = f"w{walks['begun']}"
            self.member = shop.member(self.number, last_on=TODAY - timedelta(days=200))
            self.states: dict[int, str] = {}
            self.codes: dict[int, str] = {}
            self.deeds = Counter[int]()
            self.of_call: dict[str, int] = {}
            self.last = ""

        def keep(self, made: Any) -> None:
            if made.id not in self.states:
                self.states[made.id], self.codes[made.id] = str(made.state), made.code
                self.deeds[made.id] = 1

        def call_of(self, key: int) -> str:
            with store.read() as c:
                return c.execute(sa.text("select call_id from measure where id = :id"), {"id": key}).scalar() or ""

        @rule(outcome=st.sampled_from(["reached", "no_answer"]))
        def calls(self, outcome: str) -> None:
            shop.follow_up(self.member, "dormant-recovery")
            reasons = ("price",) if outcome == "reached" else ()
            self.last = log_call(store, shop.fang, form(self.number, outcome, reasons=reasons)).call
            clock.advance(minutes=1)

        @rule(code=st.sampled_from(CODES), of_call=st.booleans(), note=st.sampled_from(["", "说明"]))
        def takes(self, code: str, of_call: bool, note: str) -> None:
            call = self.last if of_call else ""
            try:
                made = take_measure(
                    store, shop.fang, MeasureForm(number=self.number, code=code, note=note, call_id=call)
                )
            except Refused:
                assert (code == "leave_alone" and not note) or call
                return
            assert (made.state == "done") == (code == "leave_alone") or made.id in self.states
            call = call or self.call_of(made.id)  # by hand it belongs to the call that still had none
            if call:
                assert self.of_call.setdefault(call, made.id) == made.id
            self.keep(made)

        @rule(
            place=st.integers(0, 9),
            deed=st.sampled_from([finish_measure, drop_measure]),
            said=st.sampled_from(["", "好"]),
        )
        def ends(self, place: int, deed: Any, said: str) -> None:
            if not self.states:
                return
            key = sorted(self.states)[place % len(self.states)]
            try:
                closed = deed(store, shop.fang, key, said)
            except Refused:
                assert not said or self.states[key] != "open"
                return
            assert self.states[key] == "open"
            self.states[key] = "done" if deed is finish_measure else "dropped"
            assert closed.state == self.states[key]
            self.deeds[key] += 1

        @rule(place=st.integers(0, 9), days=st.integers(-1, 3))
        def moves(self, place: int, days: int) -> None:
            if not self.states:
                return
            key = sorted(self.states)[place % len(self.states)]
            try:
                change_measure(store, shop.fang, key, due_on=clock.now().date() + timedelta(days=days))
            except Refused:
                assert days < 0 or self.states[key] != "open"
                return
            assert self.states[key] == "open"

        @rule()
        def takes_back(self) -> None:
            if self.last:
                back = take_back(store, shop.fang)
                if back.taken_back in self.of_call:
                    gone = self.of_call.pop(back.taken_back)
                    self.states.pop(gone)
                self.last = ""
                clock.advance(minutes=1)

        @invariant()
        def holds(self) -> None:
            if not hasattr(self, "states"):
                return
            listed = {
                row.id: (str(row.state), row.code)
                for row in measures(store, shop.boss, EVERYTHING)
                if row.number == self.number
            }
            assert listed == {key: (state, self.codes[key]) for key, state in self.states.items()}

        def teardown(self) -> None:
            if not hasattr(self, "deeds"):
                return
            with store.read() as c:
                trail = c.execute(
                    sa.text(
                        "select row_key, deed, field, new from audit_entry where table_name = 'measure'"
                        " and (field = 'state' or deed = 'insert')"
                    )
                ).all()
            steps = Counter(int(row.row_key) for row in trail if int(row.row_key) in self.deeds)
            assert steps == self.deeds
            for row in trail:
                if row.deed == "insert" and int(row.row_key) in self.codes:
                    assert json.loads(row.new)["code"] == self.codes[int(row.row_key)]

    return Walk


@pytest.mark.slow
def test_the_walk(store: Store, clock: FixedClock) -> None:
    run_state_machine_as_test(
        make_walk(store, clock), settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )
