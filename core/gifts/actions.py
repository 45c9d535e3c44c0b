"""Giving: a gift is put aside from stock and budget in one transaction, then sent, collected, or back (R11.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.choices import demand_one_of
from core.base.clock import business_day
from core.base.errors import BadInput, NotFound, Refused
from core.base.language import N_
from core.base.rulebook import GiftOccasion
from core.base.text import clean
from core.gifts.given import given_in, receiver_of
from core.gifts.rules import NO_CLASS, demand_move, occasion_key, suits
from core.gifts.stock import gift_row, move_stock, open_budget, open_stock, spend
from core.gifts.tables import Given, GivenState, Movement
from core.gifts.views import GivenRow
from core.members.lookup import MEMBER, SHOP, found_row
from core.people.access import Right, require
from core.people.views import shop_id
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction

GIVEN: sa.Table = Given.__table__  # type: ignore[attr-defined]

_THERE = sa.select(GIVEN.c.id, GIVEN.c.gift_id).where(
    GIVEN.c.member_id == sa.bindparam("member"),
    GIVEN.c.occasion == sa.bindparam("occasion"),
    GIVEN.c.occasion_key == sa.bindparam("key"),
    GIVEN.c.state != GivenState.RETURNED,
)
_CALL = sa.text("select 1 from call where id = :call and member_id = :member")
_LOCKED = sa.select(GIVEN).where(GIVEN.c.id == sa.bindparam("id")).with_for_update()


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveForm:
    """A gift for a member: gift and occasion by code; `store` gives it, by default the member's own."""

    number: str
    gift: str
    occasion: str
    store: str = ""
    note: str = ""
    call_id: str = ""


@retried()
def give_gift(store: Store, actor: Actor, form: GiveForm) -> GivenRow:
    """Put a gift aside for a member: one from stock, its value from the class's budget of the month.

    Raises BadInput naming the field, NotFound, NotAllowed, and Refused where the occasion had its gift, the gift
    is not for such members, none is left, or the budget is used up.
    """
    occasion = _occasion(store, form.occasion)
    with store.write(actor, why=clean(form.note), cause=form.call_id) as tx:
        member = _member(tx, form.number)
        shop = shop_id(tx.connection, form.store) if form.store.strip() else member["store_id"]
        if form.store.strip():
            require(actor, Right.GIVE_GIFT, store_id=shop)
        gift = gift_row(tx, form.gift)
        _demand_suits(gift, member["value_class"] or NO_CLASS, occasion)
        day = business_day(tx.now, member["time_zone"])
        receiver = receiver_of(tx.connection, member, store.rulebook, day)
        key = occasion_key(occasion, day, receiver.last_on, receiver.birthday)
        _demand_new(tx, member, occasion, key)
        call = _call(tx, form.call_id, member)
        given = _put_aside(tx, store, member, gift, shop, {
            "occasion": occasion.code,
            "occasion_key": key,
            "call_id": call,
            "note": clean(form.note, lines=True)[:1000],
            "given_on": day,
        })  # fmt: skip
        return given_in(tx.connection, given)


def collect_gift(store: Store, actor: Actor, given: int) -> GivenRow:
    """The member has it. Raises NotFound, NotAllowed, Refused where it is not waiting."""
    return _moved(store, actor, given, GivenState.COLLECTED, "collected_at", "")


def send_gift(store: Store, actor: Actor, given: int, note: str = "") -> GivenRow:
    """It is on its way to the member. Raises NotFound, NotAllowed, Refused where it is not put aside."""
    return _moved(store, actor, given, GivenState.SENT, "sent_at", clean(note))


def return_gift(store: Store, actor: Actor, given: int, why: str) -> GivenRow:
    """It is back in the store: stock and budget have it again, and the occasion may have another gift.

    Raises BadInput without a reason, NotFound, NotAllowed, Refused where it came back already.
    """
    said = clean(why)
    if not said:
        raise BadInput("given.why", N_("Say why the gift comes back."), field="why")
    return _moved(store, actor, given, GivenState.RETURNED, "returned_at", said)


def _occasion(store: Store, code: str) -> GiftOccasion:
    none = N_("There is no occasion {code!r}: use one of {codes}.")
    demand_one_of(store.rulebook.gift_occasions, code, none, error="gift.occasion", field="occasion")
    return store.rulebook.gift_occasions[code]


MEMBER_COLUMNS = (
    "id", "name", "store_id", "owner_id", "value_class", "social_reach", "joined_on", "last_on", "birth_month",
    "birth_day", "birth_calendar",
)  # fmt: skip


def _member(tx: Transaction, number: str) -> Mapping[str, Any]:
    """The member, locked so that two terminals don't give for one occasion at once."""
    columns = [*(MEMBER.c[name] for name in MEMBER_COLUMNS), SHOP.c.time_zone]
    found = found_row(tx.connection, tx.actor, clean(number), Right.GIVE_GIFT, columns)
    tx.connection.execute(sa.select(MEMBER.c.id).where(MEMBER.c.id == found["id"]).with_for_update())
    return found


def _demand_suits(gift: Any, value_class: str, occasion: GiftOccasion) -> None:
    if not gift.active or not suits(gift.classes, value_class) or not suits(gift.occasions, occasion.code):
        raise Refused(
            "gift.unsuited",
            N_("{gift} is not given to such members or for that occasion: choose another gift."),
            gift=gift.name,
        )


def _demand_new(tx: Transaction, member: Mapping[str, Any], occasion: GiftOccasion, key: str) -> None:
    bound = {"member": member["id"], "occasion": occasion.code, "key": key}
    if tx.connection.execute(_THERE, bound).first() is not None:
        raise Refused("given.had", N_("For this occasion the member was given a gift already: one is all."))


def _call(tx: Transaction, call_id: str, member: Mapping[str, Any]) -> str | None:
    if not call_id:
        return None
    found = tx.connection.execute(_CALL, {"call": call_id.lower(), "member": member["id"]}).first()
    return None if found is None else call_id.lower()


def _put_aside(
    tx: Transaction, store: Store, member: Mapping[str, Any], gift: Any, shop: int, values: dict[str, Any]
) -> int:
    """Stock first, then the budget, then the record: everybody takes them in this order."""
    budget = {
        "store_id": shop,
        "month": f"{values['given_on']:%Y-%m}",
        "value_class": str(member["value_class"] or NO_CLASS),
    }
    open_stock(tx, gift.id, shop)
    open_budget(tx, store.rulebook, budget)
    given: int = tx.insert(
        Given,
        gift_id=gift.id,
        member_id=member["id"],
        value=gift.value,
        given_at=tx.now,
        given_by=tx.actor.staff_id,
        **budget,
        **values,
    )
    if not move_stock(tx, gift.id, shop, Movement.GIVEN, -1, given, ""):
        raise Refused(
            "gift.none_left", N_("No {gift} is left in this store: choose another gift."), gift=gift.name
        )
    if not spend(tx, budget, gift.value):
        raise Refused(
            "gift.budget_used",
            N_("The month's budget for this class does not reach for {gift}: a manager may raise it."),
            gift=gift.name,
        )
    return given


@retried()
def _moved(store: Store, actor: Actor, given: int, state: GivenState, at: str, why: str) -> GivenRow:
    with store.write(actor, why=why) as tx:
        row = tx.connection.execute(_LOCKED, {"id": given}).mappings().first()
        if row is None:
            raise NotFound("given.unknown", N_("There is no gift {id} on record: see the list."), id=given)
        require(actor, Right.GIVE_GIFT, store_id=row["store_id"])
        demand_move(row["state"], state)
        tx.update(Given, given, {"state": state, at: tx.now})
        if state is GivenState.RETURNED:
            move_stock(tx, row["gift_id"], row["store_id"], Movement.RETURNED, 1, given, why)
            spend(tx, {name: row[name] for name in ("store_id", "month", "value_class")}, -row["value"])
        return given_in(tx.connection, given)
