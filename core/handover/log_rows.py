"""The statements of the handover log, and its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor, Role
from core.base.clock import at, business_day
from core.handover.recording import (
    HANDOVER,
    MEMBERS,
    STEPS,
    Application,
    active_staff,
    case_of,
    person_of,
    visible,
)
from core.handover.rules import EXECUTED, ONWARD, Case, Person, may_go_on
from core.handover.tables import MemberOutcome
from core.handover.views import HandoverFilter, HandoverRow, PersonRow
from core.members.lookup import MEMBER, SHOP, STAFF
from core.people.access import Right, Scope, scope
from core.people.views import shop_id

_DECIDING = frozenset(
    role
    for role in Role
    for right in (Right.REVIEW_HANDOVER, Right.APPROVE_HANDOVER, Right.FILE_HANDOVER)
    if scope(role, right) is not Scope.NONE
)
MOST_ACTORS = 8
"""How many of those who may act next are named."""

STEP_ROWS = sa.select(STEPS, STAFF.c.name).outerjoin_from(STEPS, STAFF, STAFF.c.id == STEPS.c.by_id)


def sees_all(actor: Actor, application: Application) -> bool:
    """Whether the actor may see every member of an application, and not only those who are theirs to see."""
    reach = scope(actor.role, Right.SEE_HANDOVER)
    if reach is Scope.ALL or (actor.staff_id is not None and actor.staff_id in application.case.own):
        return True
    return reach is Scope.STORE and actor.store_id == application.store_id


def found_rows(
    c: Connection, actor: Actor, wanted: HandoverFilter, limit: int | None, offset: int
) -> list[dict[str, Any]]:
    """The rows of the applications asked for, newest first."""
    query = sa.select(HANDOVER).where(visible(actor), *_conditions(c, actor, wanted))
    query = query.order_by(HANDOVER.c.created_at.desc(), HANDOVER.c.id.desc()).offset(offset)
    return [dict(row) for row in c.execute(query if limit is None else query.limit(limit)).mappings()]


def _conditions(c: Connection, actor: Actor, wanted: HandoverFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.person:
        found.append(_of_person(sa.select(STAFF.c.id).where(STAFF.c.code == wanted.person).scalar_subquery()))
    if wanted.mine:
        found.append(_of_person(sa.literal(actor.staff_id)))
    if wanted.store:
        key = shop_id(c, wanted.store)
        taking = sa.select(MEMBERS.c.handover_id).join(STAFF, STAFF.c.id == MEMBERS.c.successor_id)
        received = taking.where(MEMBERS.c.handover_id == HANDOVER.c.id, STAFF.c.store_id == key)
        found.append(sa.or_(HANDOVER.c.store_id == key, HANDOVER.c.to_store_id == key, sa.exists(received)))
    if wanted.since is not None:
        found.append(HANDOVER.c.created_at >= at(wanted.since, time()))
    if wanted.until is not None:
        found.append(HANDOVER.c.created_at < at(wanted.until + timedelta(days=1), time()))
    if wanted.state is not None:
        found.append(HANDOVER.c.state == wanted.state)
    if wanted.waiting:
        found.append(HANDOVER.c.state.in_(sorted(ONWARD)))
    if wanted.kind is not None:
        found.append(HANDOVER.c.kind == wanted.kind)
    if wanted.member:
        named = sa.select(MEMBERS.c.handover_id).join(MEMBER, MEMBER.c.id == MEMBERS.c.member_id)
        found.append(HANDOVER.c.id.in_(named.where(MEMBER.c.number == wanted.member.strip())))
    return found


def _of_person(key: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    taking = sa.select(MEMBERS.c.handover_id).where(
        MEMBERS.c.handover_id == HANDOVER.c.id, MEMBERS.c.successor_id == key
    )
    acting = sa.select(STEPS.c.handover_id).where(STEPS.c.handover_id == HANDOVER.c.id, STEPS.c.by_id == key)
    return sa.or_(HANDOVER.c.giver_id == key, HANDOVER.c.applicant_id == key, sa.exists(taking), sa.exists(acting))


def rows_of(
    c: Connection, actor: Actor, found: Sequence[Mapping[str, Any]], now: datetime
) -> tuple[HandoverRow, ...]:
    """The lines of the log for those rows."""
    if not found:
        return ()
    people = {row.id: (row.code, row.name) for row in c.execute(sa.select(STAFF.c.id, STAFF.c.code, STAFF.c.name))}
    shops = {row.id: (row.code, row.name) for row in c.execute(sa.select(SHOP.c.id, SHOP.c.code, SHOP.c.name))}
    shares, moved = _shares(c, [row["id"] for row in found])
    working = active_staff(c, business_day(now))
    lines = []
    for row in found:
        case = case_of(c, row, now)
        successors = tuple((*people[key], count) for key, count in shares[row["id"]].items())
        executed = row["state"] in EXECUTED
        lines.append(
            HandoverRow(
                **{name: row[name] for name in _SAME},
                giver=people[row["giver_id"]][0],
                giver_name=people[row["giver_id"]][1],
                store=shops[row["store_id"]][0],
                store_name=shops[row["store_id"]][1],
                applicant=row["applicant_code"],
                applicant_name=people.get(row["applicant_id"], ("", row["applicant_code"]))[1],
                to_store=shops[row["to_store_id"]][0] if row["to_store_id"] is not None else "",
                successors=tuple(sorted(successors)),
                members=sum(shares[row["id"]].values()),
                moved=moved[row["id"]] if executed else None,
                next_act=ONWARD.get(row["state"]),
                next_actors=next_actors(case, working),
                waits_for_me=may_go_on(case, person_of(actor)),
                mine=actor.staff_id is not None and actor.staff_id in case.own,
            )
        )
    return tuple(lines)


_SAME = (
    "number", "kind", "state", "version", "reason", "created_at", "submitted_at", "executed_at", "state_since",
)  # fmt: skip


def _shares(c: Connection, handovers: Sequence[int]) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """({application: {successor: members named}}, {application: members moved})."""
    shares: dict[int, dict[int, int]] = defaultdict(dict)
    moved: dict[int, int] = defaultdict(int)
    counted = sa.select(
        MEMBERS.c.handover_id,
        MEMBERS.c.successor_id,
        sa.func.count(),
        sa.func.count(sa.case((MEMBERS.c.outcome == MemberOutcome.MOVED, 1))),
    )
    chosen = counted.where(MEMBERS.c.handover_id.in_(handovers)).group_by(
        MEMBERS.c.handover_id, MEMBERS.c.successor_id
    )
    for handover, successor, named, went in c.execute(chosen):
        shares[handover][successor] = named
        moved[handover] += went
    return shares, moved


def next_actors(case: Case, working: Mapping[int, sa.Row[*tuple[Any, ...]]]) -> tuple[PersonRow, ...]:
    """Those who may take the application further, by code; the first few of them."""
    able = [
        PersonRow(row.code, row.name, row.role.value, row.store)
        for row in working.values()
        if (row.role in _DECIDING or row.id in case.own)
        and may_go_on(case, Person(row.id, row.role, row.store_id))
    ]
    return tuple(able[:MOST_ACTORS])
