"""Steps inside a write transaction that keep a member's record whole: numbers, fixes, completeness, keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from core.base.phones import PhoneNumber
from core.members.lookup import FIX, MEMBER, NAME_KEY, PHONE
from core.members.names import name_keys
from core.members.profile import WEIGHED, completeness_of, is_dialable, phone_values
from core.members.tables import Member, MemberPhone, ProfileFix
from core.store.tables import Deed
from core.store.transaction import Transaction


def refresh(tx: Transaction, member_id: int, weights: Mapping[str, int]) -> bool:
    """Bring `dialable` and `completeness` up to date after numbers or fields changed; returns dialable.

    Derived values: not audited, and no reason for somebody else's edit to conflict.
    """
    phones = tx.connection.execute(
        sa.select(PHONE.c.e164, PHONE.c.bad_reason).where(PHONE.c.member_id == member_id)
    )
    dialable = is_dialable((e164, bad) for e164, bad in phones)
    row = tx.connection.execute(
        sa.select(*(MEMBER.c[name] for name in WEIGHED)).where(MEMBER.c.id == member_id)
    ).mappings()
    percent = completeness_of(dict(row.one()), weights, dialable=dialable)
    tx.connection.execute(
        sa.update(MEMBER).where(MEMBER.c.id == member_id).values(dialable=dialable, completeness=percent)
    )
    return dialable


def keep_keys(tx: Transaction, member_id: int, name: str) -> None:
    """Make the member found by this name, and no longer by an older one."""
    tx.connection.execute(sa.delete(NAME_KEY).where(NAME_KEY.c.member_id == member_id))
    rows = [{"key": key, "member_id": member_id} for key in name_keys(name)]
    if rows:
        tx.connection.execute(sa.insert(NAME_KEY), rows)


def mark_bad(tx: Transaction, member_id: int, phone_id: int, reason: str, weights: Mapping[str, int]) -> bool:
    """Mark a number as not to be dialled, for an outcome's code; returns whether another one is left (R5.2).

    Where none is left the store gets a profile fix.
    """
    tx.update(MemberPhone, phone_id, {"bad_reason": reason, "bad_at": tx.now})
    dialable = refresh(tx, member_id, weights)
    if not dialable:
        open_fix(tx, member_id, "phone", reason)
    return dialable


def mark_good(tx: Transaction, member_id: int, phone_id: int, weights: Mapping[str, int]) -> None:
    """Take the mark off a number, and close the fix that waited for one."""
    tx.update(MemberPhone, phone_id, {"bad_reason": "", "bad_at": None})
    if refresh(tx, member_id, weights):
        close_fixes(tx, member_id, {"phone"})


def open_fix(tx: Transaction, member_id: int, field: str, problem: str, typed: str = "") -> None:
    """Ask that a field be put right, unless that is asked already."""
    waiting = sa.select(FIX.c.id).where(
        FIX.c.member_id == member_id, FIX.c.field == field, FIX.c.closed_at.is_(None)
    )
    if tx.connection.execute(waiting).first() is None:
        tx.insert(ProfileFix, member_id=member_id, field=field, typed=typed, problem=problem, opened_at=tx.now)


def close_fixes(tx: Transaction, member_id: int, fields: Collection[str]) -> None:
    """Close what was asked about these fields."""
    waiting = tx.connection.execute(
        sa.select(FIX.c.id).where(
            FIX.c.member_id == member_id, FIX.c.field.in_(sorted(fields)), FIX.c.closed_at.is_(None)
        )
    )
    for fix_id in waiting.scalars().all():
        tx.update(ProfileFix, fix_id, {"closed_at": tx.now, "closed_by": tx.actor.staff_id})


def put_number(tx: Transaction, member_id: int, number: PhoneNumber, *, instead_of: int | None) -> None:
    """Add a number, or put it in the place of another (by row id); it becomes the first to dial.

    The change is audited as the member's field `phone`. A number that is on file already moves to the front.
    """
    rows = tx.connection.execute(
        sa.select(PHONE.c.id, PHONE.c.typed, PHONE.c.e164, PHONE.c.position)
        .where(PHONE.c.member_id == member_id)
        .order_by(PHONE.c.position, PHONE.c.id)
    ).all()
    values: dict[str, Any] = phone_values(number) | {"bad_reason": "", "bad_at": None}
    same = next((row for row in rows if row.typed == number.typed or row.e164 == number.e164), None)
    old = next((row for row in rows if row.id == instead_of), None)
    kept = same or old
    if kept is None:
        tx.connection.execute(sa.insert(PHONE).values(member_id=member_id, **values))
    else:
        tx.connection.execute(sa.update(PHONE).where(PHONE.c.id == kept.id).values(**values))
    if same is not None and old is not None and same.id != old.id:
        tx.connection.execute(sa.delete(PHONE).where(PHONE.c.id == old.id))
    others = (PHONE.c.member_id == member_id) & (PHONE.c.typed != number.typed)
    tx.connection.execute(sa.update(PHONE).where(others).values(position=PHONE.c.position + 1))
    note_contact(tx, member_id, "phone", old.typed if old else None, number.typed)


def drop_number(tx: Transaction, member_id: int, phone_id: int) -> None:
    """Remove a number; the audit keeps it."""
    typed = tx.connection.execute(sa.select(PHONE.c.typed).where(PHONE.c.id == phone_id)).scalar()
    tx.connection.execute(sa.delete(PHONE).where(PHONE.c.id == phone_id))
    note_contact(tx, member_id, "phone", typed, None)


def note_contact(tx: Transaction, member_id: int, field: str, old: str | None, new: str | None) -> None:
    """Put a change that is not one column of `member` on the member's own record (R6.3)."""
    tx.note(Deed.UPDATE, Member, str(member_id), field=field, old=old, new=new)


def note_reveal(tx: Transaction, member_id: int, fields: Iterable[str]) -> None:
    """Put on record that the actor was shown a member's contact data, by fields (R5.9, R15.5)."""
    tx.note(Deed.READ, Member, str(member_id), field="phones_revealed", new=" ".join(fields))
