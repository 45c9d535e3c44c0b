"""The audit trail as people read it: who changed what, when, from what to what, and why (R6.3, R15.2).

It stands on the members' floor because a store manager sees what concerns the own store's members and people.
Phone numbers are masked here as everywhere; addresses and the like are told to those who see the profile.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from core.base.actor import Actor
from core.base.clock import at
from core.base.errors import NotFound
from core.base.language import N_
from core.base.phones import masked
from core.members.lookup import MEMBER, STAFF, found_row, within
from core.members.trail_words import AuditLine
from core.people.access import Right, Scope, refusal, scope
from core.store.engine import Store
from core.store.tables import AuditEntry, Deed

_AUDIT: sa.Table = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
_PAGE = 500

_OF_MEMBER = ("member_phone", "follow_up", "call", "raised", "profile_fix", "purchase")
"""Tables whose rows belong to a member, by the name that other capabilities give them."""

_PHONES = ("phone", "typed", "e164", "dialled")
_STAFF_IDS = ("owner_id", "assignee_id", "closed_by", "raised_by", "caller_id", "giver_id", "successor_id")


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """Which entries: of a table, of one row, about a member (number), by somebody (code), of days from and to."""

    table: str = ""
    row: str = ""
    member: str = ""
    by: str = ""
    since: date | None = None
    until: date | None = None
    oldest_first: bool = False


def trail(store: Store, actor: Actor, query: TrailQuery) -> Generator[AuditLine, None, None]:
    """The entries that the actor may see, newest first unless asked otherwise, streamed (R15.2).

    Days are those of the default time zone, both included. Raises NotAllowed, and NotFound for a member.
    """
    if scope(actor.role, Right.SEE_AUDIT) not in (Scope.ALL, Scope.STORE):
        raise refusal(actor, Right.SEE_AUDIT)
    with store.read() as c:
        yield from _lines(c, actor, _conditions(c, actor, query), query.oldest_first)


def audit_of(store: Store, actor: Actor, table: str, row_key: str, limit: int = 100) -> tuple[AuditLine, ...]:
    """Who changed this record, newest first, for any screen.

    What belongs to a member is told to whoever may see the member; the rest to those who see the trail. Raises
    NotFound for what the actor may not see, NotAllowed.
    """
    with store.read() as c:
        own = [_AUDIT.c.table_name == table, _AUDIT.c.row_key == row_key]
        member_ids = _members_of(c, {(table, row_key)})
        if member_ids:
            if not _seen(c, actor, Right.SEE_MEMBER, set(member_ids.values())):
                raise NotFound("audit.unknown", N_("There is no such record that you may see."))
            rows = c.execute(sa.select(_AUDIT).where(*own).order_by(_AUDIT.c.id.desc()).limit(limit)).all()
            return tuple(_worded(c, rows))
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
    if query.since:
        wanted.append(_AUDIT.c.at >= at(query.since, time()))
    if query.until:
        wanted.append(_AUDIT.c.at < at(query.until + timedelta(days=1), time()))
    if query.member:
        member_id = found_row(c, actor, query.member, Right.SEE_MEMBER, [MEMBER.c.id])["id"]
        wanted.append(_about(c, member_id))
    return wanted


def _about(c: Connection, member_id: int) -> sa.ColumnElement[bool]:
    parts = [sa.and_(_AUDIT.c.table_name == "member", _AUDIT.c.row_key == str(member_id))]
    for name in _present(c):
        table = _rows_of(name)
        keys = c.execute(sa.select(table.c.id).where(table.c.member_id == member_id)).scalars().all()
        if keys:
            parts.append(sa.and_(_AUDIT.c.table_name == name, _AUDIT.c.row_key.in_([str(key) for key in keys])))
    return sa.or_(*parts)


def _present(c: Connection) -> list[str]:
    there = set(sa.inspect(c).get_table_names())
    return [name for name in _OF_MEMBER if name in there]


def _rows_of(name: str) -> sa.TableClause:
    key = sa.column("id", sa.String()) if name == "call" else sa.column("id", sa.BigInteger())
    return sa.table(name, key, sa.column("member_id", sa.BigInteger()))


def _lines(
    c: Connection, actor: Actor, wanted: Sequence[sa.ColumnElement[bool]], oldest_first: bool
) -> Iterator[AuditLine]:
    order = _AUDIT.c.id if oldest_first else _AUDIT.c.id.desc()
    query = sa.select(_AUDIT).where(*wanted).order_by(order).limit(_PAGE)
    page = c.execute(query).all()
    while page:
        seen = _visible(c, actor, page)
        yield from _worded(c, [row for row in page if row.id in seen])
        last = page[-1].id
        if len(page) < _PAGE:
            return
        page = c.execute(query.where(_AUDIT.c.id > last if oldest_first else _AUDIT.c.id < last)).all()


def _visible(c: Connection, actor: Actor, page: Sequence[sa.Row[Any]]) -> set[int]:
    """The entries that a store manager may see: of the store's members, its people, and what its people did."""
    if scope(actor.role, Right.SEE_AUDIT) is Scope.ALL:
        return {row.id for row in page}
    members = _members_of(c, {(row.table_name, row.row_key) for row in page})
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


def _members_of(c: Connection, records: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The member that each record belongs to, where it belongs to one."""
    found: dict[tuple[str, str], int] = {
        ("member", key): int(key) for name, key in records if name == "member" and key.isdigit()
    }
    for name in sorted({name for name, _ in records} & set(_OF_MEMBER)):
        table = _rows_of(name)
        keys: list[Any] = [key for other, key in records if other == name and key != "*"]
        if name != "call":
            keys = [int(key) for key in keys if key.isdigit()]
        rows = c.execute(sa.select(table.c.id, table.c.member_id).where(table.c.id.in_(keys)))
        found |= {(name, str(key)): member_id for key, member_id in rows}
    return found


def _seen(c: Connection, actor: Actor, right: Right, member_ids: set[int]) -> set[int]:
    query = sa.select(MEMBER.c.id).where(MEMBER.c.id.in_(member_ids), within(actor, right, found=True))
    return set(c.execute(query).scalars())


def _worded(c: Connection, rows: Sequence[sa.Row[Any]]) -> Iterator[AuditLine]:
    ids = {row.actor_id for row in rows if row.actor_id is not None}
    named = {int(v) for row in rows if row.field in _STAFF_IDS for v in (row.old, row.new) if v and v.isdigit()}
    people = c.execute(sa.select(STAFF.c.id, STAFF.c.name).where(STAFF.c.id.in_(ids | named))).all()
    names: dict[int, str] = {row.id: row.name for row in people}
    for row in rows:
        line = AuditLine(
            id=row.id,
            at=row.at,
            who=names.get(row.actor_id, row.actor_code),
            who_code=row.actor_code,
            deed=Deed(row.deed),
            table=row.table_name,
            row_key=row.row_key,
            field=row.field,
            old=row.old or "",
            new=row.new or "",
            why=row.why,
            cause=row.cause,
        )
        yield _harmless(line, names)


def _harmless(line: AuditLine, names: Mapping[int, str]) -> AuditLine:
    if line.field in _PHONES:
        return replace(line, old=line.old and masked(line.old), new=line.new and masked(line.new))
    if line.field in _STAFF_IDS:
        old, new = (names.get(int(v), v) if v.isdigit() else v for v in (line.old, line.new))
        return replace(line, old=old, new=new)
    if line.deed is Deed.INSERT and line.new.startswith("{"):
        return replace(line, new=_told(line.new))
    return line


def _told(text: str) -> str:
    """The values of a new record, numbers masked; "key: value" side by side."""
    try:
        values = json.loads(text)
    except ValueError:
        return text
    return "; ".join(f"{name}: {masked(str(v)) if name in _PHONES else v}" for name, v in values.items())
