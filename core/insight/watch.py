"""Watching the watchers: who looked at, or revealed, unusually much (R15.5). Leavers are shown first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from statistics import median

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel, UTCDateTime

import core.handover.tables  # noqa: F401
from core.base.actor import Actor
from core.base.clock import at, business_day
from core.base.language import N_
from core.base.policy import Watch
from core.handover.tables import HandoverState, Kind
from core.people.access import Right, reach
from core.people.views import SHOP, STAFF
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.tables import READ_ONLY, AuditEntry

_TABLES = SQLModel.metadata.tables
_VIEW, _HANDOVER = _TABLES["profile_view"], _TABLES["handover"]
_AUDIT = _TABLES[str(AuditEntry.__tablename__)]

WHY = {
    "leaves": N_("leaves"),
    "many_views": N_("many profiles"),
    "many_reveals": N_("many numbers"),
    "unusual_views": N_("more profiles than usual"),
    "unusual_reveals": N_("more numbers than usual"),
}
"""What `UnusualDay.why` says, in words."""

REVEALED = "phones_revealed"
"""The field under which `core.members.upkeep.note_reveal` puts a reveal on record."""

_LOOK = statement(
    """insert into profile_view (staff_id, day, member_id, views) values (:staff, :day, :member, 1)
        on conflict (staff_id, day, member_id) do update set views = profile_view.views + 1""",
    days=("day",),
)


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day on which somebody looked at more than is usual: members viewed (`looks` in all) and revealed.

    The usual numbers are the person's own medians of their working days before; `leaves` says that they have
    left, are about to, or have an application to leave open. `why` are the codes of what was passed.
    """

    code: str
    name: str
    store: str
    day: date
    views: int
    looks: int
    reveals: int
    usual_views: int
    usual_reveals: int
    leaves: bool
    why: tuple[str, ...]


@retried()
def record_view(store: Store, actor: Actor, member_id: int) -> None:
    """Count that the actor opened a member's profile; for card views, after `member_card` let them.

    Cheap and not durable: a power cut may lose the last few. The shell's administrator is not counted.
    """
    if actor.staff_id is None:
        return
    day = business_day(store.clock.now())
    with store.write(actor, durable=False) as tx:
        tx.connection.execute(_LOOK, {"staff": actor.staff_id, "day": day, "member": member_id})


@retried()
def unusual(store: Store, actor: Actor, since: date | None = None) -> tuple[UnusualDay, ...]:
    """The unusual days from `since` (a week back unless given) to today: leavers first, then the latest.

    Raises NotAllowed. A store manager sees the people of the store, nobody sees themselves.
    """
    limits = reach(actor, Right.WATCH_VIEWS)
    today = business_day(store.clock.now())
    first = since or today - timedelta(days=7)
    policy = store.policy.watch
    start = first - timedelta(days=policy.median_days)
    with store.sweep() as c:
        views, looks = _views(c, start, today)
        reveals = _reveals(c, start, today)
        people = _people(c, limits.store_id)
    found = [
        line
        for person in people
        if person.id != actor.staff_id
        for line in _unusual_days(
            person, views.get(person.id, {}), looks.get(person.id, {}), reveals.get(person.id, {}), first, policy
        )
    ]
    return tuple(sorted(found, key=lambda line: (not line.leaves, -line.day.toordinal(), line.store, line.code)))


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    code: str
    name: str
    store: str
    leaves: bool


def _unusual_days(
    person: _Person,
    views: Mapping[date, int],
    looks: Mapping[date, int],
    reveals: Mapping[date, int],
    first: date,
    policy: Watch,
) -> Iterable[UnusualDay]:
    share = policy.leaver_share if person.leaves else 1.0
    for day in sorted({*views, *reveals}):
        if day < first:
            continue
        usual_views, usual_reveals = _usual(views, day, policy), _usual(reveals, day, policy)
        seen, shown = views.get(day, 0), reveals.get(day, 0)
        why = (
            *_passed("views", seen, usual_views, policy.views, policy.least_views, share, policy.times_median),
            *_passed(
                "reveals", shown, usual_reveals, policy.reveals, policy.least_reveals, share, policy.times_median
            ),
        )
        if why:
            yield UnusualDay(
                code=person.code,
                name=person.name,
                store=person.store,
                day=day,
                views=seen,
                looks=looks.get(day, 0),
                reveals=shown,
                usual_views=round(usual_views or 0),
                usual_reveals=round(usual_reveals or 0),
                leaves=person.leaves,
                why=why,
            )


def _usual(counts: Mapping[date, int], day: date, policy: Watch) -> float | None:
    """The median of the days before on which there was anything at all; None where there was none."""
    start = day - timedelta(days=policy.median_days)
    before = [count for other, count in counts.items() if start <= other < day]
    return median(before) if before else None


def _passed(
    what: str, count: int, usual: float | None, most: int, least: int, share: float, times: float
) -> Iterable[str]:
    if count >= most * share:
        yield f"many_{what}"
    elif usual is not None and count >= least * share and count >= usual * max(1.0, times * share):
        yield f"unusual_{what}"


_Counts = dict[int, dict[date, int]]


def _views(c: Connection, start: date, end: date) -> tuple[_Counts, _Counts]:
    members: _Counts = defaultdict(dict)
    looks: _Counts = defaultdict(dict)
    rows = c.execute(
        sa.select(_VIEW.c.staff_id, _VIEW.c.day, sa.func.count(), sa.func.sum(_VIEW.c.views))
        .where(_VIEW.c.day >= start, _VIEW.c.day <= end)
        .group_by(_VIEW.c.staff_id, _VIEW.c.day)
    )
    for staff_id, day, viewed, times in rows:
        members[staff_id][day] = viewed
        looks[staff_id][day] = int(times)
    return members, looks


_REVEALS = (
    sa.select(_AUDIT.c.actor_id, sa.func.count(_AUDIT.c.row_key.distinct()))
    .where(
        READ_ONLY,  # word for word as the index has it
        _AUDIT.c.at >= sa.bindparam("start", type_=UTCDateTime()),
        _AUDIT.c.at < sa.bindparam("end", type_=UTCDateTime()),
        _AUDIT.c.field == REVEALED,
        _AUDIT.c.actor_id.is_not(None),
    )
    .group_by(_AUDIT.c.actor_id)
)


def _reveals(c: Connection, start: date, end: date) -> _Counts:
    """Members whose numbers somebody was shown, by person and day; a day begins where the stores are."""
    counts: _Counts = defaultdict(dict)
    for back in range((end - start).days + 1):
        day = start + timedelta(days=back)
        bounds = {"start": at(day, time.min), "end": at(day + timedelta(days=1), time.min)}
        for staff_id, members in c.execute(_REVEALS, bounds):
            counts[staff_id][day] = members
    return counts


def _people(c: Connection, store_id: int | None) -> list[_Person]:
    leaving = sa.exists().where(
        _HANDOVER.c.giver_id == STAFF.c.id,
        _HANDOVER.c.kind == Kind.LEAVING,
        _HANDOVER.c.state.not_in((HandoverState.DRAFT, HandoverState.REFUSED, HandoverState.WITHDRAWN)),
    )
    query = sa.select(
        STAFF.c.id,
        STAFF.c.code,
        STAFF.c.name,
        SHOP.c.code,
        sa.or_(STAFF.c.left_on.is_not(None), leaving),
    ).join_from(STAFF, SHOP, SHOP.c.id == STAFF.c.store_id)
    if store_id is not None:
        query = query.where(STAFF.c.store_id == store_id)
    return [_Person(*row) for row in c.execute(query)]
