"""The handover log, one application in full, its members, and the preview of a form (R7.4, R7.6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.text import clean
from core.handover.applying import prepared
from core.handover.cascade import NOTHING_LOOSE, STAYS_SHORT, cascade_of
from core.handover.facts import MemberFacts, facts_of_application, loose_ends
from core.handover.forms import HandoverForm
from core.handover.log_rows import STEP_ROWS, found_rows, rows_of, sees_all
from core.handover.moved import tasks_moved
from core.handover.recording import HANDOVER, STEPS, Application, application_of, person_of, unknown, visible
from core.handover.rules import CHANGEABLE, EXECUTED, OPEN, acts_of, refusal
from core.handover.tables import Act, Kind, MemberOutcome
from core.handover.views import (
    Cascade,
    HandoverFilter,
    HandoverRow,
    HandoverSheet,
    MemberLine,
    PersonRow,
    Preview,
    StepLine,
)
from core.members.lookup import MEMBER, SHOP, STAFF, within
from core.members.rules import StageCuts, stage_cuts
from core.members.tables import ValueClass
from core.people.access import Right
from core.store.engine import Store

SHOWN_ACTS = (Act.SUBMIT, Act.ADJUST, Act.REVIEW, Act.APPROVE, Act.EXECUTE, Act.FILE, Act.REFUSE, Act.WITHDRAW)


def preview(store: Store, actor: Actor, form: HandoverForm) -> Preview:
    """What the form would move to whom if it were executed now, and its members (R7.6).

    Raises BadInput naming the field, NotFound, NotAllowed; a missing reason does not matter yet.
    """
    now = store.clock.now()
    cuts = stage_cuts(business_day(now), store.policy.stages)
    with store.read() as c:
        ready = prepared(store, c, actor, replace(form, reason=clean(form.reason) or "-"))
        people = {key: _person(row) for key, row in ready.successors.items()}
        loose = loose_ends(c, ready.giver_id) if ready.kind is Kind.LEAVING else NOTHING_LOOSE
        cascade = cascade_of(ready.members, people, cuts, now, loose)
        return Preview(cascade, tuple(_line(one, people, cuts) for one in ready.members))


def handover_log(
    store: Store, actor: Actor, wanted: HandoverFilter | None = None, *, limit: int = 50, offset: int = 0
) -> tuple[HandoverRow, ...]:
    """Applications the actor may see, newest first (R7.4). Raises NotAllowed, NotFound for an unknown code."""
    wanted = wanted or HandoverFilter()
    with store.read() as c:
        found = found_rows(c, actor, wanted, None if wanted.waiting else limit, 0 if wanted.waiting else offset)
        rows = rows_of(c, actor, found, store.clock.now())
    if wanted.waiting:
        return tuple(row for row in rows if row.waits_for_me)[offset : offset + limit]
    return rows


def handover_sheet(store: Store, actor: Actor, number: str) -> HandoverSheet:
    """One application with its steps, its cascade as it stands now, and what the actor may do. Raises NotFound."""
    with store.read() as c:
        return sheet_in(store, c, actor, number)


def sheet_in(store: Store, c: Connection, actor: Actor, number: str) -> HandoverSheet:
    """`handover_sheet` on a connection that is open already."""
    found = _found(c, actor, number)
    now = store.clock.now()
    application = application_of(c, found, now)
    (row,) = rows_of(c, actor, [found], now)
    refused = {
        act: error for act in SHOWN_ACTS if (error := refusal(application.case, act, person_of(actor))) is not None
    }
    cascade = _cascade(store, c, application) if application.state in OPEN | CHANGEABLE else None
    if cascade is not None and not sees_all(actor, application):
        cascade = replace(cascade, warnings=tuple(replace(one, members=()) for one in cascade.warnings))
    return HandoverSheet(
        row=row,
        steps=_steps(c, application.id),
        cascade=cascade,
        acts=acts_of(application.case, person_of(actor)),
        refusals=refused,
    )


def member_lines(
    store: Store, actor: Actor, number: str, *, limit: int | None = None, offset: int = 0
) -> tuple[MemberLine, ...]:
    """The members of an application that the actor may see: by successor, class and number. Raises NotFound."""
    now = store.clock.now()
    cuts = stage_cuts(business_day(now), store.policy.stages)
    with store.read() as c:
        application = application_of(c, _found(c, actor, number), now)
        facts = _facts(store, c, application)
        moved = tasks_moved(c, application.id) if application.state in EXECUTED else None
        if not sees_all(actor, application):
            seen = set(c.execute(sa.select(MEMBER.c.id).where(within(actor, Right.SEE_MEMBER))).scalars())
            facts = [one for one in facts if one.id in seen]
        people = _people(c, {one.successor_id for one in facts if one.successor_id})
    facts.sort(key=lambda one: (people[one.successor_id or 0].code, one.value_class or "Z", one.number))
    chosen = facts[offset:] if limit is None else facts[offset : offset + limit]
    closed = application.state not in OPEN | CHANGEABLE
    lines = tuple(_line(one, people, cuts, closed=closed) for one in chosen)
    if application.state not in EXECUTED:
        return lines
    # the giver has nothing left of theirs: what went along was theirs until then
    along = [moved.get(one.id, 0) if moved is not None else None for one in chosen]
    return tuple(replace(line, follow_ups=count) for line, count in zip(lines, along, strict=True))


def _found(c: Connection, actor: Actor, number: str) -> dict[str, Any]:
    found = (
        c.execute(sa.select(HANDOVER).where(HANDOVER.c.number == number.strip(), visible(actor)))
        .mappings()
        .first()
    )
    if found is None:
        raise unknown(number)
    return dict(found)


def _facts(store: Store, c: Connection, application: Application) -> list[MemberFacts]:
    return facts_of_application(
        c,
        application.id,
        application.giver_id,
        store.policy,
        store.clock.now(),
        override=bool(application.override),
    )


def _cascade(store: Store, c: Connection, application: Application) -> Cascade:
    now = store.clock.now()
    facts = _facts(store, c, application)
    people = _people(c, {one.successor_id for one in facts if one.successor_id})
    loose = loose_ends(c, application.giver_id) if application.kind is Kind.LEAVING else NOTHING_LOOSE
    return cascade_of(facts, people, stage_cuts(business_day(now), store.policy.stages), now, loose)


def _people(c: Connection, keys: set[int]) -> dict[int, PersonRow]:
    rows = c.execute(
        sa.select(STAFF.c.id, STAFF.c.code, STAFF.c.name, STAFF.c.role, SHOP.c.code.label("store"))
        .join_from(STAFF, SHOP, SHOP.c.id == STAFF.c.store_id)
        .where(STAFF.c.id.in_(sorted(keys)))
        .order_by(STAFF.c.code)
    )
    return {row.id: _person(row) for row in rows}


def _person(row: sa.Row[*tuple[Any, ...]]) -> PersonRow:
    return PersonRow(row.code, row.name, row.role.value, row.store)


def _steps(c: Connection, handover: int) -> tuple[StepLine, ...]:
    rows = c.execute(STEP_ROWS.where(STEPS.c.handover_id == handover).order_by(STEPS.c.place))
    return tuple(
        StepLine(
            row.act, row.by_code, row.name or row.by_code, row.at, row.comment, row.state, json.loads(row.detail)
        )
        for row in rows
    )


def _line(
    one: MemberFacts, people: Mapping[int, PersonRow], cuts: StageCuts, *, closed: bool = False
) -> MemberLine:
    successor = people[one.successor_id or 0]
    fate = one.outcome if closed else one.fate
    stays = fate not in (MemberOutcome.MOVED, MemberOutcome.PENDING)
    return MemberLine(
        number=one.number,
        name=one.name,
        value_class=ValueClass(one.value_class) if one.value_class else None,
        stage=cuts.stage(one.last_on, one.joined_on),
        store=one.store,
        last_purchase_on=one.last_purchase_on,
        last_promise=one.last_promise,
        follow_ups=one.follow_ups,
        next_callback_at=one.next_callback_at,
        successor=successor.code,
        successor_name=successor.name,
        outcome=one.outcome,
        problem=STAYS_SHORT[fate] if stays else "",
    )
