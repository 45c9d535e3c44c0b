"""What is done to a member's record: edits, numbers, reveals. One function, one write transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, Conflict, NotFound
from core.base.language import N_
from core.base.phones import PhoneNumber, demand, understand
from core.members import upkeep
from core.members.contacts import hidden
from core.members.fields import CONTACT, birthday_of, parse_field
from core.members.lookup import MEMBER, SHOP, found_row
from core.members.tables import Member
from core.members.views import Contacts, MemberCard, PhoneLine, contacts_of, phone_lines, read_card
from core.people.access import Right
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction, as_text

_COMMAS = re.compile("[,，、]")
_BIRTH = ("birth_year", "birth_month", "birth_day", "birth_calendar")


@retried()
def edit_member(
    store: Store,
    actor: Actor,
    number: str,
    changes: Mapping[str, str],
    *,
    why: str = "",
    version: int | None = None,
) -> MemberCard:
    """Change fields of a profile as typed and return the new card (R6.2, R6.3).

    An empty text clears a field, a masked contact as it is shown leaves it. `phone` stands for the number
    dialled first, more may follow after commas; an empty one changes nothing. Raises BadInput naming the field,
    or `why` where a contact change has no reason; Conflict with (field, theirs, yours) where somebody changed
    the record since `version`.
    """
    understand_before(store, changes)
    with store.write(actor, why=why.strip()) as tx:
        today = edit_in(store, tx, number, changes, version)
        return read_card(tx.connection, actor, number, today, store.policy)


def understand_before(store: Store, changes: Mapping[str, str]) -> None:
    """Load what reads numbers before the write lock is held."""
    understand(changes.get("phone", ""), store.policy.phones.region)


def edit_in(
    store: Store, tx: Transaction, number: str, changes: Mapping[str, str], version: int | None = None
) -> date:
    """`edit_member` inside a transaction that does more, whose `why` is the reason; returns the member's day."""
    row = _editable(tx, tx.actor, number)
    today = business_day(tx.now, row["time_zone"])
    columns, fields = _wanted(row, changes, today)
    phones = _new_numbers(tx, row["id"], changes.get("phone", ""), store.policy.phones.region)
    if phones:
        fields.add("phone")
    if fields and version is not None and version != row["version"]:
        raise _conflict(tx, row, changes, fields)
    if fields:
        _demand_why(fields, tx.why)
        _keep_columns(tx, row, columns)
        _keep_numbers(tx, row["id"], phones)
        upkeep.close_fixes(tx, row["id"], fields)
        upkeep.refresh(tx, row["id"], store.policy.completeness)
    return today


@retried()
def add_phone(store: Store, actor: Actor, number: str, typed: str, *, why: str) -> tuple[PhoneLine, ...]:
    """Put another number before those on file; returns the member's numbers, masked (R6.2).

    Raises BadInput for a number that can't be a member's, or without a reason.
    """
    new = demand(typed, store.policy.phones.region)
    with _numbers(store, actor, number, why) as (tx, member_id):
        upkeep.put_number(tx, member_id, new, instead_of=None)
    return _lines(store, member_id)


@retried()
def replace_phone(
    store: Store, actor: Actor, number: str, phone_id: int, typed: str, *, why: str
) -> tuple[PhoneLine, ...]:
    """Put a number in the place of another; returns the member's numbers, masked.

    Raises BadInput for a number that can't be a member's, or without a reason.
    """
    new = demand(typed, store.policy.phones.region)
    with _numbers(store, actor, number, why) as (tx, member_id):
        _own_phone(tx, member_id, phone_id)
        upkeep.put_number(tx, member_id, new, instead_of=phone_id)
    return _lines(store, member_id)


@retried()
def remove_phone(store: Store, actor: Actor, number: str, phone_id: int, *, why: str) -> tuple[PhoneLine, ...]:
    """Take a number off the record; the history keeps it. Raises BadInput without a reason."""
    with _numbers(store, actor, number, why) as (tx, member_id):
        _own_phone(tx, member_id, phone_id)
        upkeep.drop_number(tx, member_id, phone_id)
    return _lines(store, member_id)


@retried()
def mark_phone_good(store: Store, actor: Actor, number: str, phone_id: int, *, why: str) -> tuple[PhoneLine, ...]:
    """Say that a number marked bad can be dialled again. Raises BadInput without a reason."""
    with _numbers(store, actor, number, why) as (tx, member_id):
        _own_phone(tx, member_id, phone_id)
        upkeep.mark_good(tx, member_id, phone_id, store.policy.completeness)
    return _lines(store, member_id)


@retried()
def reveal_contacts(store: Store, actor: Actor, number: str, *, why: str) -> Contacts:
    """The member's numbers, e-mail, WeChat and address in full; that the actor saw them is on record (R5.9)."""
    with store.write(actor, why=why) as tx:
        row = found_row(tx.connection, actor, number, Right.REVEAL_PHONE, [MEMBER.c.id])
        found = contacts_of(tx.connection, row["id"])
        upkeep.note_reveal(tx, row["id"], [*("phone" for _ in found.phones), *found.written])
        return found


@contextmanager
def _numbers(store: Store, actor: Actor, number: str, why: str) -> Iterator[tuple[Transaction, int]]:
    _demand_why({"phone"}, why)
    with store.write(actor, why=why.strip()) as tx:
        row = _editable(tx, actor, number)
        yield tx, row["id"]
        tx.update(Member, row["id"], {"updated_at": tx.now})
        if upkeep.refresh(tx, row["id"], store.policy.completeness):
            upkeep.close_fixes(tx, row["id"], {"phone"})


def _lines(store: Store, member_id: int) -> tuple[PhoneLine, ...]:
    with store.read() as c:
        return phone_lines(c, member_id)


def _editable(tx: Transaction, actor: Actor, number: str) -> dict[str, Any]:
    columns = [*MEMBER.c, SHOP.c.time_zone]
    return found_row(tx.connection, actor, number, Right.EDIT_MEMBER, columns)


def _own_phone(tx: Transaction, member_id: int, phone_id: int) -> None:
    if phone_id not in {line.id for line in phone_lines(tx.connection, member_id)}:
        raise NotFound("phone.gone", N_("That number is no longer on the member's record."))


def _wanted(row: dict[str, Any], changes: Mapping[str, str], today: date) -> tuple[dict[str, Any], set[str]]:
    """(columns to write, fields they belong to) of what differs from the record."""
    columns: dict[str, Any] = {}
    fields: set[str] = set()
    for field, text in changes.items():
        if field == "phone":
            continue
        if field in CONTACT and text.strip() and text.strip() == hidden(field, row[field]):
            continue  # what was shown masked came back as it was
        wanted = parse_field(field, text, today)
        if any(row[name] != value for name, value in wanted.items()):
            columns |= wanted
            fields.add(field)
    if "joined_on" in columns and row["last_purchase_on"] is None:
        columns["last_on"] = columns["joined_on"]
    return columns, fields


def _new_numbers(tx: Transaction, member_id: int, text: str, region: str) -> list[PhoneNumber]:
    """The numbers typed, unless they are what is dialled first already."""
    lines = phone_lines(tx.connection, member_id, revealed=True)
    first = lines[0] if lines else None
    kept = text.strip()
    if not kept or (first is not None and kept in (first.masked, first.shown, first.e164)):
        return []
    numbers = [demand(part, region) for part in _COMMAS.split(kept) if part.strip()]
    known = [(line.e164, line.extension) for line in lines if line.dialable]
    return [] if [(n.e164, n.extension) for n in numbers] == known[: len(numbers)] else numbers


def _demand_why(fields: Collection[str], why: str) -> None:
    if not why.strip() and CONTACT.intersection(fields):
        raise BadInput(
            "member.why",
            N_("A change of phone, e-mail, WeChat or address needs a reason: say how you know, in a few words."),
            field="why",
        )


def _keep_columns(tx: Transaction, row: dict[str, Any], columns: Mapping[str, Any]) -> None:
    values = {name: value for name, value in columns.items() if name not in _BIRTH}
    tx.update(Member, row["id"], {**values, "updated_at": tx.now})
    if "birth_month" in columns:  # four columns, but one change to whoever reads the history
        born = {name: columns[name] for name in _BIRTH}
        tx.connection.execute(sa.update(MEMBER).where(MEMBER.c.id == row["id"]).values(**born))
        before, after = birthday_of(row), birthday_of(born)
        old, new = before.text() if before else None, after.text() if after else None
        upkeep.note_contact(tx, row["id"], "birthday", old, new)
    if "name" in columns:
        upkeep.keep_keys(tx, row["id"], columns["name"])


def _keep_numbers(tx: Transaction, member_id: int, numbers: Sequence[PhoneNumber]) -> None:
    """Put the first number in the place of the one dialled first, the others behind it."""
    if not numbers:
        return
    lines = phone_lines(tx.connection, member_id)
    for number in reversed(numbers[1:]):
        upkeep.put_number(tx, member_id, number, instead_of=None)
    upkeep.put_number(tx, member_id, numbers[0], instead_of=lines[0].id if lines else None)


def _conflict(
    tx: Transaction, row: dict[str, Any], changes: Mapping[str, str], fields: Collection[str]
) -> Conflict:
    theirs: dict[str, str] = {}
    for field in sorted(fields):
        if field == "phone":
            lines = phone_lines(tx.connection, row["id"])
            theirs[field] = lines[0].masked if lines else ""
        elif field == "birthday":
            birthday = birthday_of(row)
            theirs[field] = birthday.text() if birthday else ""
        else:
            theirs[field] = hidden(field, as_text(row[field]) or "")
    yours = {field: hidden(field, changes[field]) for field in theirs}
    return Conflict(
        "member.changed",
        N_("Somebody changed this member while you were editing: compare, then save again to put yours."),
        differences=tuple((field, theirs[field], yours[field]) for field in theirs),
        version=row["version"],
    )
