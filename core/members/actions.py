"""What is done to a member's record: edits, numbers, reveals. One function, one write transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, Conflict, NotFound
from core.base.language import N_
from core.base.phones import PhoneNumber, demand, masked, national, understand
from core.members.fields import CONTACT, birthday_of, parse_field
from core.members.lookup import MEMBER, PHONE, SHOP, found_row
from core.members.tables import Member
from core.members.upkeep import (
    close_fixes,
    drop_number,
    keep_keys,
    mark_good,
    note_reveal,
    put_number,
    refresh,
)
from core.members.views import MemberCard, PhoneLine, phone_lines, read_card
from core.people.access import Right
from core.store.engine import Store
from core.store.transaction import Transaction, as_text

_NO_CHANGE = "\0"


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

    `phone` stands for the first number. Raises BadInput naming the field, or `why` where a contact change has
    no reason; Conflict with (field, theirs, yours) where the record is no longer of that `version`.
    """
    phone = _typed_phone(store, changes)
    with store.write(actor, why=why.strip()) as tx:
        row = _editable(tx, actor, number)
        today = business_day(tx.now, row["time_zone"])
        columns: dict[str, Any] = {}
        fields = set()
        for field, text in changes.items():
            if field == "phone":
                continue
            wanted = parse_field(field, text, today)
            if any(row[name] != value for name, value in wanted.items()):
                columns |= wanted
                fields.add(field)
        phone_id = _replaced(tx, row["id"], phone) if phone is not None else _NO_CHANGE
        if phone_id != _NO_CHANGE:
            fields.add("phone")
        if version is not None and version != row["version"] and fields:
            raise _conflict(tx, row, changes, fields)
        _demand_why(fields, why)
        if fields:
            _apply(tx, row, columns, fields, store.policy.completeness)
            if isinstance(phone, PhoneNumber) and not isinstance(phone_id, str):
                put_number(tx, row["id"], phone, instead_of=phone_id)
            elif isinstance(phone_id, int):
                drop_number(tx, row["id"], phone_id)
            close_fixes(tx, row["id"], fields)
            refresh(tx, row["id"], store.policy.completeness)
        return read_card(tx.connection, actor, number, today, store.policy)
