"""Members of a file, found and stored: many at once when new, field by field when changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.phones import understand
from core.base.policy import Policy
from core.members.lookup import FIX, MEMBER, PHONE
from core.members.profile import completeness_of, is_dialable, key_rows, phone_values
from core.members.tables import Member, MemberNameKey, MemberPhone, ProfileFix
from core.members.upkeep import keep_keys, note_contact, open_fix, refresh
from core.store.transaction import Transaction

COLUMNS = (
    "name", "store_id", "joined_on", "owner_id", "status",
    "birth_year", "birth_month", "birth_day", "birth_calendar",
    "gender", "email", "wechat", "age_band", "occupation", "address", "source", "referrer", "card_number",
    "preferences", "body_size", "personality", "interests", "best_time", "anniversaries", "evaluation",
    "consent_call", "consent_sms", "consent_email",
)  # fmt: skip
"""The member's columns that a file may fill."""

Phones = tuple[tuple[str, str | None], ...]
_LONGEST_PHONE = 100


class State(Protocol):
    """What of a member's state is stored here; see `MemberState`."""

    @property
    def number(self) -> str: ...
    @property
    def values(self) -> tuple[Any, ...]: ...
    @property
    def phones(self) -> Phones: ...
    @property
    def remarks(self) -> Sequence[tuple[str, str, str, bool]]: ...


Found = tuple[int, tuple[Any, ...], Phones, tuple[tuple[str, str, str, bool], ...]]


def stored_members(connection: Connection, numbers: Sequence[str]) -> dict[str, Found]:
    """The members of those numbers: row number, columns, numbers to dial, what was remarked on."""
    rows = connection.execute(_BY_NUMBER, {"numbers": numbers}).all()
    ids = [row.id for row in rows]
    phones: dict[int, list[tuple[str, str | None]]] = {}
    remarks: dict[int, list[tuple[str, str, str, bool]]] = {}
    if ids:
        for member, typed, e164 in connection.execute(_PHONES, {"members": ids}):
            phones.setdefault(member, []).append((typed, e164))
        for member, field, typed, problem, closed in connection.execute(_REMARKS, {"members": ids}):
            remarks.setdefault(member, []).append((field, typed, problem, closed is None))
    return {
        row.number: (row.id, tuple(row[2:]), tuple(phones.get(row.id, ())), tuple(remarks.get(row.id, ())))
        for row in rows
    }


def phones_after(before: Phones, said: Phones, region: str) -> tuple[Phones, list[tuple[str, str]]]:
    """The numbers after those of a row are added, and (typed, problem) of new ones that can't be dialled.

    Only numbers that are new are parsed: it is the dearest part of an import.
    """
    after = list(before)
    typed_known = {typed for typed, _ in before}
    known = {e164 for _, e164 in before if e164}
    problems = []
    for typed, _ in said:
        if typed in typed_known:
            continue
        number = understand(typed[:_LONGEST_PHONE], region)
        e164 = number.e164 if number.usable else None
        if number.typed in typed_known or (e164 and e164 in known):
            continue
        typed_known |= {typed, number.typed}
        known.add(e164 or "")
        after.append((number.typed, e164))
        if number.problem:
            problems.append((number.typed, number.problem))
    return tuple(after), problems


def add_members(tx: Transaction, states: Sequence[State], policy: Policy) -> None:
    """Store new members, their numbers, the keys they are found by, and what must be put right."""
    rows = []
    for state in states:
        values = dict(zip(COLUMNS, state.values, strict=True))
        dialable = is_dialable((e164, "") for _, e164 in state.phones)
        rows.append(
            values
            | {
                "number": state.number,
                "last_on": values["joined_on"],
                "dialable": dialable,
                "completeness": completeness_of(values, policy.completeness, dialable=dialable),
                "created_at": tx.now,
                "updated_at": tx.now,
            }
        )
    tx.insert_many(Member, rows, what="members")
    numbers = {"numbers": [state.number for state in states]}
    ids = {row.number: row.id for row in tx.connection.execute(_IDS, numbers)}
    region = policy.phones.region
    tx.insert_many(
        MemberPhone,
        [
            {"member_id": ids[state.number], **phone_values(understand(typed, region), position)}
            for state in states
            for position, (typed, _) in enumerate(state.phones)
        ],
        what="numbers of new members",
    )
    keys = [row for state in states for row in key_rows(ids[state.number], state.values[0])]
    if keys:
        tx.connection.execute(sa.insert(MemberNameKey), keys)
    tx.insert_many(
        ProfileFix,
        [
            {
                "member_id": ids[state.number],
                "field": field,
                "typed": typed,
                "problem": problem,
                "opened_at": tx.now,
            }
            for state in states
            for field, typed, problem, _ in state.remarks
        ],
        what="fields of new members to put right",
    )


def change_member(tx: Transaction, member_id: int, before: State, after: State, policy: Policy) -> None:
    """Bring a member to another state; each field that changes is on their history."""
    changes = {
        name: new for name, old, new in zip(COLUMNS, before.values, after.values, strict=True) if old != new
    }
    if "joined_on" in changes:
        last = tx.connection.execute(sa.select(MEMBER.c.last_purchase_on).where(MEMBER.c.id == member_id)).scalar()
        if last is None:
            changes["last_on"] = changes["joined_on"]
    if changes:
        tx.update(Member, member_id, changes | {"updated_at": tx.now})
    if "name" in changes:
        keep_keys(tx, member_id, changes["name"])
    position = len(before.phones)
    for typed, _ in after.phones[len(before.phones) :]:
        values = phone_values(understand(typed, policy.phones.region), position)
        tx.connection.execute(sa.insert(PHONE).values(member_id=member_id, **values))
        note_contact(tx, member_id, "phone", None, typed)
        position += 1
    for field, typed, problem, _ in after.remarks[len(before.remarks) :]:
        open_fix(tx, member_id, field, problem, typed)
    refresh(tx, member_id, policy.completeness)


_BY_NUMBER = sa.select(MEMBER.c.id, MEMBER.c.number, *(MEMBER.c[name] for name in COLUMNS)).where(
    MEMBER.c.number.in_(sa.bindparam("numbers", expanding=True))
)
_IDS = sa.select(MEMBER.c.id, MEMBER.c.number).where(MEMBER.c.number.in_(sa.bindparam("numbers", expanding=True)))
_PHONES = (
    sa.select(PHONE.c.member_id, PHONE.c.typed, PHONE.c.e164)
    .where(PHONE.c.member_id.in_(sa.bindparam("members", expanding=True)))
    .order_by(PHONE.c.member_id, PHONE.c.position, PHONE.c.id)
)
_REMARKS = (
    sa.select(FIX.c.member_id, FIX.c.field, FIX.c.typed, FIX.c.problem, FIX.c.closed_at)
    .where(FIX.c.member_id.in_(sa.bindparam("members", expanding=True)))
    .order_by(FIX.c.member_id, FIX.c.id)
)
