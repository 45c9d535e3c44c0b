"""Complaints and problems: how many, how fast, how well; causes by category, store, product, staff (R9.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.actor import Actor
from core.base.clock import at, business_day
from core.base.language import N_, Catalogue
from core.base.report import TITLES, Asked, Kind, Report, ReportColumn, Section, Value
from core.complaints.wording import KINDS, category_words
from core.insight.reports import stores_of
from core.store.engine import Store
from core.store.sql import statement

_ROWS = statement(
    """select r.kind, r.state, r.category, r.product, r.urgency, r.raised_at, r.due_at, r.answer_due_at,
        r.answered_at, r.resolve_due_at, r.resolved_at, r.round, r.level, r.score, t.name as store, a.name as about
    from raised r join store t on t.id = r.store_id left join staff a on a.id = r.about_id
    where r.kind in ('problem', 'complaint') and r.state <> 'withdrawn' and r.raised_at >= :from_
        and r.raised_at < :to and (:store = 0 or r.store_id = :store)
    order by r.id""",
    moments=("from_", "to"),
).columns(
    **dict.fromkeys(
        ("raised_at", "due_at", "answer_due_at", "answered_at", "resolve_due_at", "resolved_at"), UTCDateTime()
    )
)

Row = Mapping[str, Any]


def moments(asked: Asked) -> tuple[datetime, datetime]:
    """The moments from which and before which something counts, of the days asked for."""
    return at(asked.since, time()), at(asked.until + timedelta(days=1), time())


def complaints_report(store: Store, actor: Actor, asked: Asked, words: Catalogue) -> Report:
    """What was raised in the days asked for, as it stands now. Raises NotAllowed, NotFound."""
    now = store.clock.now()
    with store.sweep() as c:
        shop, scope = stores_of(c, actor, asked)
        rows = _rows(c, asked, shop)
    sections = (
        _overall(rows, now, words),
        _speed(rows, now, words),
        _causes(
            rows,
            words,
            N_("By category"),
            "categories",
            N_("about"),
            lambda r: category_words(r["category"], words),
        ),
        _causes(
            rows, words, N_("By month"), "months", N_("month"), lambda r: f"{business_day(r['raised_at']):%Y-%m}"
        ),
        _causes(rows, words, N_("By store"), "stores", N_("store"), lambda r: r["store"]),
        _causes(rows, words, N_("By product"), "products", N_("product"), lambda r: r["product"]),
        _causes(rows, words, N_("By person"), "people", N_("person"), lambda r: r["about"] or ""),
    )
    title = words.say(TITLES["complaints"])
    return Report("complaints", title, asked.since, asked.until, scope, sections)


def _category(words: Catalogue) -> Callable[[Row], str]:
    return lambda row: category_words(row["category"], words)


def _month(row: Row) -> str:
    return f"{business_day(row['raised_at']):%Y-%m}"


def _rows(c: Connection, asked: Asked, shop: int | None) -> list[Row]:
    first, last = moments(asked)
    found = c.execute(_ROWS, {"from_": first, "to": last, "store": shop or 0}).mappings()
    return [dict(row) for row in found]


def _overall(rows: list[Row], now: datetime, words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("kind"), "kind"),
        ReportColumn(words.say("taken"), "taken", Kind.COUNT, bar=True),
        ReportColumn(words.say("urgent"), "urgent", Kind.COUNT),
        ReportColumn(words.say("not closed"), "open", Kind.COUNT),
        ReportColumn(words.say("late"), "late", Kind.COUNT),
        ReportColumn(words.say("went up"), "escalated", Kind.COUNT),
        ReportColumn(words.say("reopened"), "reopened", Kind.COUNT),
    )
    empty = words.say("Nothing was raised in these days.")
    return Section(words.say("Overall"), "overall", columns, _by_kind(rows, words, _figures, now), "", empty)


def _speed(rows: list[Row], now: datetime, words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("kind"), "kind"),
        ReportColumn(words.say("put right in time"), "resolved_in_time", Kind.SHARE, bar=True),
        ReportColumn(words.say("answered in time"), "answered_in_time", Kind.SHARE),
        ReportColumn(words.say("days"), "days", Kind.NUMBER),
        ReportColumn(words.say("score"), "score", Kind.SCORE),
    )
    note = words.say("Days: from taking it down to putting it right. In time: of those that are done or overdue.")
    empty = words.say("Nothing was raised in these days.")
    return Section(words.say("Speed"), "speed", columns, _by_kind(rows, words, _times, now), note, empty)


def _by_kind(
    rows: list[Row],
    words: Catalogue,
    figures: Callable[[list[Row], datetime], tuple[Value, ...]],
    now: datetime,
) -> tuple[tuple[Value, ...], ...]:
    found = ((name, [row for row in rows if row["kind"] == kind]) for kind, name in KINDS.items())
    return tuple((words.say(name), *figures(part, now)) for name, part in found if part)


def _figures(rows: list[Row], now: datetime) -> tuple[Value, ...]:
    still = [row for row in rows if row["state"] != "closed"]
    return (
        len(rows),
        sum(row["urgency"] == "urgent" for row in rows),
        len(still),
        sum(row["due_at"] is not None and row["due_at"] < now for row in still),
        sum(row["level"] > 0 for row in rows),
        sum(row["round"] > 0 for row in rows),
    )


def _times(rows: list[Row], now: datetime) -> tuple[Value, ...]:
    done = [row for row in rows if row["resolved_at"]]
    days = [(row["resolved_at"] - row["raised_at"]).total_seconds() / 86_400 for row in done]
    scores = [row["score"] for row in rows if row["score"] is not None]
    return (
        _in_time(rows, "resolve_due_at", "resolved_at", now),
        _in_time(rows, "answer_due_at", "answered_at", now),
        sum(days) / len(days) if days else None,
        sum(scores) / len(scores) if scores else None,
    )


def _in_time(rows: Iterable[Row], due: str, done: str, now: datetime) -> float | None:
    judged = [row for row in rows if row[due] is not None and (row[done] is not None or row[due] < now)]
    if not judged:
        return None
    kept = [row for row in judged if row[done] is not None and row[done] <= row[due]]
    return len(kept) / len(judged)


def _causes(
    rows: Iterable[Row], words: Catalogue, title: str, code: str, heading: str, key: Callable[[Row], str]
) -> Section:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if name := key(row):
            found[name].append(row)
    shown: list[tuple[Value, ...]] = []
    for name, part in found.items():
        complaints = sum(row["kind"] == "complaint" for row in part)
        scores = [row["score"] for row in part if row["score"] is not None]
        reopened = sum(row["round"] > 0 for row in part)
        mean = sum(scores) / len(scores) if scores else None
        shown.append((name, len(part), complaints, len(part) - complaints, reopened, mean))
    shown.sort(key=(lambda row: (str(row[0]),)) if code == "months" else _most_first)
    columns = (
        ReportColumn(words.say(heading), code),
        ReportColumn(words.say("taken"), "taken", Kind.COUNT, bar=True),
        ReportColumn(words.say("complaints"), "complaints", Kind.COUNT),
        ReportColumn(words.say("problems"), "problems", Kind.COUNT),
        ReportColumn(words.say("reopened"), "reopened", Kind.COUNT),
        ReportColumn(words.say("score"), "score", Kind.SCORE),
    )
    return Section(
        words.say(title), code, columns, tuple(shown), "", words.say("Nothing was raised in these days.")
    )


def _most_first(row: tuple[Value, ...]) -> tuple[Any, ...]:
    return (-int(row[1] or 0) if isinstance(row[1], int) else 0, str(row[0]))
