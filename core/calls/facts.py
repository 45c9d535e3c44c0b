"""What storing a call reads first: the member, the open follow-ups, the numbers; each row locked until the end.

Core statements, built once: this is the path of every outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col

from core.base.clock import business_day
from core.base.rulebook import Rulebook
from core.calls.rules import is_due
from core.calls.tables import Call
from core.followups.tables import Claim, FollowUp, State
from core.members.lookup import admit, unknown_member
from core.members.tables import Member, MemberPhone
from core.people.access import Right
from core.people.tables import Store as Shop
from core.store.columns import BigKey
from core.store.direct import Direct
from core.store.transaction import Transaction

Row = Mapping[str, Any]
"""A row as read, its columns by name."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A member as a call finds them; `open` are all open follow-ups, `due` those that this call is for."""

    member: Row
    open: tuple[Row, ...]
    due: tuple[Row, ...]
    phones: tuple[Row, ...]
    zone: str


@lru_cache(maxsize=1)
def _member() -> Direct:
    columns = (
        "id number name store_id owner_id consent_call last_call_at last_reached_on rest_until rest_reason "
        "last_promise dialable completeness last_on version value_class"
    )
    return Direct(
        sa.select(*_of(Member, columns), col(Shop.time_zone))
        .join_from(Member, Shop, col(Shop.id) == col(Member.store_id))
        .where(col(Member.number) == sa.bindparam("number"))
        .with_for_update(of=Member)
    )


_STILL_OPEN = sa.text(f"{FollowUp.__tablename__}.state = '{State.OPEN}'")
"""In the text itself, so that a server that plans for any values takes the index of the open ones."""


@lru_cache(maxsize=1)
def _listed() -> sa.Select[*tuple[Any, ...]]:
    columns = (
        "id programme cycle due_on due_at closes_on state attempts tried_parts not_before skips promise source "
        "closed_at closed_by closed_why version"
    )
    return (
        sa.select(*_of(FollowUp, columns))
        .where(col(FollowUp.member_id) == sa.bindparam("member"), _STILL_OPEN)
        .order_by(col(FollowUp.due_on), col(FollowUp.id))
    )


@lru_cache(maxsize=1)
def _seen() -> Direct:
    return Direct(_listed())


@lru_cache(maxsize=1)
def _open() -> Direct:
    return Direct(_listed().with_for_update())


_NUMBER = "id typed e164 extension kind bad_reason bad_at"


@lru_cache(maxsize=1)
def _phones() -> Direct:
    return Direct(
        sa.select(*_of(MemberPhone, _NUMBER))
        .where(col(MemberPhone.member_id) == sa.bindparam("member"))
        .order_by(col(MemberPhone.position), col(MemberPhone.id))
    )


def _of(table: type[object], names: str) -> list[sa.Column[Any]]:
    core: sa.Table = table.__table__  # type: ignore[attr-defined]
    return [core.c[name] for name in names.split()]


def member_row(tx: Transaction, number: str, right: Right = Right.CALL) -> Row:
    """The member, locked, and theirs the actor may call. Raises NotFound and NotAllowed."""
    member = _member().first(tx.connection, {"number": number})
    if member is None:
        raise unknown_member(number)
    owner, shop = member.owner_id, member.store_id
    admit(tx.connection, tx.actor, right, number, member_id=member.id, owner_id=owner, store_id=shop)
    return _named(member)


def open_rows(connection: Connection, member_id: int) -> tuple[Row, ...]:
    """A member's open follow-ups, for reading only."""
    return _rows(connection, _seen(), member_id)


def _rows(connection: Connection, statement: Direct, member_id: int) -> tuple[Row, ...]:
    return tuple(_named(row) for row in statement.all(connection, {"member": member_id}))


def _named(row: Any) -> Row:
    named: Row = row._asdict()
    return named


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a member: whose call that id is already, which staff member holds them, their numbers."""

    stored_for: int | None
    held_by: int | None
    phones: tuple[Row, ...]


@lru_cache(maxsize=1)
def _beside() -> Direct:
    one = sa.select(sa.literal_column("1").label("one")).subquery()
    member = sa.bindparam("member", type_=BigKey)
    return Direct(
        sa.select(
            *_of(MemberPhone, _NUMBER),
            col(Call.member_id).label("stored_for"),
            *_of(Claim, "staff_id expires_at"),
        )
        .select_from(one)
        .outerjoin(MemberPhone, col(MemberPhone.member_id) == member)
        .outerjoin(Call, col(Call.id) == sa.bindparam("call"))
        .outerjoin(Claim, col(Claim.member_id) == member)
        .order_by(col(MemberPhone.position), col(MemberPhone.id))
    )


def look_beside(tx: Transaction, member: Row, call_id: str) -> Beside:
    """The call stored under that id, the hold and the numbers, in one reading."""
    rows = _beside().all(tx.connection, {"member": member["id"], "call": call_id})
    first = rows[0]
    return Beside(
        stored_for=first.stored_for,
        held_by=None if first.staff_id is None or first.expires_at <= tx.now else first.staff_id,
        phones=tuple(_named(row) for row in rows if row.id is not None),
    )


def read_facts(
    tx: Transaction, member: Row, rulebook: Rulebook, phones: tuple[Row, ...] | None = None
) -> CallFacts:
    """Everything else about the member that a call may change; the numbers are read where they are not given."""
    found = _rows(tx.connection, _open(), member["id"])
    today = business_day(tx.now, member["time_zone"])
    return CallFacts(
        member=member,
        open=found,
        due=due_rows(found, tx.now, today, rulebook, member["rest_until"]),
        phones=_rows(tx.connection, _phones(), member["id"]) if phones is None else phones,
        zone=member["time_zone"],
    )


def due_rows(
    rows: Sequence[Row], now: datetime, today: date, rulebook: Rulebook, rest_until: datetime | None
) -> tuple[Row, ...]:
    """Those of a member's open follow-ups that one call now is for (R4.4).

    Care rests when the member does (R4.8). Where nothing else is due but a callback later today, the call is
    for that one: the member is called early. Where all rests, the caller has overridden it.
    """
    callable_rows = [row for row in rows if row["programme"] not in rulebook.desk_programmes]
    policy, resting = rulebook.policy, rest_until is not None and rest_until > now
    due = [r for r in callable_rows if is_due(r["due_on"], r["due_at"], r["closes_on"], now, today, policy)]
    active = [row for row in due if not (resting and row["programme"] in rulebook.care_programmes)]
    early = [row for row in callable_rows if row["due_at"] is not None and row["due_on"] <= today]
    put_off = all(row["not_before"] is not None and row["not_before"] > now for row in active)
    if early and put_off and not any(row["due_at"] is not None for row in active):
        return tuple(early)  # the member is on the list for the callback alone
    return tuple(active or early or due)


_STORED = Direct(sa.select(col(Call.id), col(Call.member_id)).where(col(Call.id) == sa.bindparam("call")))


def stored_for(tx: Transaction, call_id: str) -> int | None:
    """The member of a call already stored under that id, None where there is none."""
    row = _STORED.first(tx.connection, {"call": call_id})
    return None if row is None else int(row.member_id)
