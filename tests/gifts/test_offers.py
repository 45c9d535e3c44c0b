"""Offers and coupons: by class and reason, once a month, used once, not after their last day (R11.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.base.clock import FixedClock
from core.base.errors import BadInput, NotAllowed, NotFound, Refused
from core.gifts.coupons import coupons, give_coupon, use_coupon, withdraw_coupon
from core.gifts.forms import OfferForm
from core.gifts.offers import keep_offer, offers
from core.gifts.proposals import proposals
from tests.calls.desk import TODAY, Desk

DAY = timedelta(days=1)


@pytest.fixture
def running(shop: Desk) -> Desk:
    """30 off 200 for classes A and B who stay away for the price, until the year's end."""
    keep_offer(
        shop.store,
        shop.boss,
        OfferForm(
            code="BACK",
            name="回店礼券",
            value=3_000,
            least=20_000,
            from_on=TODAY,
            until_on=date(2026, 12, 31),
            days=30,
            classes=("A", "B"),
            reasons=("price", "elsewhere"),
        ),
    )
    return shop


def test_a_coupon_is_given_and_used_once(running: Desk) -> None:
    made = give_coupon(running.store, running.fang, "1", "BACK", "price")
    assert (made.state, made.expires_on, made.expired) == ("open", TODAY + 30 * DAY, False)
    assert [row.number for row in coupons(running.store, running.fang, member="1")] == [made.number]
    used = use_coupon(running.store, running.lei, f" {made.number.lower()} ", "D-17")
    assert (used.state, used.used_on, used.used_with) == ("used", TODAY, "D-17")
    with pytest.raises(Refused):
        use_coupon(running.store, running.fang, made.number)
    with pytest.raises(Refused):
        withdraw_coupon(running.store, running.fang, made.number, "x")
    (row,) = offers(running.store, running.fang)
    assert (row.given, row.used) == (1, 1)
    assert coupons(running.store, running.fang) == ()
    assert len(coupons(running.store, running.fang, everything=True)) == 1


def test_one_coupon_for_a_reason_and_month(running: Desk, clock: FixedClock) -> None:
    give_coupon(running.store, running.fang, "1", "BACK", "price")
    with pytest.raises(Refused) as caught:
        give_coupon(running.store, running.fang, "1", "BACK", "price")
    assert caught.value.code == "coupon.had"
    give_coupon(running.store, running.fang, "1", "BACK", "elsewhere")
    clock.advance(days=10)
    late = give_coupon(running.store, running.fang, "1", "BACK", "price")
    assert late.expires_on == date(2026, 12, 31)


def test_for_whom_an_offer_is(running: Desk, clock: FixedClock) -> None:
    for number, reason in (("2", "price"), ("1", "quality"), ("1", "")):
        with pytest.raises(Refused) as caught:
            give_coupon(running.store, running.fang, number, "BACK", reason)
        assert caught.value.code == "offer.unsuited"
    assert [row.code for row in proposals(running.store, running.fang, "1").offers] == ["BACK"]
    assert proposals(running.store, running.fang, "2").offers == ()
    clock.moment += 60 * DAY
    with pytest.raises(Refused) as caught:
        give_coupon(running.store, running.fang, "1", "BACK", "price")
    assert caught.value.code == "offer.over"
    assert offers(running.store, running.fang) == ()
    assert len(offers(running.store, running.fang, everything=True)) == 1


def test_a_coupon_ends(running: Desk, clock: FixedClock) -> None:
    made = give_coupon(running.store, running.fang, "1", "BACK", "price")
    clock.advance(days=30)
    assert [row.expired for row in coupons(running.store, running.boss, everything=True)] == [False]
    clock.advance(days=1)
    assert [row.expired for row in coupons(running.store, running.boss, everything=True)] == [True]
    with pytest.raises(Refused) as caught:
        use_coupon(running.store, running.fang, made.number)
    assert caught.value.code == "coupon.expired"
    with pytest.raises(BadInput):
        withdraw_coupon(running.store, running.fang, made.number, "")
    assert withdraw_coupon(running.store, running.fang, made.number, "错发").state == "withdrawn"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": ""}, "code"),
        ({"name": ""}, "name"),
        ({"value": 0}, "value"),
        ({"until_on": TODAY - DAY}, "until"),
        ({"days": 0}, "until"),
        ({"classes": ("Z",)}, "classes"),
        ({"reasons": ("weather",)}, "reasons"),
    ],
)
def test_a_wrong_offer_names_its_field(shop: Desk, values: dict[str, object], field: str) -> None:
    whole = {"code": "X", "name": "x", "value": 1, "from_on": TODAY, "until_on": TODAY} | values
    with pytest.raises(BadInput) as caught:
        keep_offer(shop.store, shop.boss, OfferForm(**whole))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_who_may(running: Desk) -> None:
    with pytest.raises(NotAllowed):
        keep_offer(
            running.store, running.fang, OfferForm(code="X", name="x", value=1, from_on=TODAY, until_on=TODAY)
        )
    with pytest.raises(NotFound):
        give_coupon(running.store, running.lei, "1", "BACK", "price")
    with pytest.raises(NotFound):
        give_coupon(running.store, running.fang, "1", "NOPE")
    with pytest.raises(NotFound):
        use_coupon(running.store, running.fang, "NOPE")
    made = give_coupon(running.store, running.fang, "1", "BACK", "price")
    with pytest.raises(NotAllowed):
        withdraw_coupon(running.store, running.lei, made.number, "x")
