"""The board: how the day and the month of each caller and store stand, from one set-based statement (R14.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.actor import Actor
from core.base.clock import at, business_day
from core.base.rulebook import Rulebook
from core.calls.records import STANDS
from core.calls.tables import NOT_OVER
from core.followups.cycles import CALLBACK, MONTHLY, month_name
from core.insight.passed import DUE, board_limits
from core.people.access import Reach
from core.store.engine import Store
from core.store.sql import statement


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted. `due` are members to contact now, `beyond` those of them who do not fit the caller's target
    of the day any more (R4.7); `done` and `reached` members called today. `kept` and `late` are callbacks promised
    for today or before: called in time, or not within the policy's minutes. `covered` of `month` monthly
    follow-ups need no call any more. `passed` members were skipped as often as policy lets a caller.
    """

    due: int = 0
    done: int = 0
    reached: int = 0
    kept: int = 0
    late: int = 0
    month: int = 0
    covered: int = 0
    complaints: int = 0
    passed: int = 0
    beyond: int = 0

    @property
    def coverage(self) -> int:
        """Percent of the month's follow-ups that are done or covered, rounded down; 100 where there are none."""
        return 100 * self.covered // self.month if self.month else 100

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)))


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A caller's line; an empty `staff` is the store's pool. `cover` is who works the list today, if another."""

    staff: str
    name: str
    store: str
    store_name: str
    role: str
    cover: str
    tally: Tally

    @property
    def idle(self) -> bool:
        """Whether nothing is to be told of them: no work, no call, no promise, no cover."""
        return self.tally == Tally() and not self.cover


@dataclass(frozen=True, slots=True)
class BoardStore:
    """A store: the sum of its callers and its pool."""

    code: str
    name: str
    tally: Tally
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The board as of business day `on` at `now` (UTC)."""

    on: date
    now: datetime
    stores: tuple[BoardStore, ...]
    total: Tally

    @property
    def idle(self) -> int:
        """How many people have nothing to be told of."""
        return sum(row.idle for shop in self.stores for row in shop.rows)


def board(store: Store, actor: Actor, store_code: str = "") -> Board:
    """The board of all the actor may see, or of one store. Raises NotFound for another code, NotAllowed."""
    now = store.clock.now()
    on = business_day(now)
    with store.read() as c:
        limits = board_limits(c, actor, store_code)
        tallies = _counted(c, store, on, now)
        people = c.execute(_PEOPLE, {"day": on}).all()
        shops = c.execute(_SHOPS).all()
    for one in people:
        if (tally := tallies.get((0, one.id))) is not None:
            target = one.daily_target or store.policy.worklist.daily_target
            tallies[0, one.id] = replace(tally, beyond=max(0, tally.due - max(0, target - tally.done)))
    stores = tuple(_stores(shops, people, tallies, limits))
    return Board(on, now, stores, sum((one.tally for one in stores), Tally()))


def _stores(
    shops: Iterable[Any], people: Iterable[Any], tallies: dict[tuple[int, int], Tally], limits: Reach
) -> Iterator[BoardStore]:
    by_shop: dict[int, list[Any]] = defaultdict(list)
    for person in people:
        by_shop[person.store_id].append(person)
    for shop in shops:
        if limits.store_id is not None and shop.id != limits.store_id:
            continue
        rows = [
            BoardRow(one.code, one.name, shop.code, shop.name, one.role, one.cover or "", tally)
            for one in by_shop[shop.id]
            if (limits.owner_id is None or one.id == limits.owner_id)
            and ((tally := tallies.get((0, one.id), Tally())) != Tally() or one.left_on is None)
        ]
        pool = tallies.get((shop.id, 0), Tally())
        if limits.owner_id is None and pool != Tally():
            rows.append(BoardRow("", "", shop.code, shop.name, "", "", pool))
        if rows:
            yield BoardStore(shop.code, shop.name, sum((row.tally for row in rows), Tally()), tuple(rows))


_SHOPS = sa.text('select id, code, name from "store" order by code')
_PEOPLE = statement(
    """select s.id, s.code, s.name, s.role, s.store_id, s.left_on, s.daily_target, (select u.name from cover v
            join staff u on u.id = v.substitute_id where v.away_id = s.id and v.from_on <= :day
            and v.until_on >= :day and v.ended_at is null order by v.id limit 1) as cover
    from staff s order by s.code""",
    days=("day",),
).columns(left_on=sa.Date)

_FIELDS = ("due", "done", "reached", "month", "covered", "complaints", "passed")


def _counted(c: Connection, store: Store, on: date, now: datetime) -> dict[tuple[int, int], Tally]:
    """{(0, staff) or (store, 0) for its pool: counts}."""
    day_start = at(on, time())
    given = {"day": on, "now": now, "start": day_start, "month": month_name(on)}
    given["most"] = store.policy.worklist.skips_to_supervisor
    kept, late = _callbacks(c, store, day_start, now)
    counted: dict[tuple[int, int], Tally] = {}
    for row in c.execute(_counts(_Key(store.rulebook)), given):
        values = dict(zip(_FIELDS, map(int, row[2:]), strict=True))
        key = (row[0], row[1])
        counted[key] = Tally(**values, kept=kept.pop(key, 0), late=late.pop(key, 0))
    for key in kept.keys() | late.keys():
        counted[key] = Tally(kept=kept.get(key, 0), late=late.get(key, 0))
    return counted


def _callbacks(
    c: Connection, store: Store, start: datetime, now: datetime
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """(kept, late) by whose promise it was: first called today, in time or not, or waiting too long."""
    grace = timedelta(minutes=store.policy.callbacks.offered_after_minutes)
    kept: dict[tuple[int, int], int] = defaultdict(int)
    late: dict[tuple[int, int], int] = defaultdict(int)
    for row in c.execute(_CALLED_BACK, {"start": start}):
        in_time = row.first_at.astimezone(UTC) <= row.due_at + grace
        (kept if in_time else late)[row.shop, row.staff] += 1
    for row in c.execute(_WAITING, {"limit": now - grace}):
        late[row.shop, row.staff] += row.waiting
    return kept, late


_WHOSE = "case when {alias}.assignee_id is null then {alias}.store_id else 0 end as shop"

_CALLED_BACK = statement(
    f"""select {_WHOSE.format(alias="f")}, coalesce(f.assignee_id, 0) as staff, f.id, f.due_at,
        min(c.started_at) as first_at
    from staff s join call c on c.caller_id = s.id and c.started_at >= :start
        join call_purpose p on p.call_id = c.id
        join follow_up f on f.id = p.follow_up_id
    where f.programme = '{CALLBACK}' and f.due_at is not null and {STANDS}
        and not exists (select 1 from call_purpose b join call e on e.id = b.call_id
            where b.follow_up_id = f.id and e.started_at < :start)
    group by f.assignee_id, f.store_id, f.id, f.due_at""",
    moments=("start",),
).columns(due_at=UTCDateTime(), first_at=UTCDateTime())
"""Callbacks first called today; later attempts do not count again."""

_WAITING = statement(
    f"""select {_WHOSE.format(alias="f")}, coalesce(f.assignee_id, 0) as staff, count(*) as waiting
    from follow_up f where f.state = 'open' and f.due_at is not null and f.due_at < :limit and f.attempts = 0
        and f.programme = '{CALLBACK}'
    group by f.assignee_id, case when f.assignee_id is null then f.store_id else 0 end""",
    moments=("limit",),
)


class _Key:
    """A rulebook as a cache key: by identity, since rulebooks are loaded once and never change."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def __hash__(self) -> int:
        return id(self.rulebook)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.rulebook is self.rulebook


@lru_cache(maxsize=4)
def _counts(key: _Key) -> sa.TextClause:
    """Everything that is counted, by whose it is: due and passed over, calls of today, the month, complaints."""
    care = ", ".join(f"'{code}'" for code in sorted(key.rulebook.care_programmes)) or "''"
    desk = ", ".join(f"'{code}'" for code in sorted(key.rulebook.desk_programmes)) or "''"
    now = f"""(f.not_before is null or f.not_before <= :now)
        and (m.rest_until is null or m.rest_until <= :now or f.programme not in ({care}))
        and (m.dialable or f.programme in ({desk}))"""
    return statement(
        f"""
        with parts as (
            select {_WHOSE.format(alias="f")}, coalesce(f.assignee_id, 0) as staff,
                count(distinct case when {now} then f.member_id end) as due, 0 as done, 0 as reached, 0 as month,
                0 as covered, 0 as complaints,
                count(distinct case when f.skips >= :most then f.member_id end) as passed
            from follow_up f join member m on m.id = f.member_id
            where {DUE}
            group by f.assignee_id, case when f.assignee_id is null then f.store_id else 0 end
            union all
            select 0, s.id, 0, count(distinct c.member_id),
                count(distinct case when c.reached then c.member_id end), 0, 0, 0, 0
            from staff s join call c on c.caller_id = s.id and c.started_at >= :start
            where {STANDS} and c.day = :day
            group by s.id
            union all
            select {_WHOSE.format(alias="f")}, coalesce(f.assignee_id, 0), 0, 0, 0, count(*),
                count(case when f.state in ('done', 'covered') then 1 end), 0, 0
            from follow_up f where f.programme = '{MONTHLY}' and f.cycle = :month
            group by f.assignee_id, case when f.assignee_id is null then f.store_id else 0 end
            union all
            select case when r.owner_id is null then r.store_id else 0 end, coalesce(r.owner_id, 0),
                0, 0, 0, 0, 0, count(*), 0
            from raised r where r.kind = 'complaint' and r.{NOT_OVER}
            group by r.owner_id, case when r.owner_id is null then r.store_id else 0 end
        )
        select shop, staff, sum(due), sum(done), sum(reached), sum(month), sum(covered), sum(complaints),
            sum(passed)
        from parts group by shop, staff""",
        days=("day",),
        moments=("now", "start"),
    )
