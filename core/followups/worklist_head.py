"""The top of a worklist, read group by group from one index, so that it costs the same however much is due.

R4.5 sorts a desk's rows by their programme first. So each programme gives its own first rows, in the order the
index keeps them, and only these are sorted together. The monthly group and those below it are ordered by
the members' classes, which no index of follow-ups has: they, and callbacks that wait, are left to `worklist_sql`.
"""

from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa

from core.base.rulebook import Rulebook
from core.followups.cycles import MONTHLY
from core.followups.worklist_sql import (
    DAYS,
    IN_ORDER,
    MOMENTS,
    OF_MEMBER,
    Desk,
    Key,
    Kind,
    first_key,
    rests,
    sort_keys,
    unheld,
)
from core.store.sql import statement


def head_statement(rulebook: Rulebook, desk: Desk, *, free: bool) -> sa.TextClause | None:
    """The first :limit purposes of a staff member's desk in R4.5's order, with what a claim asks of their member.

    Only groups above the monthly one are read: fewer rows than :limit says nothing about those below. With `free`
    members that somebody holds are left out. None for a store's desk.
    """
    return _head(Key(rulebook), desk.kind, free) if desk.staff_id is not None else None


@lru_cache(maxsize=64)
def _head(key: Key, desk: Kind, free: bool) -> sa.TextClause:
    rulebook = key.rulebook
    below = rulebook.programmes[MONTHLY].rank
    near = [code for code, entry in rulebook.programmes.items() if entry.rank < below]
    arms = []
    for source in _sources(desk):
        arms += [_group_arm(rulebook, source, code, free) for code in near]
        arms.append(_sunk_arm(rulebook, source, near, free))
    if desk[1]:
        arms.append(_overdue_arm(rulebook, desk[0], free))
    text = f"select {OF_MEMBER} from ({' union all '.join(arms)}) head {IN_ORDER}"
    return statement(text, days=DAYS, moments=MOMENTS)


def _sources(desk: Kind) -> list[str]:
    """Conditions on `f`, one for each whose follow-ups stand on the desk: an index is read for each."""
    assignees, pool, all_pools, _ = desk
    sources = [f"f.assignee_id = :staff{place}" for place in range(assignees)]
    if pool:
        sources.append("f.assignee_id is null" + ("" if all_pools else " and f.store_id = :pool"))
    return sources


def _group_arm(rulebook: Rulebook, source: str, programme: str, free: bool) -> str:
    """The first :limit rows of one programme that were not put off today and whose time has come."""
    come = "and (f.due_at is null or f.due_at <= :soon)" if rulebook.programmes[programme].order == "time" else ""
    return f"""
        select * from ({_rows(rulebook, free)}
            and {source} and f.programme = '{programme}' {come} and (f.skipped_on is null or f.skipped_on <> :day)
        order by {first_key(rulebook, programme)}, f.due_on, class_key, m.number, f.id limit :limit) a"""


def _sunk_arm(rulebook: Rulebook, source: str, programmes: list[str], free: bool) -> str:
    """The rows put off today, which are few: below the others of their group."""
    listed = ", ".join(f"'{code}'" for code in programmes)
    return f"""
        select * from ({_rows(rulebook, free)} and {source} and f.skipped_on = :day
            and f.programme in ({listed}) and (f.due_at is null or f.due_at <= :soon)) b"""


def _overdue_arm(rulebook: Rulebook, assignees: int, free: bool) -> str:
    """Callbacks of others in the store that nobody made in time (R4.11)."""
    others = ", ".join(f":staff{place}" for place in range(assignees))
    return f"""
        select * from ({_rows(rulebook, free)} and f.programme = 'callback' and f.store_id = :pool
            and f.due_at is not null and f.due_at <= :overdue and f.assignee_id not in ({others})) c"""


def _rows(rulebook: Rulebook, free: bool) -> str:
    # `not >`: SQLite, which knows nothing of the data's spread, would else read all that is due by the day's index
    return f"""select f.id, f.due_on, {sort_keys(rulebook)}
        from follow_up f join member m on m.id = f.member_id
        where f.state = 'open' and not f.due_on > :day and m.status = 'active'
            and (f.closes_on is null or f.closes_on >= :day)
            {rests(rulebook)} {unheld("m.id") if free else ""}"""
