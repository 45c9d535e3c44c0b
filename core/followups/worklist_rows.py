"""The rows of a worklist: the members shown, with their details and all their due purposes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection, Row

from core.base.phones import masked
from core.followups.worklist_sql import details_statement
from core.members.rules import Stage, StageCuts, stage_cuts
from core.members.tables import ValueClass
from core.store.engine import Store

# Named tuples: fifty of each are made for every page, and a frozen dataclass takes ten times as long to make.


class Purpose(NamedTuple):
    """Why a member is on the list: one open follow-up that is due."""

    follow_up_id: int
    programme: str
    cycle: str
    due_on: date
    due_at: datetime | None
    closes_on: date | None
    attempts: int
    skips: int
    promise: str


class WorklistRow(NamedTuple):
    """One member to contact; `purposes` in the order of R4.5, the first of which gives the row its place."""

    member_id: int
    number: str
    name: str
    phone_masked: str
    owner: str
    owner_name: str
    store: str
    stage: Stage
    value_class: ValueClass | None
    purposes: tuple[Purpose, ...]
    held_by: str
    held_since: datetime | None
    not_before: datetime | None
    rest_reason: str
    joined_on: date
    first_purchase_on: date | None
    last_purchase_on: date | None
    last_reached_on: date | None
    last_promise: str
    best_time: str
    completeness: int
    amount_total: int
    open_complaints: int = 0


def rows_of(
    store: Store,
    connection: Connection,
    everything: bool,
    parameters: dict[str, Any],
    members: list[int],
) -> tuple[WorklistRow, ...]:
    """The rows of `members`, in that order."""
    if not members:
        return ()
    kept = {name: parameters[name] for name in ("day", "now", "soon")}
    clause, slots = details_statement(store.rulebook, everything, len(members))
    filled = members + members[:1] * (len(slots) - len(members))
    named: dict[str, Any] = dict(zip(slots, filled, strict=True))
    grouped: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(clause, named | kept).all():
        grouped.setdefault(row[0], []).append(row)
    cuts = stage_cuts(kept["day"], store.policy.stages)
    return tuple([_row(grouped[member], cuts, kept["now"]) for member in members])


_DETAILS = 22
"""How many columns of a row are the member's; the purpose's follow."""


def _row(found: list[Row[Any]], cuts: StageCuts, now: datetime) -> WorklistRow:
    """One row from all due purposes of a member."""
    (
        member_id, number, name, phone, owner, owner_name, shop, value_class, held_by, held_since,
        rest_until, rest_reason, joined_on, first_purchase_on, last_purchase_on, last_reached_on, last_promise,
        best_time, completeness, amount_total, open_complaints, last_on,
    ) = found[0][:_DETAILS]  # fmt: skip
    waits = [row[-1] for row in found if row[-1] is not None]
    not_before = max(waits) if waits else None
    if not_before is None or not_before <= now:
        not_before = rest_until
    elif rest_until is not None:
        not_before = max(not_before, rest_until)
    return WorklistRow(
        member_id,
        number,
        name,
        masked(phone or ""),
        owner or "",
        owner_name or "",
        shop,
        cuts.stage(last_on, joined_on),
        _CLASSES[value_class],
        tuple([Purpose._make(row[_DETAILS:-1]) for row in found]),
        held_by or "",
        held_since,
        not_before,
        rest_reason if rest_until is not None else "",
        joined_on,
        first_purchase_on,
        last_purchase_on,
        last_reached_on,
        last_promise,
        best_time,
        completeness,
        amount_total,
        open_complaints,
    )


_CLASSES: dict[str | None, ValueClass | None] = {None: None, "": None, **{each.value: each for each in ValueClass}}
