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
from core.followups.tables import FollowUp, State
from core.members.lookup import admit, unknown_member
from core.members.tables import Member, MemberPhone
from core.people.access import Right
from core.people.tables import Store as Shop
from core.store.sql import fixed
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
def _member() -> sa.Select[*tuple[Any, ...]]:
    columns = (
        "id number name store_id owner_id consent_call last_call_at last_reached_on rest_until rest_reason "
        "last_promise dialable completeness last_on version"
    )
    return (
        sa.select(*_of(Member, columns), col(Shop.time_zone))
        .join_from(Member, Shop, col(Shop.id) == col(Member.store_id))
        .where(col(Member.number) == sa.bindparam("number"))
        .with_for_update(of=Member)
    )


@lru_cache(maxsize=1)
def _seen() -> sa.Select[*tuple[Any, ...]]:
    columns = (
        "id programme cycle due_on due_at closes_on state attempts tried_parts not_before skips promise source "
        "closed_at closed_by closed_why version"
    )
    return (
        sa.select(*_of(FollowUp, columns))
        .where(col(FollowUp.member_id) == sa.bindparam("member"), col(FollowUp.state) == fixed(State.OPEN))
        .order_by(col(FollowUp.due_on), col(FollowUp.id))
    )


@lru_cache(maxsize=1)
def _open() -> sa.Select[*tuple[Any, ...]]:
    return _seen().with_for_update()


@lru_cache(maxsize=1)
def _phones() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*_of(MemberPhone, "id typed e164 extension kind bad_reason bad_at"))
        .where(col(MemberPhone.member_id) == sa.bindparam("member"))
        .order_by(col(MemberPhone.position), col(MemberPhone.id))
    )


def _of(table: type[object], names: str) -> list[sa.Column[Any]]:
    core: sa.Table = table.__table__  # type: ignore[attr-defined]
    return [core.c[name] for name in names.split()]


def member_row(tx: Transaction, number: str, right: Right = Right.CALL) -> Row:
    """The member, locked, and theirs the actor may call. Raises NotFound and NotAllowed."""
    member = tx.connection.execute(_member(), {"number": number}).mappings().first()
    if member is None:
        raise unknown_member(number)
    owner, shop = member["owner_id"], member["store_id"]
    admit(tx.connection, tx.actor, right, number, member_id=member["id"], owner_id=owner, store_id=shop)
    return dict(member)


def open_rows(connection: Connection, member_id: int) -> tuple[Row, ...]:
    """A member's open follow-ups, for reading only."""
    return _rows(connection, _seen(), member_id)


def _rows(connection: Connection, statement: sa.Select[*tuple[Any, ...]], member_id: int) -> tuple[Row, ...]:
    return tuple(dict(row) for row in connection.execute(statement, {"member": member_id}).mappings())


def read_facts(tx: Transaction, member: Row, rulebook: Rulebook) -> CallFacts:
    """Everything else about the member that a call may change."""
    found = _rows(tx.connection, _open(), member["id"])
    today = business_day(tx.now, member["time_zone"])
    return CallFacts(
        member=member,
        open=found,
        due=due_rows(found, tx.now, today, rulebook, member["rest_until"]),
        phones=_rows(tx.connection, _phones(), member["id"]),
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


_STORED = sa.select(col(Call.id), col(Call.member_id)).where(col(Call.id) == sa.bindparam("call"))


def stored_for(tx: Transaction, call_id: str) -> int | None:
    """The member of a call already stored under that id, None where there is none."""
    row = tx.connection.execute(_STORED, {"call": call_id}).first()
    return None if row is None else int(row[1])
