"""Lists of members with what they bought: above purchases, so that members need not know of them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

import core.purchases.tables  # noqa: F401
from core.base.actor import Actor
from core.base.phones import masked
from core.members.find import found_ids, matching
from core.members.lookup import MEMBER, OWNER, PHONE, SHOP, found_row, within
from core.members.rules import Stage, StageCuts, add_months, stage_cuts
from core.members.tables import Status, ValueClass
from core.members.views import MemberFilter, MemberRow
from core.people.access import Right
from core.people.views import shop_id
from core.store.again import resumed
from core.store.engine import Store

PURCHASE: sa.Table = SQLModel.metadata.tables["purchase"]
_FETCHED_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class BuyingHabits:
    """What one member bought in the class period (12 months), and the median gap between purchase days."""

    amount_12m: int
    purchases_12m: int
    usual_gap_days: int | None


@resumed(lambda row: row.number)
def list_members(
    store: Store, actor: Actor, wanted: MemberFilter, on: date, *, after: str | None = None
) -> Generator[MemberRow, None, None]:
    """The members the actor may see, by number, with stage and sums as on the day `on` (R3.1, R3.2).

    Rows come as they are read, so a list of a million needs no memory. Raises NotFound for another store.
    """
    cuts = stage_cuts(on, store.policy.stages)
    with store.sweep() as c:
        query = _rows(store, on, cuts).where(within(actor, Right.SEE_MEMBER)).order_by(MEMBER.c.number)
        if after is not None:
            query = query.where(MEMBER.c.number > after)
        if wanted.store is not None:
            query = query.where(MEMBER.c.store_id == shop_id(c, wanted.store))
        if wanted.stage is not None:
            query = query.where(stage_is(wanted.stage, cuts))
        if wanted.value is not None:
            query = query.where(MEMBER.c.value_class == wanted.value)
        if wanted.status is not None:
            query = query.where(MEMBER.c.status == wanted.status)
        if wanted.find.strip():
            query = query.where(matching(wanted.find, store.policy.phones.region))
        for row in c.execute(query, execution_options={"yield_per": _FETCHED_AT_ONCE}):
            yield _member_row(row)


def find_members(store: Store, actor: Actor, words: str, on: date, limit: int = 50) -> tuple[MemberRow, ...]:
    """The members found by number, card, phone, name, pinyin or initials, the surest first (R6.5)."""
    with store.read() as c:
        ids = found_ids(c, actor, words, limit=limit, region=store.policy.phones.region)
        if not ids:
            return ()
        query = _rows(store, on, stage_cuts(on, store.policy.stages)).where(MEMBER.c.id.in_(ids))
        found = {row.id: _member_row(row) for row in c.execute(query)}
    return tuple(found[member_id] for member_id in ids if member_id in found)


def buying_habits(store: Store, actor: Actor, number: str, on: date) -> BuyingHabits:
    """How much and how often a member buys. Raises NotFound as `member_card` does."""
    with store.read() as c:
        row = found_row(c, actor, number, Right.SEE_MEMBER, [MEMBER.c.id])
        return _habits(c, row["id"], add_months(on, -store.policy.classes.months), on)


def stage_is(stage: Stage, cuts: StageCuts) -> sa.ColumnElement[bool]:
    """The SQL condition that a member is in that stage (R3.1)."""
    last, joined = MEMBER.c.last_on, MEMBER.c.joined_on
    match stage:
        case Stage.LOST:
            return last <= cuts.lost
        case Stage.DORMANT_6M:
            return sa.and_(last > cuts.lost, last <= cuts.dormant_6m)
        case Stage.DORMANT_3M:
            return sa.and_(last > cuts.dormant_6m, last <= cuts.dormant_3m)
        case Stage.NEW:
            return sa.and_(last > cuts.dormant_3m, joined > cuts.new_after)
        case Stage.REGULAR:
            return sa.and_(last > cuts.dormant_3m, joined <= cuts.new_after)


def stage_column(cuts: StageCuts) -> sa.ColumnElement[str]:
    """The stage of a member as an SQL expression (R3.1)."""
    ordered = (Stage.LOST, Stage.DORMANT_6M, Stage.DORMANT_3M, Stage.NEW)
    return sa.case(*((stage_is(stage, cuts), stage.value) for stage in ordered), else_=Stage.REGULAR.value)


def _rows(store: Store, on: date, cuts: StageCuts) -> sa.Select[Any]:
    start = add_months(on, -store.policy.classes.months)
    spent = (
        sa.select(sa.func.coalesce(sa.func.sum(PURCHASE.c.amount), 0))
        .where(PURCHASE.c.member_id == MEMBER.c.id, PURCHASE.c.day > start, PURCHASE.c.day <= on)
        .scalar_subquery()
    )
    phone = (
        sa.select(sa.func.coalesce(PHONE.c.e164, PHONE.c.typed))
        .where(PHONE.c.member_id == MEMBER.c.id)
        .order_by(PHONE.c.bad_reason != "", PHONE.c.e164.is_(None), PHONE.c.position, PHONE.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return sa.select(
        MEMBER.c.id,
        MEMBER.c.number,
        MEMBER.c.name,
        stage_column(cuts).label("stage"),
        MEMBER.c.value_class,
        MEMBER.c.status,
        OWNER.c.code.label("owner"),
        OWNER.c.name.label("owner_name"),
        SHOP.c.code.label("store"),
        MEMBER.c.last_purchase_on,
        spent.label("amount"),
        phone.label("phone"),
    ).select_from(
        MEMBER.join(SHOP, SHOP.c.id == MEMBER.c.store_id).outerjoin(OWNER, OWNER.c.id == MEMBER.c.owner_id)
    )


def _member_row(row: sa.Row[Any]) -> MemberRow:
    return MemberRow(
        number=row.number,
        name=row.name,
        stage=Stage(row.stage),
        value_class=ValueClass(row.value_class) if row.value_class else None,
        status=Status(row.status),
        owner=row.owner or "",
        owner_name=row.owner_name or "",
        store=row.store,
        last_purchase_on=row.last_purchase_on,
        amount_12m=int(row.amount),
        phone_masked=masked(row.phone) if row.phone else "",
    )


def _habits(c: Connection, member_id: int, start: date, on: date) -> BuyingHabits:
    rows = c.execute(
        sa.select(PURCHASE.c.day, PURCHASE.c.amount)
        .where(PURCHASE.c.member_id == member_id, PURCHASE.c.day <= on)
        .order_by(PURCHASE.c.day)
    ).all()
    lately = [row.amount for row in rows if row.day > start]
    days = list(dict.fromkeys(row.day for row in rows if row.amount > 0))
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return BuyingHabits(
        amount_12m=sum(lately),
        purchases_12m=sum(amount > 0 for amount in lately),
        usual_gap_days=round(median(gaps)) if gaps else None,
    )
