"""Why members stay away: the reasons given in calls, with their trend and by store (R5.3, R14.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.language import Catalogue
from core.base.report import TITLES, Asked, Kind, Report, ReportColumn, Section, Value
from core.base.rulebook import Reason
from core.insight.reports import stores_of
from core.store.engine import Store
from core.store.sql import statement

# a correction gives neither scores nor reasons; those it names are few, and looked up once
_ROWS = """
select {month} as month, t.name as store, c.day >= :since as now, c.reasons, count(*) as calls
from call c join store t on t.id = c.store_id
where c.day >= :before and c.day <= :until and c.reasons <> ''
    and c.id not in (select k.corrects from call k where k.corrects is not null) {where}
group by {month}, t.id, t.name, c.day >= :since, c.reasons"""

COLUMNS = 6
"""So many reasons have a column of their own by month and store; the commonest."""


def reasons_report(store: Store, actor: Actor, asked: Asked, words: Catalogue) -> Report:
    """The reasons of the days asked for, beside those of as many days before. Raises NotAllowed, NotFound."""
    with store.sweep() as c:
        shop, scope = stores_of(c, actor, asked)
        rows = _rows(c, asked, shop, store.is_sqlite)
    book = store.rulebook.reasons
    now = [row for row in rows if row["now"]]
    given, total = _counted(now), sum(row["calls"] for row in now)
    before = _counted(row for row in rows if not row["now"])
    most = [code for code, _ in given.most_common(COLUMNS)]
    sections = (
        _reasons(given, before, total, book, words),
        _spread(now, "month", most, book, words),
        _spread(now, "store", most, book, words),
    )
    title = words.say(TITLES["reasons"])
    return Report("reasons", title, asked.since, asked.until, scope, sections)


def _rows(c: Connection, asked: Asked, shop: int | None, sqlite: bool) -> list[dict[str, Any]]:
    month = "substr(c.day, 1, 7)" if sqlite else "to_char(c.day, 'YYYY-MM')"
    where = "and c.store_id = :store" if shop is not None else ""
    query = statement(_ROWS.format(month=month, where=where), days=("before", "since", "until"))
    before = asked.since - (asked.until - asked.since) - timedelta(days=1)
    values: dict[str, Any] = {"before": before, "since": asked.since, "until": asked.until}
    if shop is not None:
        values["store"] = shop
    return [dict(row) for row in c.execute(query, values).mappings()]


def _counted(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        for code in row["reasons"].split():
            found[code] += row["calls"]
    return found


def _name(code: str, book: Mapping[str, Reason], words: Catalogue) -> str:
    return book[code].name(words) if code in book else code


def _reasons(
    given: Counter[str], before: Counter[str], total: int, book: Mapping[str, Reason], words: Catalogue
) -> Section:
    columns = (
        ReportColumn(words.say("reason"), "reason"),
        ReportColumn(words.say("calls"), "calls", Kind.COUNT, bar=True),
        ReportColumn(words.say("share"), "share", Kind.SHARE),
        ReportColumn(words.say("time before"), "before", Kind.COUNT),
    )
    rows = tuple(
        (_name(code, book, words), count, count / total if total else None, before[code])
        for code, count in sorted(given.items(), key=lambda item: (-item[1], item[0]))
    )
    note = words.plural(
        "{count} call gave a reason; several may apply to one.",
        "{count} calls gave a reason; several may apply to one.",
        total,
    )
    return Section(
        words.say("Reasons"), "reasons", columns, rows, note, words.say("Nobody gave a reason in these days.")
    )


def _spread(
    rows: Iterable[Mapping[str, Any]], by: str, most: list[str], book: Mapping[str, Reason], words: Catalogue
) -> Section:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    calls: Counter[str] = Counter()
    for row in rows:
        calls[row[by]] += row["calls"]
        found[row[by]] += _counted([row])
    order = sorted(calls) if by == "month" else [name for name, _ in calls.most_common()]
    shown: list[tuple[Value, ...]] = [(name, calls[name], *(found[name][code] for code in most)) for name in order]
    columns = (
        ReportColumn(words.say("month") if by == "month" else words.say("store"), by),
        ReportColumn(words.say("calls"), "calls", Kind.COUNT, bar=True),
        *(ReportColumn(_name(code, book, words), code, Kind.COUNT) for code in most),
    )
    title = words.say("By month") if by == "month" else words.say("By store")
    empty = words.say("Nobody gave a reason in these days.")
    return Section(title, f"{by}s", columns, tuple(shown), "", empty)
