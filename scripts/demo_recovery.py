"""The demo's recovery measures: taken for members who said why they stay away, some done, with their gifts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.language import Catalogue
from core.gifts.actions import GiveForm, collect_gift, give_gift
from core.people.views import staff_actor
from core.recovery.lists import measures, unanswered
from core.recovery.measures import MeasureForm, finish_measure, take_measure
from core.store.engine import Store

BACK = timedelta(days=60)
OPEN_OF = 4
"""One of so many members who gave a reason still has no measure, one of so many measures is not done yet."""

GIFT = "TEA"


def followed(store: Store, words: Catalogue, data: Mapping[str, Any]) -> None:
    """What the store managers do on a worked day: what is to be done, then decide about the calls before it."""
    for code in data["keepers"]:
        keeper = staff_actor(store, code)
        _done(store, words, data, keeper)
        for call in unanswered(store, keeper, business_day(store.clock.now()) - BACK):
            kind = data["measure"].get(call.reasons[0])
            if int(call.number) % OPEN_OF and kind is not None:
                take_measure(store, keeper, MeasureForm(number=call.number, code=kind, call_id=call.call_id))
                if kind == "gift":
                    given = give_gift(store, keeper, GiveForm(number=call.number, gift=GIFT, occasion="recovery"))
                    if given.id % 2:
                        collect_gift(store, keeper, given.id)


def _done(store: Store, words: Catalogue, data: Mapping[str, Any], keeper: Actor) -> None:
    for row in measures(store, keeper):
        if row.id % OPEN_OF:  # the others are left for the reader to do
            result = data["result"][row.id % len(data["result"])]
            finish_measure(store, keeper, row.id, words.pick(result))
