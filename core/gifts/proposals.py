"""What may be given to a member now: what policy proposes, the gifts there are, the offers (R11.1, R11.2)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.rulebook import GiftOccasion, Rulebook
from core.base.text import clean
from core.gifts.actions import MEMBER_COLUMNS
from core.gifts.coupons import coupons_of
from core.gifts.given import given_to, receiver_of
from core.gifts.offers import offers_for
from core.gifts.rules import NO_CLASS, budget_of, proposed, suits
from core.gifts.views import GiftChoice, Proposals
from core.members.lookup import MEMBER, SHOP, found_row
from core.people.access import Right
from core.store.engine import Store

SHOWN = 10

_GIFTS = sa.text(
    """select g.code, g.name, g.value, g.classes, g.occasions, coalesce(k.quantity, 0) as quantity
    from gift g left join gift_stock k on k.gift_id = g.id and k.store_id = :store
    where g.active order by coalesce(k.quantity, 0) = 0, g.value desc, g.code"""
)
_BUDGET = sa.text(
    "select amount - spent from gift_budget where store_id = :store and month = :month and value_class = :class"
)
_HAD = sa.text("select occasion, occasion_key from given where member_id = :member and state <> 'returned'")


def proposals(store: Store, actor: Actor, number: str) -> Proposals:
    """What may be given to a member, from their own store. Raises NotFound and NotAllowed."""
    with store.read() as c:
        columns = [*(MEMBER.c[name] for name in MEMBER_COLUMNS), SHOP.c.time_zone, SHOP.c.code.label("store")]
        member = found_row(c, actor, clean(number), Right.GIVE_GIFT, columns)
        day = business_day(store.clock.now(), member["time_zone"])
        receiver = receiver_of(c, member, store.rulebook, day)
        had = {(row.occasion, row.occasion_key) for row in c.execute(_HAD, {"member": member["id"]})}
        due = tuple(proposed(receiver, store.rulebook.gift_occasions, day, had))
        return Proposals(
            number=clean(number),
            name=member["name"],
            value_class=receiver.value_class,
            store=member["store"],
            due=due,
            choices=tuple(_choices(c, store.rulebook, member, due, f"{day:%Y-%m}")),
            had=given_to(c, member["id"], SHOWN),
            offers=offers_for(c, receiver.value_class, day),
            coupons=coupons_of(c, member["id"], day, SHOWN),
        )


def _choices(c: Connection, rulebook: Rulebook, member: Any, due: tuple[str, ...], month: str) -> list[GiftChoice]:
    """Gifts by occasion, proposed occasions first; in each those in stock first, dearest first."""
    value_class = str(member["value_class"] or NO_CLASS)
    bound = {"store": member["store_id"], "month": month, "class": value_class}
    left = c.execute(_BUDGET, bound).scalar()
    if left is None:
        left = budget_of(value_class, rulebook.policy.gifts)
    gifts = c.execute(_GIFTS, {"store": member["store_id"]}).all()
    others = [code for code, occasion in rulebook.gift_occasions.items() if code not in due and _by_hand(occasion)]
    return [
        GiftChoice(occasion, row.code, row.name, row.value, row.quantity, left)
        for occasion in (*due, *others)
        for row in gifts
        if suits(row.classes, value_class) and suits(row.occasions, occasion)
    ]


def _by_hand(occasion: GiftOccasion) -> bool:
    """Whether people decide on it themselves: policy proposes it never."""
    asked = (occasion.birthday_days, occasion.dissatisfied_new_days)
    return all(value is None for value in asked) and not occasion.key_regular and not occasion.recovery
