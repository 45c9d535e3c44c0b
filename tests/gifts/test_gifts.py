"""Gifts: stock and budget never below zero, one an occasion, given, sent, collected, taken back (R11.1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.base.actor import Actor, Role
from core.base.clock import FixedClock
from core.base.errors import BadInput, HuifangError, NotAllowed, NotFound, Refused
from core.calls.actions import log_call
from core.gifts.actions import GiveForm, collect_gift, give_gift, return_gift, send_gift
from core.gifts.forms import GiftForm
from core.gifts.given import budgets, given, ledger, stock
from core.gifts.proposals import proposals
from core.gifts.stock import count_gifts, keep_gift, receive_gifts, set_budget
from core.gifts.views import GivenFilter
from core.store.check import check
from core.store.engine import Store
from tests.calls.desk import Desk, form


def give(shop: Desk, number: str = "1", gift: str = "SCARF", occasion: str = "birthday", **more: str) -> int:
    return give_gift(shop.store, shop.fang, GiveForm(number=number, gift=gift, occasion=occasion, **more)).id


def left(shop: Desk, gift: str = "SCARF") -> int:
    return next(row.quantity for row in stock(shop.store, shop.boss) if (row.gift, row.store) == (gift, "S1"))


def spent(shop: Desk, value_class: str = "A") -> int:
    return sum(row.spent for row in budgets(shop.store, shop.boss) if row.value_class == value_class)


def test_a_gift_from_stock_and_budget(shop: Desk) -> None:
    made = give(shop)
    (row,) = given(shop.store, shop.fang)
    assert (row.id, row.number, row.gift, row.store, row.occasion_key) == (made, "1", "SCARF", "S1", "2026")
    assert (row.state, row.value, row.given_by) == ("reserved", 8_000, "王芳")
    assert (left(shop), spent(shop)) == (2, 8_000)
    assert [row.waiting for row in stock(shop.store, shop.boss, "S1")] == [1, 0]
    send_gift(shop.store, shop.fang, made)
    collected = collect_gift(shop.store, shop.fang, made)
    assert collected.state == "collected"
    assert collected.sent_at is not None
    assert collected.collected_at is not None
    assert given(shop.store, shop.fang, GivenFilter(waiting=True)) == ()
    moves = [(m.kind, m.change, m.left) for m in ledger(shop.store, shop.boss, "SCARF")]
    assert moves == [("given", -1, 2), ("received", 3, 3)]
    assert [found.code for found in check(shop.store).findings] == ["check.sums"]  # of the made-up members


def test_one_gift_an_occasion(shop: Desk, clock: FixedClock) -> None:
    made = give(shop)
    with pytest.raises(Refused) as caught:
        give(shop, gift="TEA")
    assert caught.value.code == "given.had"
    assert (left(shop, "TEA"), spent(shop)) == (3, 8_000)
    give(shop, gift="TEA", occasion="key_account")
    with pytest.raises(BadInput):
        return_gift(shop.store, shop.fang, made, " ")
    return_gift(shop.store, shop.fang, made, "已搬走")
    assert (left(shop), spent(shop)) == (3, 2_000)
    give(shop, gift="TEA")
    with pytest.raises(Refused):
        give(shop)
    clock.advance(days=365)
    give(shop)


def test_a_returned_gift_is_over(shop: Desk) -> None:
    made = give(shop)
    return_gift(shop.store, shop.fang, made, "错了")
    for deed in (
        lambda: collect_gift(shop.store, shop.fang, made),
        lambda: send_gift(shop.store, shop.fang, made),
        lambda: return_gift(shop.store, shop.fang, made, "x"),
    ):
        with pytest.raises(Refused) as caught:
            deed()
        assert caught.value.code == "given.state"
    assert left(shop) == 3


def test_stock_and_budget_are_the_limit(shop: Desk) -> None:
    set_budget(shop.store, shop.boss, "S1", "2026-11", "A", 9_000)
    give(shop)
    with pytest.raises(Refused) as caught:
        give(shop, gift="TEA", occasion="key_account")
    assert caught.value.code == "gift.budget_used"
    assert (left(shop, "TEA"), spent(shop), len(shop.rows("given"))) == (3, 8_000, 1)
    with pytest.raises(Refused):
        set_budget(shop.store, shop.boss, "S1", "2026-11", "A", 7_999)
    set_budget(shop.store, shop.boss, "S1", "2026-11", "A", 1_000_000)
    count_gifts(shop.store, shop.boss, "TEA", "S1", 0, "盘点")
    with pytest.raises(Refused) as caught:
        give(shop, gift="TEA", occasion="key_account")
    assert caught.value.code == "gift.none_left"
    assert spent(shop) == 8_000


def test_the_catalogue_says_for_whom(shop: Desk) -> None:
    with pytest.raises(Refused) as caught:
        give(shop, "2")
    assert caught.value.code == "gift.unsuited"
    keep_gift(shop.store, shop.boss, GiftForm(code="TEA", name="绿茶", value=1_500, occasions=("recovery",)))
    with pytest.raises(Refused):
        give(shop, "2", "TEA", "birthday")
    give(shop, "2", "TEA", "recovery")
    keep_gift(shop.store, shop.boss, GiftForm(code="SCARF", name="丝巾", value=8_000, active=False))
    with pytest.raises(Refused):
        give(shop)
    assert [row.gift for row in stock(shop.store, shop.fang)] == ["TEA"]
    assert len(stock(shop.store, shop.boss, everything=True)) == 4


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "A B"}, "code"),
        ({"code": ""}, "code"),
        ({"name": " "}, "name"),
        ({"value": -1}, "value"),
        ({"classes": ("D",)}, "classes"),
        ({"occasions": ("easter",)}, "occasions"),
    ],
)
def test_a_wrong_gift_names_its_field(shop: Desk, values: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        keep_gift(shop.store, shop.boss, GiftForm(**({"code": "X", "name": "x", "value": 1} | values)))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_who_may_give_and_keep(shop: Desk) -> None:
    manager = Actor("M1", "店长", Role.STORE_MANAGER, shop.fang.staff_id, shop.shop)
    other = Actor("M2", "店长", Role.STORE_MANAGER, shop.lei.staff_id, shop.lei.store_id)
    assert receive_gifts(shop.store, manager, "TEA", "S1", 2) == 5
    for refused in (
        lambda: receive_gifts(shop.store, other, "TEA", "S1", 2),
        lambda: keep_gift(shop.store, manager, GiftForm(code="X", name="x", value=1)),
        lambda: set_budget(shop.store, manager, "S1", "2026-11", "A", 1),
        lambda: receive_gifts(shop.store, shop.fang, "TEA", "S1", 2),
    ):
        with pytest.raises(NotAllowed):
            refused()
    made = give(shop)
    with pytest.raises(NotAllowed):
        collect_gift(shop.store, shop.lei, made)
    with pytest.raises(NotFound):
        give_gift(shop.store, shop.lei, GiveForm(number="1", gift="TEA", occasion="other"))
    with pytest.raises(NotFound):
        collect_gift(shop.store, shop.fang, made + 1)
    assert [len(given(shop.store, who)) for who in (shop.fang, shop.lei, shop.caller, shop.boss)] == [1, 0, 1, 1]


def test_what_policy_proposes(shop: Desk, clock: FixedClock) -> None:
    found = proposals(shop.store, shop.fang, "1")
    assert found.due == ("birthday", "key_account")
    first = found.choices[0]
    assert (first.occasion, first.gift, first.quantity, first.left) == ("birthday", "SCARF", 3, 300_000)
    assert first.can_give
    assert [choice.gift for choice in found.choices if choice.occasion == "other"] == ["SCARF", "TEA"]
    give(shop)
    assert proposals(shop.store, shop.fang, "1").due == ("key_account",)
    assert proposals(shop.store, shop.fang, "2").due == ("recovery",)
    assert {c.gift for c in proposals(shop.store, shop.fang, "2").choices} == {"TEA"}
    clock.advance(days=11)
    assert "birthday" not in proposals(shop.store, shop.fang, "1").due


def test_a_dissatisfied_new_member_is_proposed_a_gift(shop: Desk, clock: FixedClock) -> None:
    shop.member("3", joined_on=date(2026, 11, 10), last_on=date(2026, 11, 10))
    assert proposals(shop.store, shop.fang, "3").due == ()
    log_call(shop.store, shop.fang, form("3", "dissatisfied", note="尺码不合"))
    assert proposals(shop.store, shop.fang, "3").due == ("new_dissatisfied",)
    clock.advance(days=31)
    assert proposals(shop.store, shop.fang, "3").due == ()


def test_the_ledger_cannot_be_altered(shop: Desk) -> None:
    give(shop)
    for text in ("update gift_movement set change = 5", "delete from gift_movement"):
        with pytest.raises((sa.exc.DatabaseError, HuifangError)), shop.store.write(shop.boss) as tx:
            tx.connection.exec_driver_sql(text)
    assert len(ledger(shop.store, shop.boss)) == 3


def test_the_database_itself_keeps_stock_and_budget(store: Store, shop: Desk) -> None:
    give(shop)
    for text in ("update gift_stock set quantity = -1", "update gift_budget set spent = amount + 1"):
        with pytest.raises((sa.exc.DatabaseError, HuifangError)), store.write(shop.boss) as tx:
            tx.connection.exec_driver_sql(text)


def test_the_check_finds_what_does_not_add_up(shop: Desk) -> None:
    give(shop)
    with shop.store.write(shop.boss) as tx:
        tx.connection.exec_driver_sql("update gift_stock set quantity = quantity + 1")
        tx.connection.exec_driver_sql("update gift_budget set spent = spent + 1")
    found = {finding.code: finding.params for finding in check(shop.store).findings}
    assert found["check.gift_stock"] == {"count": 2, "example": "SCARF"}
    assert found["check.gift_budget"] == {"count": 1, "example": "S1"}


def test_the_wrong_way_to_say_things(shop: Desk) -> None:
    wrong = (
        (lambda: give(shop, occasion="easter"), "occasion"),
        (lambda: set_budget(shop.store, shop.boss, "S1", "2026-13", "A", 1), "month"),
        (lambda: set_budget(shop.store, shop.boss, "S1", "2026-11", "D", 1), "class"),
        (lambda: set_budget(shop.store, shop.boss, "S1", "2026-11", "A", -1), "amount"),
        (lambda: receive_gifts(shop.store, shop.boss, "TEA", "S1", 0), "count"),
        (lambda: count_gifts(shop.store, shop.boss, "TEA", "S1", 2, ""), "why"),
    )
    for deed, field in wrong:
        with pytest.raises(BadInput) as caught:
            deed()
        assert caught.value.field == field
    with pytest.raises(NotFound):
        give(shop, gift="CAR")


def test_the_month_of_a_budget_is_that_of_the_gift(shop: Desk, clock: FixedClock) -> None:
    made = give(shop)
    clock.advance(days=20)
    return_gift(shop.store, shop.fang, made, "退回")
    assert [(row.month, row.spent) for row in budgets(shop.store, shop.boss, "2026-11")] == [("2026-11", 0)]
    assert clock.now().date() == date(2026, 11, 23) + timedelta(days=20)
