"""What was changed in a member's profile, field by field (R6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from core.base.actor import Actor
from core.members.contacts import hidden
from core.members.fields import PARSERS
from core.members.lookup import MEMBER, PHONE, STAFF, found_row
from core.people.access import Right
from core.store.engine import Store
from core.store.tables import AuditEntry, Deed

_AUDIT: sa.Table = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
_TOLD = (
    *PARSERS,
    *("phone", "typed", "e164", "bad_reason", "birth_year", "birth_month", "birth_day", "birth_calendar"),
    *("status", "owner_id"),
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One change of one field (R6.3); `at` in UTC, `who` a name or code, contact values masked."""

    at: datetime
    who: str
    field: str
    old: str
    new: str
    why: str


def field_history(store: Store, actor: Actor, number: str, limit: int = 200) -> tuple[FieldChange, ...]:
    """What was changed in a member's profile, newest first (R6.3); contact data masked.

    `bad_reason` is the mark on a number, with an outcome's code. Raises NotFound as `member_card` does.
    """
    with store.read() as c:
        member_id = found_row(c, actor, number, Right.SEE_MEMBER, [MEMBER.c.id])["id"]
        return changes_of(c, member_id, limit)


def changes_of(
    c: Connection, member_id: int, limit: int, before: datetime | None = None
) -> tuple[FieldChange, ...]:
    """`field_history` by the member's row, of the time before a moment."""
    phones = [str(key) for key in c.execute(sa.select(PHONE.c.id).where(PHONE.c.member_id == member_id)).scalars()]
    on_member = sa.and_(_AUDIT.c.table_name == "member", _AUDIT.c.row_key == str(member_id))
    on_phone = sa.and_(_AUDIT.c.table_name == "member_phone", _AUDIT.c.row_key.in_(phones))
    query = (
        sa.select(_AUDIT, STAFF.c.name.label("staff_name"))
        .join_from(_AUDIT, STAFF, STAFF.c.id == _AUDIT.c.actor_id, isouter=True)
        .where(on_member | on_phone, _AUDIT.c.deed == Deed.UPDATE, _AUDIT.c.field.in_(_TOLD))
        .order_by(_AUDIT.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(_AUDIT.c.at < before)
    rows = c.execute(query).all()
    ids = [int(v) for row in rows if row.field == "owner_id" for v in (row.old, row.new) if v]
    owners = {
        str(key): name for key, name in c.execute(sa.select(STAFF.c.id, STAFF.c.name).where(STAFF.c.id.in_(ids)))
    }
    return tuple(_field_change(row, owners) for row in rows)


def _field_change(row: sa.Row[Any], owners: Mapping[str, str]) -> FieldChange:
    old, new = hidden(row.field, row.old or ""), hidden(row.field, row.new or "")
    if row.field == "owner_id":
        old, new = owners.get(old, ""), owners.get(new, "")
    return FieldChange(
        at=row.at, who=row.staff_name or row.actor_code, field=row.field, old=old, new=new, why=row.why
    )
