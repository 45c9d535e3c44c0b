"""Recovery measures: taken after a call with a reason, in the review, or by hand; then done or dropped (R5.8)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.choices import demand_one_of
from core.base.clock import business_day
from core.base.errors import BadInput, NotFound, Refused
from core.base.language import N_
from core.base.rulebook import MeasureKind, Rulebook
from core.base.text import clean
from core.calls.facts import Row, member_row
from core.calls.records import STANDS
from core.people.access import Right, require
from core.recovery.lists import measure_in, unanswered_of
from core.recovery.rules import demand_move, due_day
from core.recovery.tables import Measure, MeasureState, Origin
from core.recovery.views import MeasureRow
from core.store.again import retried
from core.store.engine import Store
from core.store.transaction import Transaction

MEASURE: sa.Table = Measure.__table__  # type: ignore[attr-defined]
LONGEST_NOTE = 1000

_CALL = sa.text(f"select c.reached from call c where c.id = :call and c.member_id = :member and {STANDS}")
_TAKEN = sa.select(MEASURE.c.id, MEASURE.c.code).where(
    MEASURE.c.origin == sa.bindparam("origin"), MEASURE.c.source_key == sa.bindparam("key")
)
_OWNER = sa.text("select id, left_on from staff where code = :code")
_KEEPER = sa.text("select left_on from staff where id = :id")
_LOCKED = sa.select(MEASURE).where(MEASURE.c.id == sa.bindparam("id")).with_for_update()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureForm:
    """A measure for a member; `code` is one of `data/measures.toml`.

    `call_id` is the call it came from; without it, the member's last call with a reason that has no measure yet,
    if there is one. Without `due_on` it is due as that kind of measure is; without `owner` (a staff code) it is
    the account owner's, else the actor's.
    """

    number: str
    code: str
    note: str = ""
    due_on: date | None = None
    owner: str = ""
    call_id: str = ""


@retried()
def take_measure(store: Store, actor: Actor, form: MeasureForm) -> MeasureRow:
    """Take a measure; the same for the same call again changes nothing (R5.6).

    Raises BadInput naming the field, NotFound, NotAllowed, and Refused where the call has another measure.
    """
    note = clean(form.note, lines=True)
    kind = kind_of(form.code, note, store.rulebook)
    with store.write(actor, why=note, cause=form.call_id) as tx:
        member = member_row(tx, clean(form.number), Right.TAKE_MEASURE)
        origin, key = Origin.HAND, str(uuid.uuid4())
        call = form.call_id.lower() or unanswered_of(tx.connection, member["id"])
        if call:
            origin, key = Origin.CALL, call
            _demand_reached(tx, key, member)
            taken = tx.connection.execute(_TAKEN, {"origin": origin, "key": key}).first()
            if taken is not None:
                return _same(tx, taken, form.code)
        made = store_measure(tx, member, kind, origin, key, note=note, due_on=form.due_on, owner=form.owner)
        return measure_in(tx.connection, made, business_day(tx.now, member["time_zone"]))


def store_measure(
    tx: Transaction,
    member: Row,
    kind: MeasureKind,
    origin: Origin,
    key: str,
    *,
    note: str,
    due_on: date | None = None,
    owner: str = "",
) -> int:
    """Add the measure for a member read and locked in this transaction; returns its number."""
    today = business_day(tx.now, member["time_zone"])
    over: dict[str, Any] = {}
    if kind.ends:
        over = {"state": MeasureState.DONE, "closed_at": tx.now, "closed_by": tx.actor.staff_id, "result": note}
    made: int = tx.insert(
        Measure,
        member_id=member["id"],
        store_id=member["store_id"],
        code=kind.code,
        origin=origin,
        source_key=key,
        call_id=key if origin is Origin.CALL else None,
        owner_id=_owner(tx, member, owner, today),
        note=note,
        due_on=due_day(kind, today, due_on),
        made_on=today,
        made_at=tx.now,
        made_by=tx.actor.staff_id,
        **over,
    )
    return made


def finish_measure(store: Store, actor: Actor, measure: int, result: str) -> MeasureRow:
    """Say that a measure was done, and what came of it. Raises BadInput, NotFound, NotAllowed, Refused."""
    said = _said(result, N_("Say in a few words what was done and how the member took it."), "result")
    return _closed(store, actor, measure, MeasureState.DONE, said)


def drop_measure(store: Store, actor: Actor, measure: int, why: str) -> MeasureRow:
    """Leave a measure undone, with a reason. Raises BadInput, NotFound, NotAllowed, Refused."""
    said = _said(why, N_("Say why this measure is dropped."), "why")
    return _closed(store, actor, measure, MeasureState.DROPPED, said)


@retried()
def change_measure(
    store: Store, actor: Actor, measure: int, *, due_on: date | None = None, owner: str = "", why: str = ""
) -> MeasureRow:
    """Give an open measure another day or owner. Raises BadInput, NotFound, NotAllowed, Refused."""
    with store.write(actor, why=clean(why)) as tx:
        row = _locked(tx, measure)
        demand_move(row["state"], MeasureState.DONE)
        today = business_day(tx.now)
        changes: dict[str, Any] = {}
        if due_on is not None:
            changes["due_on"] = due_day(MeasureKind(zh="", en=""), today, due_on)
        if owner.strip():
            changes["owner_id"] = _named(tx, owner, today)
        tx.update(Measure, measure, changes)
        return measure_in(tx.connection, measure, today)


def kind_of(code: str, note: str, rulebook: Rulebook) -> MeasureKind:
    """The kind of measure. Raises BadInput for one that is not there, or for a missing or endless word."""
    none = N_("There is no measure {code!r}: use one of {codes}.")
    demand_one_of(rulebook.measures, code, none, error="measure.unknown", field="measure")
    kind = rulebook.measures[code]
    if kind.needs_note and not note:
        raise BadInput("measure.note", N_("Say in a word why the member is left alone."), field="note")
    if len(note) > LONGEST_NOTE:
        raise _too_long("note")
    return kind


def _said(text: str, missing: str, field: str) -> str:
    said = clean(text, lines=True)
    if not said:
        raise BadInput("measure.said", missing, field=field)
    if len(said) > LONGEST_NOTE:
        raise _too_long(field)
    return said


def _too_long(field: str) -> BadInput:
    return BadInput(
        "call.note_long",
        N_("The note is longer than {most} characters: shorten it."),
        field=field,
        most=LONGEST_NOTE,
    )


def _demand_reached(tx: Transaction, call_id: str, member: Row) -> None:
    found = tx.connection.execute(_CALL, {"call": call_id, "member": member["id"]}).first()
    if found is None or not found.reached:
        raise BadInput(
            "measure.call",
            N_("A measure comes from a call in which the member was reached, and which was not taken back."),
            field="call",
        )


def _same(tx: Transaction, taken: Any, code: str) -> MeasureRow:
    if taken.code != code:
        raise Refused(
            "measure.taken", N_("A measure was taken for this call already: finish or drop it, then take another.")
        )
    return measure_in(tx.connection, taken.id, business_day(tx.now))


def _owner(tx: Transaction, member: Row, owner: str, today: date) -> int | None:
    if owner.strip():
        return _named(tx, owner, today)
    if member["owner_id"] is not None:
        left_on = tx.connection.execute(_KEEPER, {"id": member["owner_id"]}).scalar_one()
        if left_on is None or date.fromisoformat(str(left_on)) > today:
            return int(member["owner_id"])
    return tx.actor.staff_id


def _named(tx: Transaction, code: str, today: date) -> int:
    found = tx.connection.execute(_OWNER, {"code": code.strip()}).first()
    if found is None or (found.left_on is not None and date.fromisoformat(str(found.left_on)) <= today):
        raise BadInput(
            "cover.person", N_("Nobody who works here has the staff code {code}."), field="owner", code=clean(code)
        )
    return int(found.id)


def _locked(tx: Transaction, measure: int) -> Row:
    row = tx.connection.execute(_LOCKED, {"id": measure}).mappings().first()
    if row is None:
        raise NotFound("measure.gone", N_("There is no measure {id}: see the list of measures."), id=measure)
    require(tx.actor, Right.TAKE_MEASURE, owner_id=row["owner_id"], store_id=row["store_id"])
    return dict(row)


@retried()
def _closed(store: Store, actor: Actor, measure: int, state: MeasureState, said: str) -> MeasureRow:
    with store.write(actor, why=said) as tx:
        row = _locked(tx, measure)
        demand_move(row["state"], state)
        closing = {"state": state, "result": said, "closed_at": tx.now, "closed_by": actor.staff_id}
        tx.update(Measure, measure, closing)
        return measure_in(tx.connection, measure, business_day(tx.now))
