"""The recovery report's sections: the funnel, the measures, the ranking (R5.8, R3.6)."""

from __future__ import annotations

from collections.abc import Iterable

from core.base.actor import Actor
from core.base.language import Catalogue
from core.base.report import TITLES, Asked, Kind, Report, ReportColumn, Section, Value
from core.base.rulebook import Rulebook
from core.insight.reports import scope_words
from core.people.access import Right
from core.recovery.ranking import RankingRow
from core.recovery.report import recovery_figures
from core.recovery.tables import Chosen
from core.recovery.views import MeasureLine, RecoveryReport
from core.recovery.wording import ORDERS, STEPS, judged_words, measure_words, ranking_words, uplift_words
from core.store.engine import Store


def recovery_report(store: Store, actor: Actor, asked: Asked, words: Catalogue) -> Report:
    """Recovery of the cycles that fell due in the days asked for. Raises BadInput, NotFound, NotAllowed."""
    found = recovery_figures(store, actor, asked.since, asked.until, asked.store)
    sections = (
        _funnel(found, words),
        _measures(found, store.rulebook, words),
        _groups(found, words),
        _reviews(found, store.rulebook, words),
        _ranking(found.ranking, words),
    )
    scope = scope_words(store, actor, Right.SEE_RECOVERY, asked, words)
    return Report("recovery", words.say(TITLES["recovery"]), asked.since, asked.until, scope, sections)


def _funnel(found: RecoveryReport, words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("step"), "step"),
        ReportColumn(words.say("members"), "members", Kind.COUNT, bar=True),
        ReportColumn(words.say("of dormant"), "share", Kind.SHARE),
    )
    whole = found.funnel.dormant
    rows = []
    for code, name in STEPS.items():
        count = getattr(found.funnel, code)
        rows.append((words.say(name), count, count / whole if whole else None))
    empty = words.say("No review and no recovery call fell due in these days.")
    return Section(words.say("Funnel"), "funnel", columns, tuple(rows) if whole else (), "", empty)


def _measures(found: RecoveryReport, rulebook: Rulebook, words: Catalogue) -> Section:
    lines = [*_lines(found.calls, rulebook, words)]
    if lines:
        lines.append((words.say("all reached"), *_figures(found.all_calls)))
    note = words.say(
        "Recovered: a purchase within {days} days of the reached call. Counted are calls whose days are over. "
        "Uplift: points of percent above the hold-out group, with its 95 % interval; ? may be chance.",
        days=found.days,
    )
    if not found.held_out.of:
        note += " " + words.say("Without a hold-out group (policy) no uplift can be shown.")
    empty = words.say("No recovery call reached anybody in these days.")
    return Section(words.say("By measure"), "measures", _columns(words), tuple(lines), note, empty)


def _groups(found: RecoveryReport, words: Catalogue) -> Section:
    """What only lot parted: all who were to be called, and those held out."""
    columns = (
        ReportColumn(words.say("group"), "group"),
        ReportColumn(words.say("cycles"), "cycles", Kind.COUNT),
        ReportColumn(words.say("came back"), "back", Kind.COUNT),
        ReportColumn(words.say("share"), "share", Kind.SHARE, bar=True),
        ReportColumn(words.say("uplift"), "uplift"),
        ReportColumn("95 %", "interval"),
    )
    planned, held = found.planned, found.held_out_planned
    rows: tuple[tuple[Value, ...], ...] = ()
    if planned.ripe.of or held.of:
        rows = (
            (
                words.say("to be called"),
                planned.ripe.of,
                planned.ripe.count,
                planned.ripe.rate,
                *uplift_words(planned.uplift),
            ),
            (words.say("held out"), held.of, held.count, held.rate, "", ""),
        )
    note = words.say(
        "All who were to be called, reached or not, against those held out by lot: who bought within {days} days "
        "of the due day.",
        days=found.planned_days,
    )
    empty = words.say("No cycle of these days is over yet.")
    return Section(words.say("Called and held out"), "groups", columns, rows, note, empty)


def _reviews(found: RecoveryReport, rulebook: Rulebook, words: Catalogue) -> Section:
    rows = tuple(row[:-2] for row in _lines(found.reviews, rulebook, words))
    empty = words.say("No review took a measure in these days.")
    return Section(words.say("Decided in the review"), "reviews", _columns(words)[:-2], rows, "", empty)


def _ranking(row: RankingRow | None, words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("ranked by"), "order"),
        ReportColumn("AUC", "auc"),
        ReportColumn(words.say("pairs right"), "right", Kind.SHARE, bar=True),
        ReportColumn(words.say("in use"), "used"),
    )
    rows: tuple[tuple[Value, ...], ...] = ()
    if row is not None and row.auc_spend is not None:
        aucs = {
            Chosen.EXPECTED: row.auc_expected,
            Chosen.SPEND: row.auc_spend,
            Chosen.RECENCY: row.auc_recency,
        }
        rows = tuple(
            (words.say(ORDERS[order]), f"{auc:.3f}", auc, words.say("yes") if order is row.chosen else "")
            for order, auc in aucs.items()
            if auc is not None
        )
    said = ranking_words(row, words)
    judged = "" if row is None else judged_words(row, words)
    note = words.say("{said} Judged on {judged}.", said=said, judged=judged) if judged else ""
    return Section(words.say("Ranking of dormant members"), "ranking", columns, rows, note, said)


def _columns(words: Catalogue) -> tuple[ReportColumn, ...]:
    return (
        ReportColumn(words.say("measure"), "measure"),
        ReportColumn(words.say("times"), "taken", Kind.COUNT),
        ReportColumn(words.say("counted in"), "counted", Kind.COUNT),
        ReportColumn(words.say("recovered"), "recovered", Kind.COUNT),
        ReportColumn(words.say("share"), "share", Kind.SHARE, bar=True),
        ReportColumn(words.say("uplift"), "uplift"),
        ReportColumn("95 %", "interval"),
    )


def _lines(lines: Iterable[MeasureLine], rulebook: Rulebook, words: Catalogue) -> Iterable[tuple[Value, ...]]:
    return [(measure_words(line.code, rulebook, words), *_figures(line)) for line in lines]


def _figures(line: MeasureLine) -> tuple[Value, ...]:
    ripe = line.ripe
    return (line.taken, ripe.of, ripe.count, ripe.rate, *uplift_words(line.uplift))
