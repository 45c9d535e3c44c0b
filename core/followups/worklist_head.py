"""The top of a worklist, read group by group from one index, so that it costs the same however much is due.

R4.5 sorts a desk's rows by their programme first. So each programme gives its own first rows, in the order the
index keeps them, and only these are sorted together: in two readings, since who works on what is promised or new
seldom comes as far as the month's calls. Callbacks that wait for their hour are left to `worklist_sql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sqlalchemy as sa

from core.base.rulebook import Rulebook
from core.followups.cycles import MONTHLY
from core.followups.worklist_sql import (
    DAYS,
    IN_ORDER,
    MEMBER_NAMES,
    MOMENTS,
    OF_MEMBER,
    Desk,
    Key,
    Kind,
    rests,
    sort_keys,
    unheld,
)
from core.store.sql import giving, statement


def head_statements(rulebook: Rulebook, desk: Desk, *, free: bool, lateral: bool) -> tuple[sa.TextualSelect, ...]:
    """The first :limit purposes of a staff member's desk in R4.5's order, with what a claim asks of their member.

    The first statement reads the groups above the month's calls, the second those from there on. With `free`
    members that somebody holds are left out; `lateral` says whether the database can read a group for each row
    of a list. None of them for a store's desk.
    """
    if desk.staff_id is None:
        return ()
    key = Key(rulebook)
    return _head(key, desk.kind, free, lateral, False), _head(key, desk.kind, free, lateral, True)


@lru_cache(maxsize=64)
def _head(key: Key, desk: Kind, free: bool, lateral: bool, below: bool) -> sa.TextualSelect:
    rulebook = key.rulebook
    months = rulebook.programmes[MONTHLY].rank
    programmes = [code for code, entry in rulebook.programmes.items() if (entry.rank >= months) == below]
    arms: list[str] = []
    for source in _sources(desk):
        if lateral:
            arms += _lateral_arms(rulebook, source, programmes, free)
        else:
            arms += [_group_arm(rulebook, source, code, free) for code in programmes]
        arms.append(_sunk_arm(rulebook, source, programmes, free))
    if desk[1] and not below:
        arms.append(_overdue_arm(rulebook, desk[0], free))
    text = f"select {OF_MEMBER} from ({' union all '.join(arms)}) head {IN_ORDER}"
    return giving(statement(text, days=DAYS, moments=MOMENTS), MEMBER_NAMES)


def _sources(desk: Kind) -> list[str]:
    """Conditions on `f`, one for each whose follow-ups stand on the desk: an index is read for each."""
    assignees, pool, all_pools, _ = desk
    sources = [f"f.assignee_id = :staff{place}" for place in range(assignees)]
    if pool:
        sources.append("f.assignee_id is null" + ("" if all_pools else " and f.store_id = :pool"))
    return sources


_KEPT = "(f.skipped_on is null or f.skipped_on <> :day)"
_COME = "(f.due_at is null or f.due_at <= :soon)"


def _first(order: str) -> str:
    """Inside a programme, by class within a day; where its rows stand by class, that is how the index has them."""
    within = "f.member_number" if order == "class" else "class_key, m.number"
    return f"order by f.place, f.due_on, {within}, f.id limit :limit"


def _group_arm(rulebook: Rulebook, source: str, programme: str, free: bool) -> str:
    """The first :limit rows of one programme that were not put off today and whose time has come."""
    order = rulebook.programmes[programme].order
    come = f"and {_COME}" if order == "time" else ""
    return f"""
        select * from ({_rows(rulebook, free)}
            and {source} and f.programme = '{programme}' {come} and {_KEPT} {_first(order)}) a"""


def _lateral_arms(rulebook: Rulebook, source: str, programmes: list[str], free: bool) -> Iterator[str]:
    """The same in one arm for all of one order: a server takes longer to plan ten than to read them."""
    orders = {rulebook.programmes[code].order for code in programmes}
    for order in sorted(orders):
        listed = ", ".join(f"('{code}')" for code in programmes if rulebook.programmes[code].order == order)
        come = f"and {_COME}" if order == "time" else ""
        yield f"""
        select a.* from (values {listed}) kind (programme) cross join lateral ({_rows(rulebook, free)}
            and {source} and f.programme = kind.programme {come} and {_KEPT} {_first(order)}) a"""


def _sunk_arm(rulebook: Rulebook, source: str, programmes: list[str], free: bool) -> str:
    """The rows put off today, which are few: below the others of their group."""
    listed = ", ".join(f"'{code}'" for code in programmes)
    return f"""
        select * from ({_rows(rulebook, free)} and {source} and f.skipped_on = :day
            and f.programme in ({listed}) and {_COME}) b"""


def _overdue_arm(rulebook: Rulebook, assignees: int, free: bool) -> str:
    """Callbacks of others in the store that nobody made in time (R4.11)."""
    others = ", ".join(f":staff{place}" for place in range(assignees))
    return f"""
        select * from ({_rows(rulebook, free)} and f.programme = 'callback' and f.store_id = :pool
            and f.due_at between :ever and :overdue and f.assignee_id not in ({others})) c"""


def _rows(rulebook: Rulebook, free: bool) -> str:
    # `not >`: SQLite, which knows nothing of the data's spread, would else read all that is due by the day's index
    return f"""select f.id, f.due_on, {sort_keys(rulebook)}
        from follow_up f join member m on m.id = f.member_id
        where f.state = 'open' and not f.due_on > :day and m.status = 'active'
            and (f.closes_on is null or f.closes_on >= :day)
            {rests(rulebook)} {unheld("m.id") if free else ""}"""
