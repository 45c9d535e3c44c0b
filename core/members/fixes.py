"""Profiles to put right: those somebody must look at, then the most valuable incomplete ones (R6.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.members.lookup import FIX, MEMBER, OWNER, SHOP, within
from core.members.profile import WEIGHED, missing_of
from core.members.tables import Status, ValueClass
from core.people.access import Right
from core.people.views import shop_id
from core.store.engine import Store


@dataclass(frozen=True, slots=True)
class FixRow:
    """A profile to put right: `to_fix` are (field, code of the problem), `missing` fields heaviest first."""

    number: str
    name: str
    store: str
    owner: str
    value_class: ValueClass | None
    completeness: int
    missing: tuple[str, ...]
    to_fix: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Completeness:
    """Mean completeness in percent of the active members of an assistant or store, and how many are whole."""

    code: str
    name: str
    members: int
    mean: int
    whole: int


def fix_queue(store: Store, actor: Actor, store_code: str | None = None, limit: int = 50) -> tuple[FixRow, ...]:
    """Profiles with something to fix first, then incomplete ones; each by class, then past spend.

    Raises NotFound for a store that does not exist.
    """
    with store.read() as c:
        limits = [within(actor, Right.SEE_MEMBER), MEMBER.c.status == Status.ACTIVE]
        if store_code is not None:
            limits.append(MEMBER.c.store_id == shop_id(c, store_code))
        asked = sa.select(FIX.c.member_id).where(FIX.c.closed_at.is_(None))
        waiting = MEMBER.c.id.in_(asked)
        rows = c.execute(_ranked().where(waiting, *limits).limit(limit)).mappings().all()
        if len(rows) < limit:
            rest = _ranked().where(~waiting, MEMBER.c.completeness < 100, *limits).limit(limit - len(rows))
            rows = [*rows, *c.execute(rest).mappings().all()]
        problems: dict[int, list[tuple[str, str]]] = {}
        found = c.execute(
            sa.select(FIX.c.member_id, FIX.c.field, FIX.c.problem)
            .where(FIX.c.closed_at.is_(None), FIX.c.member_id.in_([row["id"] for row in rows]))
            .order_by(FIX.c.id)
        )
        for member_id, field, problem in found:
            problems.setdefault(member_id, []).append((field, problem))
    weights = store.policy.completeness
    return tuple(
        FixRow(
            number=row["number"],
            name=row["name"],
            store=row["store"],
            owner=row["owner"] or "",
            value_class=ValueClass(row["value_class"]) if row["value_class"] else None,
            completeness=row["completeness"],
            missing=missing_of(dict(row), weights, dialable=row["dialable"]),
            to_fix=tuple(problems.get(row["id"], ())),
        )
        for row in rows
    )


def completeness_by_owner(store: Store, actor: Actor, store_code: str | None = None) -> tuple[Completeness, ...]:
    """Completeness of the active members each assistant keeps, least complete first (R6.4)."""
    return _completeness(store, actor, store_code, OWNER, MEMBER.c.owner_id)


def completeness_by_store(store: Store, actor: Actor) -> tuple[Completeness, ...]:
    """Completeness of each store's active members, least complete first (R6.4)."""
    return _completeness(store, actor, None, SHOP, MEMBER.c.store_id)


def _completeness(
    store: Store, actor: Actor, store_code: str | None, by: sa.FromClause, key: sa.ColumnElement[Any]
) -> tuple[Completeness, ...]:
    mean = sa.func.avg(MEMBER.c.completeness)
    whole = sa.func.sum(sa.case((MEMBER.c.completeness == 100, 1), else_=0))
    with store.read() as c:
        query = (
            sa.select(by.c.code, by.c.name, sa.func.count(), mean, whole)
            .join_from(MEMBER, by, by.c.id == key)
            .where(within(actor, Right.SEE_MEMBER), MEMBER.c.status == Status.ACTIVE)
            .group_by(by.c.code, by.c.name)
            .order_by(mean, by.c.code)
        )
        if store_code is not None:
            query = query.where(MEMBER.c.store_id == shop_id(c, store_code))
        return tuple(
            Completeness(code, name, count, int(average), int(full))
            for code, name, count, average, full in c.execute(query)
        )


def _ranked() -> sa.Select[Any]:
    place = sa.case({"A": 0, "B": 1, "C": 2}, value=sa.cast(MEMBER.c.value_class, sa.String), else_=3)
    return (
        sa.select(
            MEMBER.c.id,
            MEMBER.c.number,
            MEMBER.c.value_class,
            MEMBER.c.completeness,
            MEMBER.c.dialable,
            SHOP.c.code.label("store"),
            OWNER.c.code.label("owner"),
            *(MEMBER.c[name] for name in WEIGHED),
        )
        .select_from(
            MEMBER.join(SHOP, SHOP.c.id == MEMBER.c.store_id).outerjoin(OWNER, OWNER.c.id == MEMBER.c.owner_id)
        )
        .order_by(place, MEMBER.c.amount_total.desc(), MEMBER.c.number)
    )
