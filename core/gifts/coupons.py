"""Coupons of offers: given for a reason, with a last day, used once, or withdrawn (R11.2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, NotFound, Refused
from core.base.language import N_, Word
from core.base.text import clean, half_width
from core.gifts.offers import OFFER
from core.gifts.rules import NO_CLASS, suits
from core.gifts.tables import Coupon, CouponState
from core.gifts.views import CouponRow
from core.gifts.wording import COUPON_STATES
from core.members.lookup import MEMBER, SHOP, found_row
from core.people.access import Right, reach, require
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.transaction import Transaction

COUPON: sa.Table = Coupon.__table__  # type: ignore[attr-defined]

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 8

_COUPONS = """
    select c.number, m.number as member, m.name, o.code as offer, o.name as offer_name, o.value, o.least, c.reason,
        t.code as store, c.given_on, c.expires_on, c.state, c.used_on, c.used_with
    from coupon c join offer o on o.id = c.offer_id join member m on m.id = c.member_id
        join store t on t.id = c.store_id
"""


@retried()
def give_coupon(store: Store, actor: Actor, number: str, offer: str, reason: str = "") -> CouponRow:
    """Give a member a coupon for a reason (a code of `data/reasons.toml`, or none); its number is made here.

    Raises NotFound, NotAllowed, and Refused where the offer is over, not for such members, or was given for that
    reason this month.
    """
    with store.write(actor, why=reason) as tx:
        member = _member(tx, number)
        row = tx.connection.execute(sa.select(OFFER).where(OFFER.c.code == offer.strip())).first()
        if row is None:
            raise NotFound("offer.unknown", N_("There is no offer {code}: see the list."), code=clean(offer)[:40])
        day = business_day(tx.now, member["time_zone"])
        _demand_runs(row, member, reason, day)
        key = {"offer_id": row.id, "member_id": member["id"], "reason": reason, "month": f"{day:%Y-%m}"}
        there = sa.select(COUPON.c.id).where(*(COUPON.c[name] == value for name, value in key.items()))
        if tx.connection.execute(there).first() is not None:
            raise Refused("coupon.had", N_("The member has a coupon of this offer for that reason this month."))
        coupon = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        tx.insert(
            Coupon,
            **key,
            number=coupon,
            store_id=member["store_id"],
            given_on=day,
            given_at=tx.now,
            given_by=actor.staff_id,
            expires_on=min(row.until_on, day + timedelta(days=row.days)),
        )
        return _coupon(tx.connection, coupon, day)


@retried()
def use_coupon(store: Store, actor: Actor, coupon: str, order: str = "") -> CouponRow:
    """Take a coupon at the till, in any store, with the purchase's number.

    Raises NotFound, NotAllowed, Refused for one that was used, withdrawn, or whose last day is over.
    """
    reach(actor, Right.GIVE_GIFT)
    with store.write(actor) as tx:
        row = _locked(tx, coupon)
        today = business_day(tx.now)
        _demand_open(row)
        if row["expires_on"] < today:
            raise Refused("coupon.expired", N_("This coupon was good until {day}."), day=row["expires_on"])
        used = {"used_on": today, "used_with": clean(order)[:60], "used_by": actor.staff_id}
        tx.update(Coupon, row["id"], {"state": CouponState.USED, **used})
        return _coupon(tx.connection, row["number"], today)


def _demand_open(row: Mapping[str, Any]) -> None:
    if row["state"] != CouponState.OPEN:
        state = Word(COUPON_STATES[row["state"]])
        raise Refused("coupon.state", N_("This coupon is {state} already."), state=state)


@retried()
def withdraw_coupon(store: Store, actor: Actor, coupon: str, why: str) -> CouponRow:
    """Take a coupon back that was not used, with a reason. Raises BadInput, NotFound, NotAllowed, Refused."""
    said = clean(why)
    if not said:
        raise BadInput("coupon.why", N_("Say why the coupon is withdrawn."), field="why")
    with store.write(actor, why=said) as tx:
        row = _locked(tx, coupon)
        require(actor, Right.GIVE_GIFT, store_id=row["store_id"])
        _demand_open(row)
        tx.update(Coupon, row["id"], {"state": CouponState.WITHDRAWN})
        return _coupon(tx.connection, row["number"], business_day(tx.now))


def coupons(
    store: Store, actor: Actor, *, member: str = "", everything: bool = False, limit: int = 200
) -> tuple[CouponRow, ...]:
    """Coupons that can still be used (with `everything` all), newest first, by stores the actor's role reaches."""
    allowed = reach(actor, Right.SEE_GIFTS)
    today = business_day(store.clock.now())
    conditions: list[str] = ["true"]
    bound: dict[str, Any] = {}
    if allowed.store_id is not None:
        conditions.append(f"c.store_id = {int(allowed.store_id)}")
    if member:
        conditions.append("m.number = :member")
        bound["member"] = member
    if not everything:
        conditions.append("c.state = 'open' and c.expires_on >= :today")
        bound["today"] = today
    with store.read() as c:
        return _coupons(c, " and ".join(conditions), {**bound, "limit": limit}, today)


def coupons_of(c: Connection, member_id: int, day: date, most: int) -> tuple[CouponRow, ...]:
    """A member's coupons, newest first, in a transaction of the caller's."""
    return _coupons(c, "c.member_id = :member_id", {"member_id": member_id, "limit": most}, day)


def _coupon(c: Connection, coupon: str, today: date) -> CouponRow:
    return _coupons(c, "c.number = :number", {"number": coupon, "limit": 1}, today)[0]


def _coupons(c: Connection, condition: str, bound: Mapping[str, Any], today: date) -> tuple[CouponRow, ...]:
    text = f"{_COUPONS} where {condition} order by c.given_on desc, c.id desc limit :limit"
    clause = statement(text, days=("today",)).columns(given_on=sa.Date, expires_on=sa.Date, used_on=sa.Date)
    return tuple(
        CouponRow(
            number=row.number,
            member=row.member,
            name=row.name,
            offer=row.offer,
            offer_name=row.offer_name,
            value=row.value,
            least=row.least,
            reason=row.reason,
            store=row.store,
            given_on=row.given_on,
            expires_on=row.expires_on,
            state=CouponState(row.state),
            expired=row.state == CouponState.OPEN.value and row.expires_on < today,
            used_on=row.used_on,
            used_with=row.used_with,
        )
        for row in c.execute(clause, bound)
    )


def _member(tx: Transaction, number: str) -> Mapping[str, Any]:
    columns = [MEMBER.c.id, MEMBER.c.store_id, MEMBER.c.value_class, SHOP.c.time_zone]
    found = found_row(tx.connection, tx.actor, clean(number), Right.GIVE_GIFT, columns)
    tx.connection.execute(sa.select(MEMBER.c.id).where(MEMBER.c.id == found["id"]).with_for_update())
    return found


def _demand_runs(row: Any, member: Mapping[str, Any], reason: str, day: date) -> None:
    if not row.active or not row.from_on <= day <= row.until_on:
        raise Refused("offer.over", N_("The offer {name} does not run on this day."), name=row.name)
    value_class = str(member["value_class"] or NO_CLASS)
    if not suits(row.classes, value_class) or not suits(row.reasons, reason):
        raise Refused(
            "offer.unsuited",
            N_("The offer {name} is not for such members or for that reason."),
            name=row.name,
        )


def _locked(tx: Transaction, coupon: str) -> Mapping[str, Any]:
    number = half_width(clean(coupon)).upper().replace(" ", "")
    row = tx.connection.execute(sa.select(COUPON).where(COUPON.c.number == number).with_for_update()).mappings()
    found = row.first()
    if found is None:
        raise NotFound("coupon.unknown", N_("There is no coupon {number}: check it."), number=number[:20])
    return dict(found)
