"""Problems, complaints and suggestions in the store: taking them down, and each further step (R5.7, R9.1-R9.3).

Every step changes the row and is put on record beside it in the same transaction. Who may act is decided above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Role
from core.base.clock import business_day
from core.base.errors import NotFound
from core.base.language import N_
from core.base.rulebook import Rulebook
from core.calls.clocks import Hours, again_late_at, hours_of, promises
from core.calls.effects import write
from core.calls.forms import RaisedForm
from core.calls.matter_calls import move_calls
from core.calls.matter_rules import A, S, due_at, next_state
from core.calls.tables import Channel, Raised, RaisedAct, RaisedKind, RaisedStep, Urgency
from core.members.lookup import SHOP, STAFF
from core.people.views import named_person, person
from core.store.transaction import Transaction

RAISED: sa.Table = Raised.__table__  # type: ignore[attr-defined]
STEPS: sa.Table = RaisedStep.__table__  # type: ignore[attr-defined]

PROGRAM = "huifang"
"""Who stands in the steps that nobody did: what went higher by the clock."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who says it: a member with their owner, or somebody unknown who is noted down."""

    store_id: int
    member_id: int | None = None
    owner_id: int | None = None
    said_by: str = ""
    contact: str = ""


def take(
    tx: Transaction,
    book: Rulebook,
    who: Complainant,
    form: RaisedForm,
    *,
    call_id: str | None = None,
    channel: Channel = Channel.CALL,
) -> int:
    """Take something down: its owner, its clocks, its first step; returns its number (R8.2, R9.1)."""
    kind, urgency = RaisedKind(form.kind), Urgency(form.urgency)
    hours = _hours(tx.connection, who.store_id, book)
    clock = promises(kind, urgency, tx.now, hours, book.policy.complaints)
    about = person_named(tx.connection, form.about, business_day(tx.now, hours.zone)) if form.about else None
    owner = None
    if kind is not RaisedKind.SUGGESTION:
        owner = proposed_owner(tx.connection, who.owner_id, who.store_id, about, business_day(tx.now, hours.zone))
    promised_on, resolve_due_at = clock.promised_on, clock.resolve_due_at
    if form.promised_on is not None and kind is RaisedKind.PROBLEM:
        promised_on, resolve_due_at = form.promised_on, hours.end_of(form.promised_on)
    due = clock.answer_due_at or resolve_due_at
    row = {
        "member_id": who.member_id,
        "said_by": who.said_by,
        "contact": who.contact,
        "call_id": call_id,
        "channel": channel,
        "kind": kind,
        "category": form.category,
        "matter": form.matter,
        "demand": form.demand,
        "evidence": form.evidence,
        "product": form.product,
        "about_id": about,
        "urgency": urgency,
        "owner_id": owner,
        "store_id": who.store_id,
        "answer_due_at": clock.answer_due_at,
        "resolve_due_at": resolve_due_at,
        "promised_on": promised_on,
        "due_at": due,
        "escalate_at": due if book.policy.complaints.levels else None,
        "raised_at": tx.now,
        "raised_by": tx.actor.staff_id,
    }
    key: int = tx.insert(Raised, **row)
    put_step(
        tx, key, A.TAKE, {"state": S.OPEN, "round": 0, "level": 0}, text=form.matter, promised_at=due, to_id=owner
    )
    return key


def person_named(c: Connection, typed: str, day: Any) -> int:
    """The staff member of that code, else the only one of that name who works here. Raises NotFound."""
    if (found := person(c, typed)) is not None:
        return found.id
    same = c.execute(sa.select(STAFF.c.id).where(STAFF.c.name == typed, _works(day))).scalars().all()
    return int(same[0]) if len(same) == 1 else named_person(c, typed).id


def proposed_owner(
    c: Connection, owner_id: int | None, store_id: int, about_id: int | None, day: Any
) -> int | None:
    """Who gets it: the account owner, unless it is about them or they have left; then the store manager (R8.2)."""
    if owner_id is not None and owner_id != about_id:
        stays = c.execute(sa.select(STAFF.c.id).where(STAFF.c.id == owner_id, _works(day))).first()
        if stays is not None:
            return owner_id
    return superior(c, store_id, day, frozenset({about_id}))


def superior(c: Connection, store_id: int, day: Any, but: frozenset[int | None], level: int = 1) -> int | None:
    """Whom something goes up to: the store's manager at level 1, a manager above; None where there is nobody."""
    rank = sa.case((STAFF.c.role == Role.STORE_MANAGER, 0), else_=1)
    roles = (Role.STORE_MANAGER, Role.MANAGER) if level == 1 else (Role.MANAGER,)
    here = sa.or_(STAFF.c.store_id == store_id, STAFF.c.role == Role.MANAGER)
    query = (
        sa.select(STAFF.c.id)
        .where(STAFF.c.role.in_(roles), here, _works(day), STAFF.c.id.not_in([one for one in but if one]))
        .order_by(rank, STAFF.c.store_id != store_id, STAFF.c.code)
        .limit(1)
    )
    found: int | None = c.execute(query).scalar()
    return found


def _works(day: Any) -> sa.ColumnElement[bool]:
    return sa.or_(STAFF.c.left_on.is_(None), STAFF.c.left_on > day)


def _hours(c: Connection, store_id: int, book: Rulebook) -> Hours:
    zone = c.execute(sa.select(SHOP.c.time_zone).where(SHOP.c.id == store_id)).scalar_one()
    return hours_of(c, store_id, zone, book.policy.complaints)


def locked(tx: Transaction, key: int) -> dict[str, Any]:
    """The row, kept from others until the end. Raises NotFound."""
    row = tx.connection.execute(sa.select(RAISED).where(RAISED.c.id == key).with_for_update()).mappings().first()
    if row is None:
        raise unknown(key)
    return dict(row)


def unknown(key: object) -> NotFound:
    """The refusal for what is not there, or not the actor's to see."""
    return NotFound(
        "matter.unknown", N_("There is no number {number} that you may see: look it up in the list."), number=key
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What goes on record with a step: words, a promise, whether the member was told, their score, who has it."""

    text: str = ""
    promised_at: datetime | None = None
    told: bool = False
    score: int | None = None
    to_id: int | None = None


def record(
    tx: Transaction, book: Rulebook, row: Row, act: RaisedAct, said: Said, **changes: Any
) -> dict[str, Any]:
    """Take one step; returns the row after it. Raises Refused where the state does not know the act."""
    state = next_state(row["kind"], row["state"], act)
    hours = _hours(tx.connection, row["store_id"], book)
    changed = {"state": state, **_changes(tx, book, row, act, said, hours), **changes}
    after = {**row, **changed}
    after |= _timed(tx, book, row, act, after, hours)
    after["version"] = row["version"] + 1  # each step counts, also one that changes nothing else of the row
    write(tx, Raised, row, {name: value for name, value in after.items() if row[name] != value})
    put_step(
        tx, row["id"], act, after,
        text=said.text, promised_at=said.promised_at, told=said.told, score=said.score, to_id=said.to_id,
    )  # fmt: skip
    move_calls(tx, act, after, hours)
    return after


def _changes(
    tx: Transaction, book: Rulebook, row: Row, act: RaisedAct, said: Said, hours: Hours
) -> dict[str, Any]:
    """What each act changes of the row, but for its state and what is due next."""
    match act:
        case A.ANSWER:
            return {"answered_at": tx.now}
        case A.RESOLVE | A.DECLINE:
            return {
                "resolved_at": tx.now,
                "resolution": said.text,
                "answered_at": row["answered_at"] or tx.now,
            }
        case A.CLOSE:
            return {"closed_at": tx.now, "score": said.score}
        case A.WITHDRAW:
            return {"withdrawn_at": tx.now}
        case A.ASSIGN:
            return {"owner_id": said.to_id}
        case A.ESCALATE:
            return {"level": row["level"] + 1, "escalated_to": said.to_id}
        case A.PROMISE if said.promised_at is not None:
            changed: dict[str, Any] = {"promised_on": business_day(said.promised_at, hours.zone)}
            return changed | ({"resolve_due_at": said.promised_at} if row["kind"] == RaisedKind.PROBLEM else {})
        case A.REOPEN:
            clock = promises(row["kind"], row["urgency"], tx.now, hours, book.policy.complaints)
            fresh = dict.fromkeys(("answered_at", "resolved_at", "closed_at", "score", "escalated_to"))
            return fresh | {
                "round": row["round"] + 1,
                "level": 0,
                "resolution": "",
                "answer_due_at": clock.answer_due_at,
                "resolve_due_at": clock.resolve_due_at,
                "promised_on": clock.promised_on,
            }
    return {}


def _timed(
    tx: Transaction, book: Rulebook, row: Row, act: RaisedAct, after: Row, hours: Hours
) -> dict[str, datetime | None]:
    """By when the next step is due, and when it goes higher; an act that promises nothing leaves both."""
    rule = book.policy.complaints
    if act is A.ESCALATE:
        due: datetime | None = row["due_at"]
        higher = due is not None and after["level"] < rule.levels
        return {"escalate_at": again_late_at(due, row["urgency"], hours, rule) if higher and due else None}
    moved = after["state"] != row["state"] or after["resolve_due_at"] != row["resolve_due_at"]
    if not moved:
        return {}
    told_by = hours.after_days(tx.now, rule.told_days) if after["state"] == S.RESOLVED else None
    due = due_at(after, told_by)
    return {"due_at": due, "escalate_at": due if after["level"] < rule.levels else None}


def put_step(
    tx: Transaction,
    key: int,
    act: RaisedAct,
    after: Row,
    *,
    text: str = "",
    promised_at: datetime | None = None,
    told: bool = False,
    score: int | None = None,
    to_id: int | None = None,
) -> None:
    """Put a step on record; what goes higher by the clock is nobody's deed."""
    nobody = act is A.ESCALATE
    place = sa.select(sa.func.coalesce(sa.func.max(STEPS.c.place), 0)).where(STEPS.c.raised_id == key)
    tx.insert(
        RaisedStep,
        raised_id=key,
        place=tx.connection.execute(place).scalar_one() + 1,
        round=after["round"],
        act=act,
        state=after["state"],
        level=after["level"],
        by_id=None if nobody else tx.actor.staff_id,
        by_code=PROGRAM if nobody else tx.actor.code,
        at=tx.now,
        text=text,
        promised_at=promised_at,
        told=told,
        score=score,
        to_id=to_id,
    )
