"""A random walk through gifts on both databases: no illegal state, stock and budget always add up (R11.1)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.base.clock import FixedClock
from core.base.errors import Refused
from core.gifts.actions import GiveForm, collect_gift, give_gift, return_gift, send_gift
from core.gifts.forms import GiftForm
from core.gifts.given import budgets, ledger, stock
from core.gifts.stock import count_gifts, keep_gift, receive_gifts, set_budget
from core.store.engine import Store
from tests.calls.desk import Desk, open_desk

VALUE = {"SCARF": 8_000, "TEA": 2_000}
NEXT = {
    "sent": {"reserved"},
    "collected": {"reserved", "sent"},
    "returned": {"reserved", "sent", "collected"},
}


def make_walk(store: Store, clock: FixedClock) -> type[RuleBasedStateMachine]:
    """The machine over one store: each walk has members and gifts of its own."""
    shop: Desk = open_desk(store)
    walks = Counter[str]()

    class Walk(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            walks["begun"] += 1
            self.tag = f"w{walks['begun']}"
            for code, value in VALUE.items():
                keep_gift(store, shop.boss, GiftForm(code=f"{self.tag}{code}", name=code, value=value))
            shop.member(f"{self.tag}A", value_class="A")
            shop.member(f"{self.tag}C", value_class="C")
            self.left = Counter[str]()
            self.given: dict[int, tuple[str, str, str, str]] = {}  # gift, member, occasion, state
            self.moves = Counter[str]()

        def refused(self, error: Refused, code: str) -> None:
            assert error.code == code

        def spent(self, value_class: str) -> int:
            """What this class was given in all walks."""
            return sum(
                row["value"]
                for row in shop.rows("given")
                if row["state"] != "returned" and row["value_class"] == value_class
            )

        @rule(gift=st.sampled_from(sorted(VALUE)), count=st.integers(1, 3))
        def receives(self, gift: str, count: int) -> None:
            self.left[gift] += count
            self.moves[gift] += 1
            assert receive_gifts(store, shop.boss, self.tag + gift, "S1", count) == self.left[gift]

        @rule(gift=st.sampled_from(sorted(VALUE)), counted=st.integers(0, 3))
        def counts(self, gift: str, counted: int) -> None:
            self.moves[gift] += counted != self.left[gift]
            self.left[gift] = counted
            assert count_gifts(store, shop.boss, self.tag + gift, "S1", counted, "盘点") == counted

        @rule(
            gift=st.sampled_from(sorted(VALUE)),
            who=st.sampled_from("AC"),
            occasion=st.sampled_from(["birthday", "key_account", "recovery", "other"]),
        )
        def gives(self, gift: str, who: str, occasion: str) -> None:
            had = any((w, o) == (who, occasion) and s != "returned" for _, w, o, s in self.given.values())
            amount = next((row.amount for row in budgets(store, shop.boss) if row.value_class == who), 300_000)
            fits = self.spent(who) + VALUE[gift] <= amount
            form = GiveForm(number=self.tag + who, gift=self.tag + gift, occasion=occasion)
            try:
                made = give_gift(store, shop.fang, form)
            except Refused as error:
                expected = "given.had" if had else "gift.none_left" if not self.left[gift] else "gift.budget_used"
                self.refused(error, expected)
                assert had or not self.left[gift] or not fits
                return
            assert fits
            assert not had
            assert self.left[gift]
            self.left[gift] -= 1
            self.moves[gift] += 1
            self.given[made.id] = (gift, who, occasion, "reserved")

        @rule(place=st.integers(0, 20), to=st.sampled_from(sorted(NEXT)))
        def goes_on(self, place: int, to: str) -> None:
            if not self.given:
                return
            key = sorted(self.given)[place % len(self.given)]
            gift, who, occasion, state = self.given[key]
            deeds: dict[str, Any] = {"sent": send_gift, "collected": collect_gift}
            try:
                if to == "returned":
                    return_gift(store, shop.fang, key, "退回")
                else:
                    deeds[to](store, shop.fang, key)
            except Refused as error:
                self.refused(error, "given.state")
                assert state not in NEXT[to]
                return
            assert state in NEXT[to]
            self.given[key] = (gift, who, occasion, to)
            if to == "returned":
                self.left[gift] += 1
                self.moves[gift] += 1

        @rule(who=st.sampled_from("AC"), more=st.integers(-10_000, 20_000))
        def budgets_change(self, who: str, more: int) -> None:
            spent = self.spent(who)
            try:
                set_budget(store, shop.boss, "S1", f"{clock.now():%Y-%m}", who, max(0, spent + more))
            except Refused:
                assert spent + more < spent

        @invariant()
        def adds_up(self) -> None:
            if not hasattr(self, "given"):
                return
            for row in stock(store, shop.boss, "S1"):
                if row.gift.startswith(self.tag) and row.gift.removeprefix(self.tag) in VALUE:
                    gift = row.gift.removeprefix(self.tag)
                    moved = ledger(store, shop.boss, row.gift, "S1")
                    assert row.quantity == self.left[gift] == sum(m.change for m in moved) >= 0
                    assert len(moved) == self.moves[gift]
            for row in budgets(store, shop.boss):
                assert row.spent == self.spent(row.value_class) <= row.amount
            states = {row["id"]: row["state"] for row in shop.rows("given")}
            assert {key: states[key] for key in self.given} == {k: v[3] for k, v in self.given.items()}

    return Walk


@pytest.mark.slow
def test_the_walk(store: Store, clock: FixedClock) -> None:
    assert clock.now().date() == date(2026, 11, 23)
    run_state_machine_as_test(
        make_walk(store, clock), settings=settings(max_examples=10, stateful_step_count=20, deadline=None)
    )
