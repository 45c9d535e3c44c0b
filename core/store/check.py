"""Proving that a store is sound: the file, its keys, and what must agree across tables.

Set-based throughout: a million members and ten million purchases are compared in one pass each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.errors import StoreTrouble
from core.base.language import N_, NN_
from core.store import door
from core.store.engine import Store
from core.store.guards import unguarded
from core.store.swap import left_over
from core.store.troubles import worded


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be; a `harmless` one needs no repair."""

    code: str
    template: str
    params: dict[str, object] = field(default_factory=dict)
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found, and how many rows it looked at by table."""

    findings: tuple[Finding, ...]
    rows: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether nothing needs repair."""
        return all(finding.harmless for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A statement that gives (number of rows that break a rule, the smallest key among them)."""

    code: str
    template: str
    text: str


_RULES = (
    _Rule(
        "check.sums",
        NN_(
            "{count} member's sums differ from the purchases, {example}: stages may be wrong, report it.",
            "{count} members' sums differ from their purchases, first {example}: stages may be wrong, report it.",
        ),
        """
        select count(*), min(m.number) from member m left join (
            select member_id, min(case when amount > 0 then day end) as first_on,
                max(case when amount > 0 then day end) as last_on,
                count(case when amount > 0 then 1 end) as bought, sum(amount) as total
            from purchase group by member_id
        ) p on p.member_id = m.id
        where m.purchase_count <> coalesce(p.bought, 0) or m.amount_total <> coalesce(p.total, 0)
            or m.first_purchase_on is distinct from p.first_on
            or m.last_purchase_on is distinct from p.last_on
            or m.last_on <> coalesce(p.last_on, m.joined_on)
        """,
    ),
    _Rule(
        "check.returned",
        NN_(
            "{count} dormant follow-up is open although the member bought since: {example}.",
            "{count} dormant follow-ups are open although the member bought since, first {example}.",
        ),
        """
        select count(*), min(m.number) from follow_up f join member m on m.id = f.member_id
        where f.state = 'open' and f.programme in ('dormant-review', 'dormant-recovery')
            and substr(f.cycle, 1, 10) <> cast(m.last_on as varchar(10))
        """,
    ),
    _Rule(
        "check.closed",
        NN_(
            "{count} follow-up is closed without a time, or open with one: of member {example}.",
            "{count} follow-ups are closed without a time, or open with one, first of member {example}.",
        ),
        """
        select count(*), min(m.number) from follow_up f join member m on m.id = f.member_id
        where (f.state = 'open' and f.closed_at is not null)
            or (f.state <> 'open' and (f.closed_at is null or f.closed_why = ''))
        """,
    ),
    _Rule(
        "check.covered",
        NN_(
            "{count} follow-up was covered by a call and is still open: of member {example}.",
            "{count} follow-ups were covered by a call and are still open, first of member {example}.",
        ),
        """
        select count(*), min(m.number) from call_purpose p
        join call c on c.id = p.call_id join follow_up f on f.id = p.follow_up_id
        join member m on m.id = f.member_id
        where p.covered and f.state = 'open' and c.corrects is null
            and not exists (select 1 from call later where later.corrects = c.id)
        """,
    ),
    _Rule(
        "check.gift_stock",
        NN_(
            "The stock of {count} gift in stores differs from its ledger, gift {example}: "
            "count it anew with `huifang gift count`.",
            "The stock of {count} gifts in stores differs from its ledger, first gift {example}: "
            "count it anew with `huifang gift count`.",
        ),
        """
        select count(*), min(g.code) from gift_stock k join gift g on g.id = k.gift_id
        where k.quantity <> (select coalesce(sum(v.change), 0) from gift_movement v
            where v.gift_id = k.gift_id and v.store_id = k.store_id)
        """,
    ),
    _Rule(
        "check.gift_budget",
        NN_(
            "The gifts given and the budget spent differ for {count} budget, of store {example}: report it.",
            "The gifts given and the budget spent differ for {count} budgets, first of store {example}: "
            "report it.",
        ),
        """
        select count(*), min(t.code) from gift_budget b join store t on t.id = b.store_id
        where b.spent <> (select coalesce(sum(v.value), 0) from given v where v.store_id = b.store_id
            and v.month = b.month and v.value_class = b.value_class and v.state <> 'returned')
        """,
    ),
    _Rule(
        "check.strangers",
        NN_(
            "{count} call is noted for another member's follow-up: of member {example}.",
            "{count} calls are noted for another member's follow-up, first of member {example}.",
        ),
        """
        select count(*), min(m.number) from call_purpose p
        join call c on c.id = p.call_id join follow_up f on f.id = p.follow_up_id
        join member m on m.id = f.member_id where c.member_id <> f.member_id
        """,
    ),
    _Rule(
        "check.unrecorded",
        NN_(
            "{count} call has no entry in the audit trail: {example}.",
            "{count} calls have no entry in the audit trail, first {example}.",
        ),
        """
        select count(*), min(c.id) from call c where not exists (
            select 1 from audit_entry a where a.table_name = 'call' and a.row_key = c.id)
        """,
    ),
)

_CHECK_CACHE = -64_000
"""KiB of pages held while a file is checked: its indexes are compared with its rows, here and there."""

_OUTSIDE = door.CODES | {
    *("store.unreachable", "store.busy", "store.unopened", "store.missing", "store.address", "store.clock"),
}
"""Troubles that say nothing about what is in the store."""

_COUNTED = ("store", "staff", "member", "purchase", "follow_up", "call", "audit_entry")


def check(store: Store, progress: Callable[[str], None] | None = None) -> CheckReport:
    """Prove that the store is sound, changing nothing; `progress` is told each step.

    Raises StoreTrouble where there is no store, or it can't be reached; damage is a finding.
    """
    store.verify_file()
    tell = progress or _silent
    rows: dict[str, int] = {}
    try:
        store.verify()
        found = list(_findings(store, tell, rows))
    except StoreTrouble as trouble:
        if trouble.code in _OUTSIDE:
            raise
        found = [Finding(trouble.code, trouble.template, trouble.params)]
    return CheckReport(tuple(found), rows)


def _silent(_step: str) -> None:
    return None


def _findings(store: Store, tell: Callable[[str], None], rows: dict[str, int]) -> Iterator[Finding]:
    with store.read() as connection:
        if store.is_sqlite:
            tell("file")
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            with worded(store.where):
                broken = faults(raw)
            if broken:
                yield _damaged(store, broken)
                return  # what a damaged file says of its rows means nothing
        yield from _unguarded(connection)
        for rule in _RULES:
            tell(rule.code.removeprefix("check."))
            count, example = connection.execute(sa.text(rule.text)).one()
            if count:
                yield Finding(rule.code, rule.template, {"count": count, "example": example})
        for table in _COUNTED:
            rows[table] = connection.execute(sa.text(f'select count(*) from "{table}"')).scalar_one()
    for path in left_over(store.file):
        yield Finding(
            "check.left_over",
            N_("The file {file} was left by a backup or restore that was stopped: it may be deleted."),
            {"file": path},
            harmless=True,
        )


def faults(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with a SQLite file, in SQLite's words; empty where it is sound."""
    kept = connection.execute("PRAGMA cache_size").fetchone()[0]
    connection.execute(f"PRAGMA cache_size={_CHECK_CACHE}")
    try:
        return _faults(connection)
    finally:
        connection.execute(f"PRAGMA cache_size={kept}")


def _faults(connection: sqlite3.Connection) -> list[str]:
    try:
        lines = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
        if lines != ["ok"]:
            return lines
        orphans: dict[str, int] = {}
        for row in connection.execute("PRAGMA foreign_key_check"):
            orphans[f"{row[0]} -> {row[2]}"] = orphans.get(f"{row[0]} -> {row[2]}", 0) + 1
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [f"{count} rows {which}" for which, count in orphans.items()]


def _damaged(store: Store, broken: list[str]) -> Finding:
    return Finding(
        "check.damaged",
        N_("The store {where} is damaged ({reason}): restore a backup with `huifang restore`."),
        {"where": store.where, "reason": broken[0]},
    )


def _unguarded(connection: Connection) -> Iterator[Finding]:
    for table in unguarded(connection):
        yield Finding(
            "check.unguarded",
            N_("The records in {table} are not protected against change: restore a backup."),
            {"table": table},
        )
