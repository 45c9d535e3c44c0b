"""What stands in unsaved calls: kept at once, found again from any terminal (R5.6).

A draft is no record: it is not audited, and goes when its call is stored or it is thrown away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.actor import Actor
from core.base.errors import BadInput, Conflict
from core.base.language import N_
from core.calls.facts import member_row, stored_for
from core.calls.forms import DraftForm
from core.calls.views import DraftRow
from core.followups.claims import caller_id
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.transaction import Transaction

LEFT = "_left"
"""The key of a draft's content that says that it was put aside."""

MOST_TEXT = 100_000

_KEEP = statement(
    """insert into draft (staff_id, member_id, call_id, content, started_at, saved_at)
        values (:staff, :member, :call, :content, :started, :now)
        on conflict (staff_id, member_id) do update set call_id = excluded.call_id,
            content = excluded.content, started_at = excluded.started_at, saved_at = excluded.saved_at""",
    moments=("started", "now"),
)
_HELD_AT = statement(
    "select terminal from claim where member_id = :member and staff_id = :staff and expires_at > :now",
    moments=("now",),
)
_DROP = sa.text("delete from draft where staff_id = :staff and member_id = :member")
_COLUMNS = "m.number, m.name, d.call_id, d.content, d.started_at, d.saved_at"
_MOMENTS: Mapping[str, Any] = {"started_at": UTCDateTime(), "saved_at": UTCDateTime()}
_OF_MEMBER = statement(
    f"""select {_COLUMNS} from draft d join member m on m.id = d.member_id
        where d.staff_id = :staff and d.member_id = :member"""
).columns(**_MOMENTS)
_OF_STAFF = statement(
    f"""select {_COLUMNS} from draft d join member m on m.id = d.member_id
        where d.staff_id = :staff order by d.saved_at desc, d.member_id"""
).columns(**_MOMENTS)


@retried(idempotent=True)
def save_draft(store: Store, actor: Actor, form: DraftForm) -> datetime | None:
    """Keep what stands in an unsaved call; returns when it was saved (UTC).

    Nothing is kept of a call that has been stored meanwhile: None. Raises NotFound, NotAllowed, BadInput for
    a text of more than 100,000 characters, and Conflict where the actor took the call up at another terminal.
    """
    content = json.dumps({**form.content, LEFT: form.left}, ensure_ascii=False, separators=(",", ":"))
    if len(content) > MOST_TEXT:
        raise BadInput(
            "call.note_long", N_("The note is longer than {most} characters: shorten it."), most=MOST_TEXT
        )
    staff = caller_id(actor)
    with store.write(actor) as tx:
        member = member_row(tx, form.number)
        if stored_for(tx, form.call_id) is not None:
            return None
        if form.terminal:
            _require_here(tx, staff, member["id"], form.terminal)
        keep(tx, staff, member["id"], form.call_id, content, form.started_at or tx.now)
        return tx.now


def _require_here(tx: Transaction, staff: int, member_id: int, terminal: str) -> None:
    """Raise Conflict "draft.elsewhere" where the same person works on that member at another terminal."""
    held = {"staff": staff, "member": member_id, "now": tx.now}
    there = tx.connection.execute(_HELD_AT, held).scalar()
    if there not in (None, terminal):
        raise Conflict(
            "draft.elsewhere",
            N_("This call is open at another terminal of yours: go on there. What you type here is not kept."),
        )


def keep(tx: Transaction, staff: int, member_id: int, call_id: str, content: str, started: datetime) -> None:
    """Put a draft in the place of the one that staff member has for that member."""
    values = {"staff": staff, "member": member_id, "call": call_id, "content": content}
    tx.connection.execute(_KEEP, {**values, "started": started, "now": tx.now})


@retried(idempotent=True)
def discard_draft(store: Store, actor: Actor, number: str) -> None:
    """Throw away what stands in the actor's unsaved call with that member."""
    with store.write(actor) as tx:
        member = member_row(tx, number)
        tx.connection.execute(_DROP, {"staff": caller_id(actor), "member": member["id"]})


def pending_draft(store: Store, actor: Actor) -> DraftRow | None:
    """The unsaved call to land in again after a terminal was lost; None where there is none (R5.6).

    Calls that were left with Escape wait in the member's own sheet instead.
    """
    return next((draft for draft in drafts(store, actor) if not draft.left), None)


def drafts(store: Store, actor: Actor) -> tuple[DraftRow, ...]:
    """All unsaved calls of the actor, the latest saved first."""
    if actor.staff_id is None:
        return ()
    with store.read() as connection:
        return tuple(_row(row) for row in connection.execute(_OF_STAFF, {"staff": actor.staff_id}))


def draft_of(connection: Connection, staff: int, member_id: int) -> DraftRow | None:
    """The draft of that staff member for that member."""
    row = connection.execute(_OF_MEMBER, {"staff": staff, "member": member_id}).first()
    return None if row is None else _row(row)


def _row(row: sa.Row[Any]) -> DraftRow:
    content = json.loads(row.content)
    left = bool(content.pop(LEFT, False))
    return DraftRow(row.number, row.name, row.call_id, content, row.started_at, row.saved_at, left)
