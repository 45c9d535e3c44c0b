"""Reading an application inside a transaction, and writing its steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from core.base.actor import Actor, Role
from core.base.clock import business_day
from core.base.errors import Conflict, NotFound
from core.base.language import N_
from core.handover import proof
from core.handover.rules import TRANSITIONS, Case, Person, refusal
from core.handover.tables import Act, Handover, HandoverState, HandoverStep, Kind
from core.members.lookup import SHOP, STAFF
from core.people.access import Right, Scope, scope
from core.store.engine import Store
from core.store.transaction import Transaction

HANDOVER: sa.Table = SQLModel.metadata.tables["handover"]
MEMBERS: sa.Table = SQLModel.metadata.tables["handover_member"]
STEPS: sa.Table = SQLModel.metadata.tables["handover_step"]

_NUMBERING = 0x4855494A  # the advisory lock on PostgreSQL under which an application gets its number
DECISIONS = frozenset({Act.REVIEW, Act.APPROVE, Act.FILE})
"""The acts of which one person may do only one in a round."""

REVIEWING = tuple(role for role in Role if scope(role, Right.REVIEW_HANDOVER) is Scope.STORE)


@dataclass(frozen=True, slots=True)
class Application:
    """An application as a transaction sees it, locked."""

    id: int
    number: str
    kind: Kind
    giver_id: int
    store_id: int
    to_store_id: int | None
    state: HandoverState
    round: int
    override: str
    reason: str
    version: int
    case: Case


def person_of(actor: Actor) -> Person:
    """The actor as the rules see them."""
    return Person(actor.staff_id, actor.role, actor.store_id)


def unknown(number: str) -> NotFound:
    """The refusal for an application that is not there, or not the actor's to see."""
    return NotFound(
        "handover.unknown",
        N_("There is no handover {number} that you may see: check its number in the log."),
        number=number,
    )


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The SQL condition on `handover` for what the actor may see: of what was never submitted only their own.

    One that was sent back stays in the log while its applicant changes it (R7.4).
    """
    return sa.and_(_reached(actor), sa.or_(HANDOVER.c.submitted_at.is_not(None), _by(actor)))


def _by(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.staff_id is None:
        return HANDOVER.c.applicant_id.is_(None)
    return HANDOVER.c.applicant_id == actor.staff_id


def _reached(actor: Actor) -> sa.ColumnElement[bool]:
    """What the access table lets the actor see."""
    reach = scope(actor.role, Right.SEE_HANDOVER)
    if reach is Scope.ALL:
        return sa.true()
    taking = sa.select(MEMBERS.c.handover_id).where(MEMBERS.c.handover_id == HANDOVER.c.id)
    own = sa.or_(
        HANDOVER.c.giver_id == actor.staff_id,
        HANDOVER.c.applicant_id == actor.staff_id,
        sa.exists(taking.where(MEMBERS.c.successor_id == actor.staff_id)),
    )
    if reach is Scope.STORE:
        here = sa.select(STAFF.c.id).where(STAFF.c.store_id == actor.store_id)
        return sa.or_(
            own,
            HANDOVER.c.store_id == actor.store_id,
            HANDOVER.c.to_store_id == actor.store_id,
            sa.exists(taking.where(MEMBERS.c.successor_id.in_(here))),
        )
    return own


def locked(tx: Transaction, number: str, version: int | None = None) -> Application:
    """The application, locked for this transaction. Raises NotFound, and Conflict where it was changed since."""
    row = (
        tx.connection.execute(
            sa.select(HANDOVER).where(HANDOVER.c.number == number.strip(), visible(tx.actor)).with_for_update()
        )
        .mappings()
        .first()
    )
    if row is None:
        raise unknown(number)
    if version is not None and row["version"] != version:
        raise Conflict(
            "handover.changed",
            N_("Somebody has acted on {number} meanwhile: look at it again."),
            number=row["number"],
        )
    return application_of(tx.connection, dict(row), tx.now)


def application_of(c: Connection, row: Mapping[str, Any], now: Any) -> Application:
    """The application with its case, from its row."""
    names = "id number kind giver_id store_id to_store_id state round override reason version"
    return Application(**{name: row[name] for name in names.split()}, case=case_of(c, row, now))


def case_of(c: Connection, row: Mapping[str, Any], now: Any) -> Case:
    """What the rules need to know, from an application's row."""
    acted = c.execute(
        sa.select(STEPS.c.by_id).where(
            STEPS.c.handover_id == row["id"], STEPS.c.round == row["round"], STEPS.c.act.in_(sorted(DECISIONS))
        )
    ).scalars()
    reviewers = c.execute(
        sa.select(STAFF.c.id).where(
            STAFF.c.store_id == row["store_id"],
            STAFF.c.role.in_(REVIEWING),
            sa.or_(STAFF.c.left_on.is_(None), STAFF.c.left_on > business_day(now)),
        )
    ).scalars()
    return Case(
        state=row["state"],
        giver_id=row["giver_id"],
        applicant_id=row["applicant_id"],
        store_id=row["store_id"],
        acted=frozenset(one for one in acted if one is not None),
        reviewers=frozenset(reviewers),
        submitted=row["submitted_at"] is not None,
    )


def demand(application: Application, act: Act, actor: Actor) -> HandoverState:
    """The state the act leads to. Raises Refused where the actor may not do it."""
    refused = refusal(application.case, act, person_of(actor))
    if refused is not None:
        raise refused
    return TRANSITIONS[application.state, act]


def step(
    tx: Transaction,
    application: Application,
    act: Act,
    state: HandoverState,
    comment: str = "",
    detail: Mapping[str, int] | None = None,
    **changes: Any,
) -> Application:
    """Put one step on record and bring the application into `state`; returns it as it is then."""
    after = replace(
        application,
        state=state,
        version=application.version + 1,
        round=changes.get("round", application.round),
        case=replace(application.case, state=state, submitted=application.case.submitted or act is Act.SUBMIT),
    )
    values: dict[str, Any] = {"state": state, "state_since": tx.now, "version": after.version, **changes}
    tx.update(Handover, application.id, values, why=comment or tx.why)
    before = proof.last_digest(tx.connection, application.id)
    row = {
        "place": _steps(tx.connection, application.id) + 1,
        "round": after.round,
        "act": act,
        "state": state,
        "by_code": tx.actor.code,
        "at": tx.now,
        "comment": comment,
        "detail": json.dumps(dict(detail or {}), separators=(",", ":"), sort_keys=True),
    }
    digest = proof.step_digest(before, proof.content_digest(tx.connection, application.id), row)
    tx.insert(HandoverStep, handover_id=application.id, by_id=tx.actor.staff_id, digest=digest, **row)
    return after


def _steps(c: Connection, handover: int) -> int:
    return c.execute(sa.select(sa.func.count()).where(STEPS.c.handover_id == handover)).scalar_one()


def next_number(store: Store, tx: Transaction) -> str:
    """The next free number of the year, such as 2026-0147."""
    if not store.is_sqlite:
        tx.connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": _NUMBERING})
    year = business_day(tx.now).year
    last = tx.connection.execute(
        sa.select(HANDOVER.c.number)
        .where(HANDOVER.c.number.startswith(f"{year}-"))
        .order_by(sa.func.length(HANDOVER.c.number).desc(), HANDOVER.c.number.desc())
        .limit(1)
    ).scalar()
    return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:04d}"


def active_staff(c: Connection, day: Any) -> dict[int, sa.Row[*tuple[Any, ...]]]:
    """Everybody who works here on that day, by row: id, code, name, role, store_id, store."""
    rows = c.execute(
        sa.select(
            STAFF.c.id, STAFF.c.code, STAFF.c.name, STAFF.c.role, STAFF.c.store_id, SHOP.c.code.label("store")
        )
        .join_from(STAFF, SHOP, SHOP.c.id == STAFF.c.store_id)
        .where(sa.or_(STAFF.c.left_on.is_(None), STAFF.c.left_on > day))
        .order_by(STAFF.c.code)
    )
    return {row.id: row for row in rows}
