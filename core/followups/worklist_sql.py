"""The worklist's statements, built once for each kind of desk and kept compiled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from core.base.rulebook import Rulebook
from core.followups.plan_sql import FIRST_BY_CLASS
from core.store.direct import Direct
from core.store.sql import giving, statement

DAYS = ("day",)
MOMENTS = ("now", "soon", "ever", "overdue")

Kind = tuple[int, bool, bool, bool]
"""What a desk's statement depends on: how many assignees, whether it takes from its store's pool or from all."""

WAITING = 999
"""The group of callbacks whose time has not come: below everything else."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose follow-ups: a staff member's with the pools they take from, a store's, or (all None) everybody's.

    `covers` are those whose lists come to this desk today; with `away` its own goes to somebody else (R7.5).
    """

    staff_id: int | None = None
    pool_store_id: int | None = None
    all_pools: bool = False
    store_id: int | None = None
    covers: tuple[int, ...] = ()
    away: bool = False

    @property
    def assignees(self) -> tuple[int, ...]:
        """Those whose follow-ups stand on this desk; 0, who is nobody, where it is empty."""
        own = () if self.away or self.staff_id is None else (self.staff_id,)
        return (own + self.covers) or (0,)

    @property
    def kind(self) -> Kind:
        """What the statement's text depends on."""
        return (
            len(self.assignees) if self.staff_id is not None else 0,
            self.pool_store_id is not None,
            self.all_pools,
            self.store_id is not None,
        )

    def parameters(self) -> dict[str, int]:
        """The bound values the desk needs."""
        named = {"pool": self.pool_store_id, "store": self.store_id}
        if self.staff_id is not None:
            named |= {f"staff{place}": key for place, key in enumerate(self.assignees)}
        return {name: value for name, value in named.items() if value is not None}


def _sources(desk: Kind) -> str:
    """The follow-ups of a desk as `f`, each source by an index of its own (R4.6, R4.11).

    Several sources are joined by their numbers: merging whole rows would sort each source first.
    """
    assignees, pool, all_pools, store = desk
    due = "state = 'open' and due_on <= :day"
    if assignees:
        named = ", ".join(f":staff{place}" for place in range(assignees))
        theirs = f"in ({named})" if assignees > 1 else f"= {named}"
        others = f"not in ({named})" if assignees > 1 else f"<> {named}"
        parts = [f"select id from follow_up where {due} and assignee_id {theirs}"]
        if pool:
            parts.append(
                f"select id from follow_up where {due} and assignee_id is null"
                + ("" if all_pools else " and store_id = :pool")
            )
            parts.append(
                f"select id from follow_up where {due} and programme = 'callback' and store_id = :pool"
                f" and due_at between :ever and :overdue and assignee_id {others}"
            )
        return f"({' union all '.join(parts)}) mine join follow_up f on f.id = mine.id"
    return f"(select * from follow_up where {due}{' and store_id = :store' if store else ''}) f"


def group(rulebook: Rulebook) -> str:
    """The place of the programme of `f`; a callback whose time has not come stands below everything else."""
    ranks = " ".join(f"when '{code}' then {entry.rank}" for code, entry in rulebook.programmes.items())
    return (
        f"case when f.due_at > :soon and f.programme in ({timed(rulebook)}) then {WAITING}"
        f" else case f.programme {ranks} else {WAITING - 1} end end"
    )


def timed(rulebook: Rulebook) -> str:
    """The programmes whose rows wait for their hour."""
    return ", ".join(f"'{code}'" for code, entry in rulebook.programmes.items() if entry.order == "time") or "''"


SUNK = "case when f.skipped_on = :day then 1 else 0 end"
"""Below the others of its group, since it was put off today (R4.11)."""


def sort_keys(rulebook: Rulebook) -> str:
    """What `IN_ORDER` sorts the rows `f` of members `m` by, besides day and id, and what a claim asks of `m`."""
    return f"""{group(rulebook)} as grp, {SUNK} as sunk,
            f.place, {FIRST_BY_CLASS} as class_key, m.id as member_id, m.number, m.owner_id, m.store_id"""


def unheld(member: str) -> str:
    """The condition that nobody holds a member."""
    return f"and not exists (select 1 from claim c where c.member_id = {member} and c.expires_at > :now)"


def rests(rulebook: Rulebook) -> str:
    """Rests and retries: not due until then (R4.8); members without a number that works wait too (R5.2)."""
    care = ", ".join(f"'{code}'" for code in sorted(rulebook.care_programmes))
    at_desk = ", ".join(f"'{code}'" for code in sorted(rulebook.desk_programmes)) or "''"
    return f"""
        and (f.not_before is null or f.not_before <= :now)
        and (m.rest_until is null or m.rest_until <= :now or f.programme not in ({care}))
        and (m.dialable or f.programme in ({at_desk}))"""


def _due(rulebook: Rulebook, desk: Kind, everything: bool) -> str:
    """The due purposes with their sort keys; rests and retries are left out unless everything is asked for."""
    return f"""
        select f.id, f.programme, f.due_on, f.due_at, f.not_before, {sort_keys(rulebook)}
        from {_sources(desk)} join member m on m.id = f.member_id
        where m.status = 'active' and (f.closes_on is null or f.closes_on >= :day)
        {"" if everything else rests(rulebook)}"""


# A hold that has run out and a rest that is over are as if they had never been.
_COLUMNS = """
    m.id as member_id, m.number, m.name,
    (select coalesce(p.e164, p.typed) from member_phone p where p.member_id = m.id
        order by p.bad_reason <> '', p.position limit 1) as phone,
    o.code as owner, o.name as owner_name, s.code as store, m.value_class,
    h.name as held_by, c.claimed_at as held_since,
    case when m.rest_until > :now then m.rest_until end as rest_until, m.rest_reason,
    m.joined_on, m.first_purchase_on, m.last_purchase_on, m.last_reached_on, m.last_promise, m.best_time,
    m.completeness, m.amount_total,
    (select count(*) from raised r where r.member_id = m.id and r.kind = 'complaint'
        and r.state not in ('closed', 'withdrawn')) as open_complaints,
    m.last_on
"""
_PAGES = (1, 10, 50, 100, 500)
"""For how many members the details are asked in one statement text; fewer are filled up."""


def order_statement(rulebook: Rulebook, desk: Desk, everything: bool, one_programme: bool) -> Direct:
    """The members of the due purposes in R4.5's order, a member once for each purpose; takes :limit."""
    return _order(Key(rulebook), desk.kind, everything, one_programme)


def free_statement(rulebook: Rulebook, desk: Desk, one_programme: bool) -> Direct:
    """As `order_statement`, without the members somebody holds; takes :limit."""
    return _free(Key(rulebook), desk.kind, one_programme)


def counts_statement(rulebook: Rulebook, desk: Desk, everything: bool) -> sa.TextualSelect:
    """Members by programme, and as the row without a programme, all of them."""
    return _counts(Key(rulebook), desk.kind, everything)


def details_statement(
    rulebook: Rulebook, everything: bool, members: int
) -> tuple[sa.TextualSelect, tuple[str, ...]]:
    """All due purposes of so many members with the members' details, each member's first purpose first.

    With the names of the parameters for the members: as many or more, of which those left over repeat one.
    """
    return _details(Key(rulebook), everything, next((size for size in _PAGES if size >= members), members))


def due_now(rulebook: Rulebook, member: str) -> str:
    """What is due of a member at :now, with retries and rests observed; nothing where somebody holds them."""
    return f"""select 1 from follow_up f join member m on m.id = f.member_id
    where f.member_id = {member} and f.state = 'open' and f.due_on <= :day and m.status = 'active'
        and (f.closes_on is null or f.closes_on >= :day) {rests(rulebook)} {unheld("f.member_id")}"""


class Key:
    """A rulebook as a cache key: by identity, since rulebooks are loaded once and never change."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def __hash__(self) -> int:
        return id(self.rulebook)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and other.rulebook is self.rulebook


OF_MEMBER = "member_id, number, owner_id, store_id"
MEMBER_NAMES = OF_MEMBER.replace(",", "")
IN_ORDER = "order by grp, sunk, place, due_on, class_key, number, id limit :limit"
_OF_PROGRAMME = "member_id in (select member_id from due where programme = :programme)"


@lru_cache(maxsize=64)
def _order(key: Key, desk: Kind, everything: bool, one_programme: bool) -> Direct:
    text = f"""
    with due as ({_due(key.rulebook, desk, everything)})
    select member_id from due where {_OF_PROGRAMME if one_programme else "true"} {IN_ORDER}"""
    return Direct(giving(statement(text, days=DAYS, moments=MOMENTS), "member_id"))


@lru_cache(maxsize=64)
def _free(key: Key, desk: Kind, one_programme: bool) -> Direct:
    text = f"""
    with due as ({_due(key.rulebook, desk, False)})
    select {OF_MEMBER} from due
    where {_OF_PROGRAMME if one_programme else "true"} {unheld("due.member_id")} {IN_ORDER}"""
    return Direct(giving(statement(text, days=DAYS, moments=MOMENTS), MEMBER_NAMES))


@lru_cache(maxsize=64)
def _counts(key: Key, desk: Kind, everything: bool) -> sa.TextualSelect:
    text = f"""
    with due as ({_due(key.rulebook, desk, everything)})
    select programme, count(distinct member_id) as members,
        min(case when due_at > :now then due_at end) as next_at
    from due group by programme
    union all select null, count(distinct member_id), null from due"""
    return giving(statement(text, days=DAYS, moments=MOMENTS), "programme members next_at", moments=("next_at",))


@lru_cache(maxsize=32)
def _details(key: Key, everything: bool, members: int) -> tuple[sa.TextualSelect, tuple[str, ...]]:
    slots = tuple([f"member{place}" for place in range(members)])
    text = f"""
    select {_COLUMNS},
        f.id as follow_up_id, f.programme, f.cycle, f.due_on, f.due_at, f.closes_on, f.attempts, f.skips,
        f.promise, f.not_before
    from member m join follow_up f on f.member_id = m.id
        join store s on s.id = m.store_id
        left join staff o on o.id = m.owner_id
        left join claim c on c.member_id = m.id and c.expires_at > :now
        left join staff h on h.id = c.staff_id
    where m.id in ({", ".join(f":{slot}" for slot in slots)}) and f.state = 'open' and f.due_on <= :day
        and (f.closes_on is null or f.closes_on >= :day)
        {"" if everything else rests(key.rulebook)}
    order by m.id, {group(key.rulebook)},
        {SUNK}, f.place, f.due_on, f.id"""
    typed = giving(
        statement(text, days=DAYS, moments=MOMENTS),
        """member_id number name phone owner owner_name store value_class held_by held_since rest_until rest_reason
        joined_on first_purchase_on last_purchase_on last_reached_on last_promise best_time completeness
        amount_total open_complaints last_on
        follow_up_id programme cycle due_on due_at closes_on attempts skips promise not_before""",
        days=(
            "joined_on", "first_purchase_on", "last_purchase_on", "last_reached_on", "last_on", "due_on",
            "closes_on",
        ),
        moments=("held_since", "rest_until", "due_at", "not_before"),
    )  # fmt: skip
    return typed, slots
