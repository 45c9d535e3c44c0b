"""The demo's gifts, what its stores have of them, and its offer, kept by the manager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from core.base.clock import business_day
from core.base.language import Catalogue
from core.gifts.forms import GiftForm, OfferForm
from core.gifts.offers import keep_offer
from core.gifts.stock import keep_gift, receive_gifts
from core.people.views import staff_actor
from core.store.engine import Store

_FEN = 100


def stocked(store: Store, words: Catalogue, data: Mapping[str, Any], shops: Iterable[str]) -> None:
    """Put what is in `data/demo/gifts.toml` into the catalogue and into the stock of the shops."""
    keeper = staff_actor(store, data["keeper"])
    shops = tuple(shops)
    for gift in data["gift"]:
        keep_gift(store, keeper, GiftForm(code=gift["code"], name=words.pick(gift), value=gift["value"] * _FEN))
        for shop in shops:
            receive_gifts(store, keeper, gift["code"], shop, gift["stock"])
    offer, today = data["offer"], business_day(store.clock.now())
    form = OfferForm(
        code=offer["code"],
        name=words.pick(offer),
        value=offer["value"] * _FEN,
        least=offer["least"] * _FEN,
        from_on=today,
        until_on=today + timedelta(days=offer["runs_days"]),
        days=offer["days"],
    )
    keep_offer(store, keeper, form)
