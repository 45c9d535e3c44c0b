"""Which problems, complaints and suggestions a list shows: by view, by code, by words in them (R9.2, R9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import at
from core.calls.matters import RAISED, STEPS
from core.calls.tables import OVER, RaisedKind, RaisedState
from core.complaints.rules import Person
from core.members.lookup import MEMBER, STAFF
from core.people.views import shop_id
from core.store.sql import fixed

_MIDNIGHT, _DAY = time(), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFilter:
    """Which of them: `view` is mine, store, late, open, closed or all; codes and texts as people type them."""

    kinds: tuple[str, ...] = ("problem", "complaint")
    view: str = "open"
    state: str = ""
    store: str = ""
    owner: str = ""
    about: str = ""
    category: str = ""
    member: str = ""
    find: str = ""
    since: date | None = None
    until: date | None = None


def person_of(actor: Actor) -> Person:
    """The actor as the rules see them."""
    return Person(actor.staff_id, actor.role, actor.store_id, actor.covers)


def conditions(c: Connection, actor: Actor, wanted: MatterFilter, now: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions of a filter. Raises NotFound for an unknown store."""
    r = RAISED.c
    kept: list[sa.ColumnElement[bool]] = [r.kind.in_([RaisedKind(kind) for kind in wanted.kinds])]
    match wanted.view:
        case "mine":
            keeps = person_of(actor).keeps
            kept += [r.state.not_in(fixed(OVER)), sa.or_(r.owner_id.in_(keeps), r.escalated_to.in_(keeps))]
        case "store":
            kept += [r.state.not_in(fixed(OVER)), r.store_id == (actor.store_id or 0)]
        case "late":
            kept += [r.state.not_in(fixed(OVER)), r.due_at < now]
        case "open":
            kept.append(r.state.not_in(fixed(OVER)))
        case "closed":
            kept.append(r.state.in_(OVER))
    if wanted.state:
        kept.append(r.state == RaisedState(wanted.state))
    if wanted.store:
        kept.append(r.store_id == shop_id(c, wanted.store))
    if wanted.owner:
        kept.append(r.owner_id.in_(sa.select(STAFF.c.id).where(STAFF.c.code == wanted.owner)))
    if wanted.about:
        kept.append(r.about_id.in_(sa.select(STAFF.c.id).where(STAFF.c.code == wanted.about)))
    if wanted.category:
        kept.append(r.category == wanted.category)
    if wanted.member:
        kept.append(r.member_id.in_(sa.select(MEMBER.c.id).where(MEMBER.c.number == wanted.member)))
    if wanted.since:
        kept.append(r.raised_at >= at(wanted.since, _MIDNIGHT))
    if wanted.until:
        kept.append(r.raised_at < at(wanted.until + _DAY, _MIDNIGHT))
    if wanted.find.strip():
        kept.append(_found(wanted.find.strip()))
    return kept


def _found(text: str) -> sa.ColumnElement[bool]:
    """The archive's search: in what was said, done and by whom (R9.3)."""
    r = RAISED.c
    places = (r.matter, r.demand, r.evidence, r.resolution, r.product, r.said_by, r.contact)
    named = sa.select(MEMBER.c.id).where(sa.or_(MEMBER.c.number == text, MEMBER.c.name == text))
    said = sa.select(STEPS.c.raised_id).where(STEPS.c.text.icontains(text, autoescape=True))
    parts = [place.icontains(text, autoescape=True) for place in places]
    return sa.or_(*parts, r.member_id.in_(named), r.id.in_(said))
