"""Sixteen terminals give the last gifts at once: stock and budget are exact on both databases (R11.1)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import FixedClock
from core.base.errors import Refused
from core.gifts.actions import GiveForm, give_gift, return_gift
from core.gifts.given import budgets, ledger, stock
from core.gifts.stock import set_budget
from core.store.engine import Store
from tests.calls.desk import Desk
from tests.load.processes import together

TERMINALS = 16
ROUNDS = 3


def gives(number: int, url: str, clock: FixedClock, actor: Actor, value_class: str) -> list[str]:
    """Give a gift to each of this terminal's members, and to the one that all of them have; the answers' codes."""
    store = Store(url, clock, patience=60)
    answers = []
    for member in (*(f"{value_class}{number}-{place}" for place in range(ROUNDS)), "all"):
        try:
            made = give_gift(store, actor, GiveForm(number=member, gift="SCARF", occasion="key_account"))
            answers.append("given")
            if number % 4 == 3 and len(answers) == 1:
                return_gift(store, actor, made.id, "退回")
                answers[-1] = "returned"
        except Refused as error:
            answers.append(error.code)
    store.close()
    return answers


def members(shop: Desk, value_class: str) -> None:
    for number in range(TERMINALS):
        for place in range(ROUNDS):
            shop.member(f"{value_class}{number}-{place}", phones=(), value_class=value_class)
    shop.member("all", phones=(), value_class=value_class)


def raced(shop: Desk, clock: FixedClock, value_class: str) -> list[str]:
    shop.store.engine.dispose()
    url = shop.store.url.render_as_string(hide_password=False)
    found = together(TERMINALS, gives, url, clock, shop.fang, value_class)
    return [code for answers in found for code in answers]


def proved(shop: Desk, codes: list[str], stocked: int, value_class: str) -> None:
    """The record, the ledger, the stock and the budget say the same."""
    held = codes.count("given")
    assert held == len([row for row in shop.rows("given") if row["state"] != "returned"])
    moves = [move.change for move in ledger(shop.store, shop.boss, "SCARF", "S1", limit=1000)]
    (row,) = (row for row in stock(shop.store, shop.boss, "S1") if row.gift == "SCARF")
    assert row.quantity == sum(moves) == stocked - held >= 0
    (budget,) = (row for row in budgets(shop.store, shop.boss) if row.value_class == value_class)
    assert budget.spent == held * 8_000 <= budget.amount
    with shop.store.read() as c:
        twice = sa.text(
            "select 1 from given where state <> 'returned' group by member_id, occasion, occasion_key"
            " having count(*) > 1"
        )
        assert c.execute(twice).first() is None


@pytest.mark.slow
def test_the_last_gifts_at_once(shop: Desk, clock: FixedClock) -> None:
    members(shop, "A")
    codes = raced(shop, clock, "A")
    assert codes.count("given") == 3
    assert set(codes) <= {"given", "returned", "gift.none_left", "given.had"}
    proved(shop, codes, 3, "A")


@pytest.mark.slow
def test_the_last_of_the_budget_at_once(shop: Desk, clock: FixedClock) -> None:
    from core.gifts.stock import receive_gifts

    receive_gifts(shop.store, shop.boss, "SCARF", "S1", 997)
    set_budget(shop.store, shop.boss, "S1", "2026-11", "B", 8_000 * 5 + 7_999)
    members(shop, "B")
    codes = raced(shop, clock, "B")
    assert codes.count("given") == 5
    assert set(codes) <= {"given", "returned", "gift.budget_used", "given.had"}
    proved(shop, codes, 1_000, "B")
