"""The audit trail as people read it: who changed what, when, from what to what, and why (R6.3, R15.2).

It stands on the members' floor because a store manager sees what concerns the own store's members and people.
Phone numbers, e-mail, WeChat and addresses are masked here as everywhere.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from core.base.actor import Actor
from core.base.clock import at
from core.base.errors import NotFound
from core.base.language import N_
from core.members.contacts import PHONES, WRITTEN, hidden
from core.members.lookup import MEMBER, STAFF, found_row, within
from core.members.trail_names import Names, members_of, present, rows_of, told
from core.members.trail_words import AuditLine
from core.people.access import Right, Scope, refusal, scope
from core.store.again import resumed
from core.store.engine import Store
from core.store.tables import AuditEntry, Deed

_AUDIT: sa.Table = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
_PAGE = 500

_HIDDEN = frozenset((*PHONES, *WRITTEN))


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """Which entries: of a table, of one row, about a member (number), by somebody (code), of days from and to.

    `person` is a staff code: what they did, and what was changed about them.
    """

    table: str = ""
    row: str = ""
    member: str = ""
    by: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None
    oldest_first: bool = False


@resumed(lambda line: line.id)
def trail(
    store: Store, actor: Actor, query: TrailQuery, *, after: int | None = None
) -> Generator[AuditLine, None, None]:
    """The entries that the actor may see, newest first unless asked otherwise, streamed (R15.2).

    Days are those of the default time zone, both included. Raises NotAllowed, and NotFound for a member.
    """
    if scope(actor.role, Right.SEE_AUDIT) not in (Scope.ALL, Scope.STORE):
        raise refusal(actor, Right.SEE_AUDIT)
    with store.sweep() as c:
        yield from _lines(c, actor, _conditions(c, actor, query), query.oldest_first, after)


def audit_of(store: Store, actor: Actor, table: str, row_key: str, limit: int = 100) -> tuple[AuditLine, ...]:
    """Who changed this record, newest first, for any screen.

    What belongs to a member is told to whoever may see the member; the rest to those who see the trail. Raises
    NotFound for what the actor may not see, NotAllowed.
    """
    with store.read() as c:
        own = [_AUDIT.c.table_name == table, _AUDIT.c.row_key == row_key]
        member_ids = members_of(c, {(table, row_key)})
        if member_ids:
            if not _seen(c, actor, Right.SEE_MEMBER, set(member_ids.values())):
                raise NotFound("audit.unknown", N_("There is no such record that you may see."))
            return lines_of(c, own, limit)
        if scope(actor.role, Right.SEE_AUDIT) not in (Scope.ALL, Scope.STORE):
            raise refusal(actor, Right.SEE_AUDIT)
        found = []
        for line in _lines(c, actor, own, False):
            found.append(line)
            if len(found) == limit:
                break
        return tuple(found)


def _conditions(c: Connection, actor: Actor, query: TrailQuery) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if query.table:
        wanted.append(_AUDIT.c.table_name == query.table)
    if query.row:
        wanted.append(_AUDIT.c.row_key == query.row)
    if query.by:
        wanted.append(_AUDIT.c.actor_code == query.by.strip())
    if query.person:
        wanted.append(_of_person(c, query.person.strip()))
    if query.since:
        wanted.append(_AUDIT.c.at >= at(query.since, time()))
    if query.until:
        wanted.append(_AUDIT.c.at < at(query.until + timedelta(days=1), time()))
    if query.member:
        member_id = found_row(c, actor, query.member, Right.SEE_MEMBER, [MEMBER.c.id])["id"]
        wanted.append(_about(c, member_id))
    return wanted


def _of_person(c: Connection, code: str) -> sa.ColumnElement[bool]:
    key = c.execute(sa.select(STAFF.c.id).where(STAFF.c.code == code)).scalar()
    theirs = sa.and_(_AUDIT.c.table_name.in_(("staff", "staff_secret")), _AUDIT.c.row_key == str(key))
    return sa.or_(_AUDIT.c.actor_code == code, theirs)


def _about(c: Connection, member_id: int) -> sa.ColumnElement[bool]:
    parts = [sa.and_(_AUDIT.c.table_name == "member", _AUDIT.c.row_key == str(member_id))]
    for name in present(c):
        table = rows_of(name)
        keys = c.execute(sa.select(table.c.id).where(table.c.member_id == member_id)).scalars().all()
        if keys:
            parts.append(sa.and_(_AUDIT.c.table_name == name, _AUDIT.c.row_key.in_([str(key) for key in keys])))
    return sa.or_(*parts)


def _lines(
    c: Connection,
    actor: Actor,
    wanted: Sequence[sa.ColumnElement[bool]],
    oldest_first: bool,
    after: int | None = None,
) -> Iterator[AuditLine]:
    order = _AUDIT.c.id if oldest_first else _AUDIT.c.id.desc()
    query = sa.select(_AUDIT).where(*wanted).order_by(order).limit(_PAGE)
    while True:
        behind = [] if after is None else [_AUDIT.c.id > after if oldest_first else _AUDIT.c.id < after]
        page = c.execute(query.where(*behind)).all()
        seen = _visible(c, actor, page)
        yield from _worded(c, [row for row in page if row.id in seen])
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _visible(c: Connection, actor: Actor, page: Sequence[sa.Row[Any]]) -> set[int]:
    """The entries that a store manager may see: of the store's members, its people, and what its people did."""
    if scope(actor.role, Right.SEE_AUDIT) is Scope.ALL:
        return {row.id for row in page}
    members = members_of(c, {(row.table_name, row.row_key) for row in page})
    own_members = _seen(c, actor, Right.SEE_AUDIT, set(members.values()))
    own_staff = set(c.execute(sa.select(STAFF.c.id).where(STAFF.c.store_id == actor.store_id)).scalars())
    seen = set()
    for row in page:
        member_id = members.get((row.table_name, row.row_key))
        if member_id is not None:
            own = member_id in own_members
        elif row.table_name in ("staff", "staff_secret", "staff_login"):
            own = row.row_key in {str(key) for key in own_staff}
        else:
            own = row.actor_id in own_staff or (row.table_name, row.row_key) == ("store", str(actor.store_id))
        if own:
            seen.add(row.id)
    return seen


def _seen(c: Connection, actor: Actor, right: Right, member_ids: set[int]) -> set[int]:
    query = sa.select(MEMBER.c.id).where(MEMBER.c.id.in_(member_ids), within(actor, right, found=True))
    return set(c.execute(query).scalars())


def lines_of(c: Connection, wanted: Sequence[sa.ColumnElement[bool]], limit: int) -> tuple[AuditLine, ...]:
    """The newest entries that fit, for whoever has made sure that the reader may see them."""
    query = sa.select(_AUDIT).where(*wanted).order_by(_AUDIT.c.id.desc()).limit(limit)
    return tuple(_worded(c, c.execute(query).all()))


def _worded(c: Connection, rows: Sequence[sa.Row[Any]]) -> Iterator[AuditLine]:
    names = Names(c, rows)
    for row in rows:
        facts = tuple((name, _shown(names, name, value)) for name, value in told(row).items())
        yield AuditLine(
            id=row.id,
            at=row.at,
            who=names.person(row.actor_id, row.actor_code),
            who_code=row.actor_code,
            deed=Deed(row.deed),
            table=row.table_name,
            row_key=row.row_key,
            about=names.record(row.table_name, row.row_key),
            field=row.field,
            old=_shown(names, row.field, row.old or ""),
            new="; ".join(f"{name}: {value}" for name, value in facts) or _shown(names, row.field, row.new or ""),
            facts=facts,
            why=row.why,
            cause=row.cause,
        )


def _shown(names: Names, field: str, value: str) -> str:
    return hidden(field, value) if field in _HIDDEN else names.value(field, value)
