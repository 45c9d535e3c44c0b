"""Problems, complaints and suggestions as the lists and sheets show them (R5.7, R9.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.errors import Refused
from core.calls.matters import RAISED, STEPS, unknown
from core.calls.tables import OVER, RaisedAct, RaisedKind
from core.complaints.filters import MatterFilter as MatterFilter
from core.complaints.filters import conditions
from core.complaints.filters import person_of as person_of
from core.complaints.rules import Case, acts_of, refusal
from core.members.lookup import MEMBER, SHOP, STAFF
from core.people.access import Right, keepers, reach
from core.store.engine import Store
from core.store.sql import fixed

OWNER, TAKER = STAFF.alias("matter_owner"), STAFF.alias("matter_taker")
ABOUT, HIGHER = STAFF.alias("matter_about"), STAFF.alias("matter_higher")


@dataclass(frozen=True, slots=True)
class MatterRow:
    """Something raised, in a list. `number` is the member's, empty for somebody unknown; moments are in UTC.

    `late`: the next step was due before now. `mine`: the reader has it in hand, or it went up to them.
    """

    id: int
    kind: str
    state: str
    urgency: str
    category: str
    matter: str
    number: str
    name: str
    contact: str
    channel: str
    store: str
    store_name: str
    owner: str
    owner_name: str
    about: str
    about_name: str
    product: str
    raised_at: datetime
    raised_by: str
    promised_on: date | None
    due_at: datetime | None
    late: bool
    level: int
    higher_name: str
    round: int
    score: int | None
    resolution: str
    closed_at: datetime | None
    mine: bool
    version: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step on its record."""

    act: str
    state: str
    round: int
    level: int
    by: str
    by_name: str
    at: datetime
    text: str
    promised_at: datetime | None
    told: bool
    score: int | None
    to_name: str

    def facts(self) -> Mapping[str, Any]:
        """The step as `wording.step_words` takes it."""
        names = ("act", "text", "promised_at", "told", "score")
        return {name: getattr(self, name) for name in names} | {"to": self.to_name}


@dataclass(frozen=True, slots=True)
class MatterSheet:
    """One of them whole: the row, what the member wants and shows, its steps, and what the reader may do."""

    row: MatterRow
    demand: str
    evidence: str
    answer_due_at: datetime | None
    resolve_due_at: datetime | None
    steps: tuple[StepRow, ...]
    acts: tuple[RaisedAct, ...]
    refusals: Mapping[RaisedAct, Refused]


def case_of(row: Mapping[str, Any]) -> Case:
    """A row as the rules see it."""
    return Case(row["kind"], row["state"], row["owner_id"], row["store_id"], row["about_id"], row["escalated_to"])


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The SQL condition on `raised`: one's own, one's store's, or all. Raises NotAllowed."""
    limit = reach(actor, Right.SEE_MATTERS)
    if limit.owner_id is None and limit.store_id is None:
        return sa.true()
    kept = (*keepers(actor, Right.SEE_MATTERS), *actor.covers)
    own = [
        RAISED.c.owner_id.in_(kept),
        RAISED.c.raised_by == actor.staff_id,
        RAISED.c.escalated_to == actor.staff_id,
    ]
    return sa.or_(*own) if limit.owner_id is not None else sa.or_(RAISED.c.store_id == limit.store_id, *own)


def list_matters(
    store: Store, actor: Actor, wanted: MatterFilter | None = None, *, limit: int = 500, offset: int = 0
) -> tuple[MatterRow, ...]:
    """Those the actor may see: open ones by urgency and due moment, closed ones newest first."""
    wanted, now = wanted or MatterFilter(), store.clock.now()
    with store.read() as c:
        query = _rows().where(visible(actor), *conditions(c, actor, wanted, now))
        over = wanted.view in ("closed", "all")
        order = (RAISED.c.raised_at.desc(),) if over else _ORDER
        rows = c.execute(query.order_by(*order, RAISED.c.id).limit(limit).offset(offset)).mappings()
        return tuple(_row(dict(row), actor, now) for row in rows)


def matter_sheet(store: Store, actor: Actor, key: int) -> MatterSheet:
    """One of them with its steps. Raises NotFound for one the actor may not see."""
    with store.read() as c:
        return sheet_in(c, actor, key, store.clock.now())


def sheet_in(c: Connection, actor: Actor, key: int, now: datetime) -> MatterSheet:
    """`matter_sheet` on a connection that is open already."""
    row = c.execute(_rows().where(RAISED.c.id == key, visible(actor))).mappings().first()
    if row is None:
        raise unknown(key)
    found = dict(row)
    case, person = case_of(found), person_of(actor)
    refused = {act: error for act in RaisedAct if (error := refusal(case, act, person)) is not None}
    return MatterSheet(
        row=_row(found, actor, now),
        demand=found["demand"],
        evidence=found["evidence"],
        answer_due_at=found["answer_due_at"],
        resolve_due_at=found["resolve_due_at"],
        steps=steps_of(c, key),
        acts=acts_of(case, person),
        refusals=refused,
    )


def counts(store: Store, actor: Actor, kinds: tuple[str, ...] = ("problem", "complaint")) -> dict[str, int]:
    """How many are there for the actor in each view: mine, store, late, open."""
    now = store.clock.now()
    with store.read() as c:
        given = {
            view: sa.func.count(
                sa.case((sa.and_(*conditions(c, actor, MatterFilter(kinds=kinds, view=view), now)), 1))
            )
            for view in ("mine", "store", "late", "open")
        }
        still = RAISED.c.state.not_in(fixed(OVER))
        row = c.execute(sa.select(*given.values()).where(visible(actor), RAISED.c.kind.in_(kinds), still)).one()
        return dict(zip(given, row, strict=True))


def late_of_mine(store: Store, actor: Actor) -> tuple[int, int]:
    """How many complaints, and how many problems, that the actor has in hand are late; one statement."""
    now = store.clock.now()
    with store.read() as c:
        mine = conditions(c, actor, MatterFilter(view="mine"), now)
        complaint = sa.func.count(sa.case((RAISED.c.kind == RaisedKind.COMPLAINT, 1)))
        found = sa.select(complaint, sa.func.count()).where(visible(actor), *mine, RAISED.c.due_at < now)
        complaints, both = c.execute(found).one()
    return complaints, both - complaints


_ORDER = (
    sa.case((RAISED.c.urgency == "urgent", 0), else_=1),
    sa.case((RAISED.c.due_at.is_(None), 1), else_=0),
    RAISED.c.due_at,
)


def _rows() -> sa.Select[Any]:
    return (
        sa.select(
            RAISED,
            MEMBER.c.number,
            MEMBER.c.name,
            SHOP.c.code.label("store"),
            SHOP.c.name.label("store_name"),
            OWNER.c.code.label("owner"),
            OWNER.c.name.label("owner_name"),
            ABOUT.c.code.label("about"),
            ABOUT.c.name.label("about_name"),
            TAKER.c.name.label("taker_name"),
            HIGHER.c.name.label("higher_name"),
        )
        .join_from(RAISED, SHOP, SHOP.c.id == RAISED.c.store_id)
        .outerjoin(MEMBER, MEMBER.c.id == RAISED.c.member_id)
        .outerjoin(OWNER, OWNER.c.id == RAISED.c.owner_id)
        .outerjoin(ABOUT, ABOUT.c.id == RAISED.c.about_id)
        .outerjoin(TAKER, TAKER.c.id == RAISED.c.raised_by)
        .outerjoin(HIGHER, HIGHER.c.id == RAISED.c.escalated_to)
    )


def _row(row: Mapping[str, Any], actor: Actor, now: datetime) -> MatterRow:
    mine = person_of(actor).keeps
    return MatterRow(
        id=row["id"],
        kind=row["kind"].value,
        state=row["state"].value,
        urgency=row["urgency"].value,
        category=row["category"],
        matter=row["matter"],
        number=row["number"] or "",
        name=row["name"] or row["said_by"],
        contact=row["contact"],
        channel=row["channel"].value,
        store=row["store"],
        store_name=row["store_name"],
        owner=row["owner"] or "",
        owner_name=row["owner_name"] or "",
        about=row["about"] or "",
        about_name=row["about_name"] or "",
        product=row["product"],
        raised_at=row["raised_at"],
        raised_by=row["taker_name"] or "",
        promised_on=row["promised_on"],
        due_at=row["due_at"],
        late=row["due_at"] is not None and row["due_at"] < now and row["state"] not in OVER,
        level=row["level"],
        higher_name=row["higher_name"] or "",
        round=row["round"],
        score=row["score"],
        resolution=row["resolution"],
        closed_at=row["closed_at"],
        mine=bool({row["owner_id"], row["escalated_to"]} & {*mine}),
        version=row["version"],
    )


def steps_of(c: Connection, key: int) -> tuple[StepRow, ...]:
    """The steps on record, oldest first."""
    by, to = STAFF.alias("step_by"), STAFF.alias("step_to")
    rows = c.execute(
        sa.select(STEPS, by.c.name.label("by_name"), to.c.name.label("to_name"))
        .join_from(STEPS, by, by.c.id == STEPS.c.by_id, isouter=True)
        .outerjoin(to, to.c.id == STEPS.c.to_id)
        .where(STEPS.c.raised_id == key)
        .order_by(STEPS.c.place)
    )
    return tuple(
        StepRow(
            act=row.act.value,
            state=row.state.value,
            round=row.round,
            level=row.level,
            by=row.by_code,
            by_name=row.by_name or row.by_code,
            at=row.at,
            text=row.text,
            promised_at=row.promised_at,
            told=row.told,
            score=row.score,
            to_name=row.to_name or "",
        )
        for row in rows
    )
