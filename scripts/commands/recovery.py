"""Recovery from the command line: measures, calls without one, and the ranking (R5.8, R3.6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.language import N_
from scripts.errand import Errand, command, parse_day
from scripts.show import facts, iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.recovery.ranking import RankingRow
    from core.recovery.views import MeasureRow

Id = Annotated[int, typer.Argument(metavar="ID", help=N_("The measure, as `measure list` names it."))]
Due = Annotated[
    date | None, typer.Option("--due", parser=parse_day, metavar="DATE", help=N_("The day it is to be done by."))
]
Owner = Annotated[str, typer.Option("--owner", metavar="CODE", help=N_("Who does it."))]


@command("measure take", N_("Take a measure to bring a member back."), on=True, at=True, json=True)
def measure_take(
    errand: Errand,
    member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("For whom."))],
    measure: Annotated[str, typer.Option("--measure", metavar="CODE", help=N_("Which (data/measures.toml)."))],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("What exactly, or why."))] = "",
    due: Due = None,
    owner: Owner = "",
    call: Annotated[str, typer.Option("--call", metavar="UUID", help=N_("The call it came from."))] = "",
) -> None:
    """Take a measure."""
    from core.recovery.measures import MeasureForm, take_measure

    form = MeasureForm(number=member, code=measure, note=note, due_on=due, owner=owner, call_id=call)
    _show(errand, [take_measure(errand.store, errand.actor, form)])


@command("measure done", N_("Say that a measure was done, and what came of it."), on=True, at=True, json=True)
def measure_done(
    errand: Errand,
    measure: Id,
    result: Annotated[str, typer.Option("--result", metavar="TEXT", help=N_("What came of it."))],
) -> None:
    """Finish a measure."""
    from core.recovery.measures import finish_measure

    _show(errand, [finish_measure(errand.store, errand.actor, measure, result)])


@command("measure drop", N_("Leave a measure undone, with a reason."), on=True, at=True, json=True)
def measure_drop(
    errand: Errand,
    measure: Id,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))],
) -> None:
    """Drop a measure."""
    from core.recovery.measures import drop_measure

    _show(errand, [drop_measure(errand.store, errand.actor, measure, reason)])


@command(
    "measure change", N_("Give an open measure another day, or to somebody else."), on=True, at=True, json=True
)
def measure_change(
    errand: Errand,
    measure: Id,
    due: Due = None,
    owner: Owner = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))] = "",
) -> None:
    """Change a measure."""
    from core.recovery.measures import change_measure

    _show(errand, [change_measure(errand.store, errand.actor, measure, due_on=due, owner=owner, why=reason)])


@command("measure list", N_("Measures to be done, the most urgent first."), on=True, json=True)
def measure_list(
    errand: Errand,
    everything: Annotated[bool, typer.Option("--all", help=N_("Those that are over too."))] = False,
    late: Annotated[bool, typer.Option("--late", help=N_("Only those whose day is past."))] = False,
    owner: Owner = "",
    store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("This store only."))] = "",
    member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("This member only."))] = "",
    measure: Annotated[str, typer.Option("--measure", metavar="CODE", help=N_("This measure only."))] = "",
) -> None:
    """List measures."""
    from core.recovery.lists import measures
    from core.recovery.views import MeasureFilter

    wanted = MeasureFilter(
        everything=everything,
        owner=owner,
        store=store,
        member=member,
        code=measure,
        late=late,
        limit=100_000,
    )
    _show(errand, measures(errand.store, errand.actor, wanted))


@command("recovery decide", N_("Decide the review of a member gone three months."), on=True, at=True, json=True)
def recovery_decide(
    errand: Errand,
    member: Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The member."))],
    decision: Annotated[str, typer.Argument(metavar="DECISION", help=N_("call, or a measure's code."))],
    day: Annotated[
        date | None,
        typer.Option(
            "--day", parser=parse_day, metavar="DATE", help=N_("The day of the call, or of the measure.")
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("What exactly, or why."))] = "",
    owner: Owner = "",
) -> None:
    """Decide a review."""
    from core.recovery.review import decide_review

    done = decide_review(errand.store, errand.actor, member, decision, note=note, day=day, owner=owner)
    if errand.json:
        json_answer(
            {
                "member": done.number,
                "decision": done.decision,
                "closed": list(done.closed),
                "planned": list(done.planned),
                "due_on": iso(done.due_on),
                "measure": done.measure,
            }
        )
        return
    say(errand.words.say(N_("Decided for member {number}: {decision}."), number=done.number, decision=decision))


@command("recovery calls", N_("Calls in which a reason was given and no measure taken yet."), on=True, json=True)
def recovery_calls(
    errand: Errand,
    days: Annotated[int, typer.Option("--days", metavar="N", help=N_("Of cycles due in so many days."))] = 90,
) -> None:
    """List calls without a measure."""
    from core.recovery.lists import unanswered

    rows = unanswered(errand.store, errand.actor, errand.today - timedelta(days=days), limit=100_000)
    if errand.json:
        json_rows(
            {
                "call": row.call_id,
                "member": row.number,
                "name": row.name,
                "day": iso(row.day),
                "reasons": list(row.reasons),
                "caller": row.caller,
            }
            for row in rows
        )
        return
    words, reasons = errand.words, errand.store.rulebook.reasons
    worded_table(
        words,
        (N_("number"), N_("name"), N_("day"), N_("caller"), N_("reasons"), N_("call")),
        [
            [
                row.number,
                row.name,
                str(row.day),
                row.caller,
                ", ".join(reasons[code].name(words) if code in reasons else code for code in row.reasons),
                row.call_id,
            ]
            for row in rows
        ],
    )


@command("ranking fit", N_("Judge how dormant members are ranked best, and rank them."), on=True, json=True)
def ranking_fit(errand: Errand) -> None:
    """Fit, judge, and take the best."""
    from core.recovery.ranking import rank

    _show_ranking(errand, rank(errand.store, errand.actor, errand.today))


@command("ranking show", N_("What recovery is ranked by, and how it was judged."), on=True, json=True)
def ranking_show(errand: Errand) -> None:
    """Show the last judgement."""
    from core.recovery.ranking import latest

    _show_ranking(errand, latest(errand.store, errand.actor))


def _show(errand: Errand, rows: Iterable[MeasureRow]) -> None:
    if errand.json:
        json_rows(_as_json(row) for row in rows)
        return
    from core.recovery.wording import STATES, measure_words

    words, book = errand.words, errand.store.rulebook
    worded_table(
        words,
        (
            N_("id"),
            N_("number"),
            N_("name"),
            N_("measure"),
            N_("deadline"),
            N_("whose"),
            N_("state"),
            N_("came back"),
            N_("note"),
        ),
        [
            [
                str(row.id),
                row.number,
                row.name,
                measure_words(row.code, book, words),
                f"{row.due_on}{' !' if row.late else ''}",
                row.owner_name,
                words.say(STATES[row.state]),
                iso(row.back_on) or "",
                row.result or row.note,
            ]
            for row in rows
        ],
        right=(0,),
    )


def _as_json(row: MeasureRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "member": row.number,
        "name": row.name,
        "measure": row.code,
        "origin": row.origin.value,
        "store": row.store,
        "owner": row.owner,
        "made_on": iso(row.made_on),
        "due_on": iso(row.due_on),
        "late": row.late,
        "state": row.state.value,
        "note": row.note,
        "result": row.result,
        "back_on": iso(row.back_on),
    }


def _show_ranking(errand: Errand, row: RankingRow | None) -> None:
    from core.recovery.wording import judged_words, ranking_words

    words = errand.words
    if errand.json:
        json_answer(None if row is None else _ranking_json(row))
        return
    say(ranking_words(row, words))
    if row is None:
        return
    aucs = (
        (N_("expected purchases"), row.auc_expected),
        (N_("past spend"), row.auc_spend),
        (N_("last purchase"), row.auc_recency),
    )
    facts(
        [
            (words.say(N_("judged on")), judged_words(row, words)),
            *((f"AUC {words.say(name)}", f"{auc:.3f}") for name, auc in aucs if auc is not None),
            ("BG/NBD r, alpha, a, b", " ".join(f"{value:.4f}" for value in row.model or ())),
            (words.say(N_("log-likelihood")), "" if row.log_likelihood is None else f"{row.log_likelihood:.1f}"),
            (words.say(N_("members")), str(row.members)),
            (words.say(N_("places given")), str(row.placed)),
        ]
    )  # fmt: skip


def _ranking_json(row: RankingRow) -> dict[str, Any]:
    model = None if row.model is None else dict(zip(("r", "alpha", "a", "b"), row.model, strict=True))
    return {
        "on": iso(row.ranked_on),
        "held_days": row.held_days,
        "members": row.members,
        "model": model,
        "log_likelihood": row.log_likelihood,
        "judged": row.judged,
        "returned": row.returned,
        "auc": {"expected": row.auc_expected, "spend": row.auc_spend, "recency": row.auc_recency},
        "chosen": row.chosen.value,
        "placed": row.placed,
    }
