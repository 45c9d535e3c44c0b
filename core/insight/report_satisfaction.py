"""Satisfaction: scores by goods, place, service and price, with their trend by store and assistant (R14.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.language import N_, Catalogue
from core.base.report import TITLES, Asked, Kind, Report, ReportColumn, Section, Value
from core.calls.checks import SCORES
from core.complaints.wording import STATES
from core.insight.reports import stores_of
from core.members.lookup import SHOP, STAFF
from core.store.engine import Store
from core.store.sql import statement

PARTS = {"goods": N_("goods"), "place": N_("place"), "service": N_("service"), "price": N_("price")}

_SUMS = ", ".join(
    f"sum({name}) as {name}, count({name}) as {name}_n, count(case when {name} <= 2 then 1 end) as {name}_low"
    for name in SCORES
)
_WITH_SCORES = "(c.goods is not null or c.place is not null or c.service is not null or c.price is not null)"
_KEPT = f"""c.day >= :before and c.day <= :until and {_WITH_SCORES}
    and c.id not in (select k.corrects from call k where k.corrects is not null)"""
# a correction gives no scores, and what it names is looked up once; both walk the index of scored calls
_DAYS = f"""
select c.day, c.store_id, {_SUMS}, count(*) as calls from call c where {_KEPT} {{where}}
group by c.day, c.store_id"""
_OWNERS = f"""
select m.owner_id, c.day >= :since as now, {_SUMS}, count(*) as calls
from call c join member m on m.id = c.member_id where {_KEPT} {{where}}
group by m.owner_id, c.day >= :since"""
_SUGGESTIONS = statement(
    """select state, count(*) as many from raised where kind = 'suggestion' and raised_at >= :from_
        and raised_at < :to and state <> 'withdrawn' and (:store = 0 or store_id = :store) group by state""",
    moments=("from_", "to"),
)


@dataclass
class Marks:
    """Sums of scores: how high, how many, how many of them low (1 or 2), by part."""

    total: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SCORES, 0))
    count: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SCORES, 0))
    low: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SCORES, 0))
    calls: int = 0

    def add(self, row: Any) -> None:
        """Add a group of calls."""
        self.calls += row["calls"]
        for name in SCORES:
            self.total[name] += row[name] or 0
            self.count[name] += row[f"{name}_n"]
            self.low[name] += row[f"{name}_low"]

    def mean(self, part: str) -> float | None:
        """The mean of a part, None where nobody gave a score."""
        return self.total[part] / self.count[part] if self.count[part] else None

    @property
    def overall(self) -> float | None:
        """The mean of all scores."""
        count = sum(self.count.values())
        return sum(self.total.values()) / count if count else None


def satisfaction_report(store: Store, actor: Actor, asked: Asked, words: Catalogue) -> Report:
    """Scores of the days asked for, beside those of as many days before. Raises NotAllowed, NotFound."""
    with store.sweep() as c:
        shop, scope = stores_of(c, actor, asked)
        rows, owners = _of_days(c, asked, shop), _of_owners(c, asked, shop)
        suggestions = _suggestions(c, asked, shop)
    sections = (
        _parts(rows, words),
        _by(rows, words, N_("By month"), "months", N_("month"), lambda row: row["month"], sort=_by_name),
        _by(rows, words, N_("By store"), "stores", N_("store"), lambda row: row["store"]),
        _by(owners, words, N_("By assistant"), "assistants", N_("assistant"), _assistant(words)),
        _suggested(suggestions, words),
    )
    title = words.say(TITLES["satisfaction"])
    return Report("satisfaction", title, asked.since, asked.until, scope, sections)


def _rows(c: Connection, text: str, asked: Asked, shop: int | None) -> list[dict[str, Any]]:
    """Sums of scores of these days and of as many before, in groups; `now` says which of both."""
    where = "and c.store_id = :store" if shop is not None else ""
    query = statement(text.format(where=where), days=("before", "since", "until"))
    before = asked.since - (asked.until - asked.since) - timedelta(days=1)
    values: dict[str, Any] = {"before": before, "until": asked.until}
    if ":since" in text:
        values["since"] = asked.since
    if shop is not None:
        values["store"] = shop
    return [dict(row) for row in c.execute(query, values).mappings()]


def _of_days(c: Connection, asked: Asked, shop: int | None) -> list[dict[str, Any]]:
    names = {row.id: row.name for row in c.execute(sa.select(SHOP.c.id, SHOP.c.name))}
    rows = _rows(c, _DAYS, asked, shop)
    for row in rows:
        day = str(row["day"])[:10]
        row |= {"month": day[:7], "store": names[row["store_id"]], "now": day >= asked.since.isoformat()}
    return rows


def _of_owners(c: Connection, asked: Asked, shop: int | None) -> list[dict[str, Any]]:
    names = {row.id: row.name for row in c.execute(sa.select(STAFF.c.id, STAFF.c.name))}
    return [row | {"assistant": names.get(row["owner_id"])} for row in _rows(c, _OWNERS, asked, shop)]


def _parts(rows: Iterable[dict[str, Any]], words: Catalogue) -> Section:
    now, before = Marks(), Marks()
    for row in rows:
        (now if row["now"] else before).add(row)
    shown = tuple(
        (
            words.say(PARTS[part]),
            now.mean(part),
            before.mean(part),
            now.count[part],
            now.low[part] / now.count[part] if now.count[part] else None,
        )
        for part in SCORES
        if now.count[part]
    )
    columns = (
        ReportColumn(words.say("about"), "part"),
        ReportColumn(words.say("score"), "score", Kind.SCORE, bar=True),
        ReportColumn(words.say("time before"), "before", Kind.SCORE),
        ReportColumn(words.say("answers"), "answers", Kind.COUNT),
        ReportColumn(words.say("1 or 2"), "low", Kind.SHARE),
    )
    note = words.say("Mean of the scores from 1 to 5; time before: as many days before these.")
    return Section(words.say("Overall"), "parts", columns, shown, note, _nobody(words))


def _by_name(item: tuple[str, Marks, Marks]) -> tuple[Any, ...]:
    return (item[0],)


def _most(item: tuple[str, Marks, Marks]) -> tuple[Any, ...]:
    return (-item[1].calls, item[0])


def _by(
    rows: Iterable[dict[str, Any]],
    words: Catalogue,
    title: str,
    code: str,
    heading: str,
    key: Callable[[dict[str, Any]], str],
    *,
    sort: Callable[[tuple[str, Marks, Marks]], tuple[Any, ...]] = _most,
) -> Section:
    now: dict[str, Marks] = defaultdict(Marks)
    before: dict[str, Marks] = defaultdict(Marks)
    for row in rows:
        (now if row["now"] else before)[key(row)].add(row)
    listed = sorted(((name, marks, before[name]) for name, marks in now.items()), key=sort)
    shown: list[tuple[Value, ...]] = []
    for name, marks, earlier in listed:
        means = [marks.mean(part) for part in SCORES]
        last = [] if code == "months" else [earlier.overall]
        shown.append((name, marks.overall, *last, *means, marks.calls))
    columns = (
        ReportColumn(words.say(heading), code[:-1]),
        ReportColumn(words.say("score"), "score", Kind.SCORE, bar=True),
        *([] if code == "months" else [ReportColumn(words.say("time before"), "before", Kind.SCORE)]),
        *(ReportColumn(words.say(PARTS[part]), part, Kind.SCORE) for part in SCORES),
        ReportColumn(words.say("calls"), "calls", Kind.COUNT),
    )
    return Section(words.say(title), code, columns, tuple(shown), "", _nobody(words))


def _assistant(words: Catalogue) -> Callable[[dict[str, Any]], str]:
    """Whose members gave the scores."""
    nobody = words.say("nobody's members")
    return lambda row: row["assistant"] or nobody


def _suggestions(c: Connection, asked: Asked, shop: int | None) -> dict[str, int]:
    from core.insight.report_complaints import moments

    first, last = moments(asked)
    rows = c.execute(_SUGGESTIONS, {"from_": first, "to": last, "store": shop or 0})
    return {row.state: row.many for row in rows}


def _suggested(counts: dict[str, int], words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("state"), "state"),
        ReportColumn(words.say("suggestions"), "suggestions", Kind.COUNT, bar=True),
    )
    rows = tuple((words.say(name), counts[code]) for code, name in STATES.items() if counts.get(code))
    return Section(
        words.say("Suggestions"), "suggestions", columns, rows, "", words.say("No suggestion in these days.")
    )


def _nobody(words: Catalogue) -> str:
    return words.say("Nobody gave a score in these days.")
