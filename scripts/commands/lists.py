"""Planning a day, the worklist, and why somebody is on it or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.language import N_
from core.base.naming import PLAN_STEPS, VERDICTS, named
from scripts.errand import Errand, command
from scripts.progress import steps
from scripts.show import iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.followups.worklist import WorklistQuery
    from core.followups.worklist_rows import WorklistRow


@command(
    "plan",
    N_("Plan a day: make the follow-ups that fall due. Planning again changes nothing."),
    on=True,
    json=True,
)
def plan(errand: Errand) -> None:
    """Plan a day."""
    from core.complaints.watch import watch
    from core.followups.planning import plan

    words = errand.words
    with steps(words, PLAN_STEPS) as progress:
        result = plan(errand.store, errand.actor, errand.on, progress)
    watch(errand.store, errand.actor)
    if errand.json:
        json_answer(
            {
                "on": iso(result.on),
                "planned": result.planned,
                "already": result.already,
                "closed": result.closed,
                "unknown_after": iso(result.unknown_after),
            }
        )
    else:
        programmes = errand.store.rulebook.programmes
        counts = (result.planned, result.already, result.closed)
        rows = [
            [programmes[code].name(words), *(str(count.get(code, 0)) for count in counts)]
            for code in programmes
            if any(count.get(code) for count in counts)
        ]
        say(words.say(N_("Planned {day}."), day=result.on))
        worded_table(
            words, (N_("programme"), N_("planned"), N_("already there"), N_("closed")), rows, right=(1, 2, 3)
        )
    if result.unknown_after is not None:
        warn_of_unknown_days(errand, result.unknown_after)


def warn_of_unknown_days(errand: Errand, known: Any) -> None:
    """Say that working days after `known` are guessed (R4.2)."""
    from scripts.failures import complain

    complain(
        errand.words.say(
            N_(
                "Holidays and make-up days are known until {day} only; later days count as working from Monday "
                "to Friday. Enter the days with `huifang calendar set` when they are announced."
            ),
            day=known,
        )
    )


@command("worklist", N_("Today's members to contact, in order."), on=True, at=True, json=True)
def worklist(
    errand: Errand,
    staff: Annotated[str | None, typer.Option("--staff", metavar="CODE", help=N_("Whose list."))] = None,
    store: Annotated[str | None, typer.Option("--store", metavar="CODE", help=N_("A store's whole list."))] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="CODE", help=N_("One programme only."))
    ] = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help=N_("Every due member, whatever the daily target, claims, call hours or rests.")
        ),
    ] = False,
) -> None:
    """Print a worklist, planning the day first where nobody has yet."""
    from core.base.errors import BadInput
    from core.followups.planning import ensure_planned
    from core.followups.worklist import WorklistQuery, all_rows

    book = errand.store.rulebook
    if programme is not None and programme not in book.programmes:
        raise BadInput(
            "programme.unknown",
            N_("There is no programme {code}: use one of {known}."),
            field="programme",
            code=programme,
            known=", ".join(book.programmes),
        )
    with steps(errand.words, PLAN_STEPS) as progress:
        ensure_planned(errand.store, errand.actor, progress)
    query = WorklistQuery(staff=staff, store=store, programme=programme, everything=everything)
    rows = all_rows(errand.store, errand.actor, query)
    if errand.json:
        json_rows(_as_json(errand, rows))
    else:
        _print_list(errand, rows, query)


def _as_json(errand: Errand, rows: Iterator[WorklistRow]) -> Iterator[dict[str, Any]]:
    from core.followups.wording import why_row

    for row in rows:
        yield {
            "member": row.number,
            "name": row.name,
            "phone_masked": row.phone_masked,
            "owner": row.owner or None,
            "store": row.store,
            "stage": row.stage.value,
            "value_class": row.value_class.value if row.value_class else None,
            "purposes": [
                {
                    "programme": purpose.programme,
                    "cycle": purpose.cycle,
                    "due_on": iso(purpose.due_on),
                    "attempts": purpose.attempts,
                    "due_at": iso(purpose.due_at),
                    "closes_on": iso(purpose.closes_on),
                }
                for purpose in row.purposes
            ],
            "why": why_row(row, errand.words, errand.store.rulebook, errand.today),
            "held_by": row.held_by or None,
            "not_before": iso(row.not_before),
        }


def _print_list(errand: Errand, rows: Iterator[WorklistRow], query: WorklistQuery) -> None:
    from core.followups.wording import due_words, programme_words, why_row
    from core.followups.worklist import overview

    words, book = errand.words, errand.store.rulebook
    now = errand.clock.now()
    shown = [
        [
            due_words(row, words, now),
            row.number,
            row.name,
            row.value_class.value if row.value_class else "",
            programme_words(row, words, book),
            row.phone_masked,
            row.owner,
            str(max((p.attempts for p in row.purposes), default=0)),
            why_row(row, words, book, errand.today),
        ]
        for row in rows
    ]
    if not shown:
        say(words.say(N_("Nobody is due. `huifang why --staff CODE` says why.")))
        return
    worded_table(
        words,
        (
            N_("due"),
            N_("number"),
            N_("name"),
            N_("class"),
            N_("programme"),
            N_("phone"),
            N_("owner"),
            N_("tries"),
            N_("why"),
        ),
        shown,
        right=(7,),
    )
    state = overview(errand.store, errand.actor, query)
    line = words.plural("{count} member", "{count} members", len(shown))
    if state.beyond_target:
        line += "; " + words.say(N_("{count} more beyond the daily target"), count=state.beyond_target)
    say(line)


@command("why", N_("Explain rule by rule why a member is, or is not, on a list."), on=True, at=True, json=True)
def why(
    errand: Errand,
    member: Annotated[str | None, typer.Argument(metavar="MEMBER", help=N_("A member's number."))] = None,
    staff: Annotated[
        str | None, typer.Option("--staff", metavar="CODE", help=N_("Why this caller's list is as long as it is."))
    ] = None,
) -> int:
    """Explain a member's place, or a caller's list (R4.10)."""
    from core.followups.planning import ensure_planned
    from core.followups.why import why_list, why_member
    from core.followups.worklist import WorklistQuery

    if (member is None) == (staff is None):
        raise typer.BadParameter(N_("name a member, or a caller with --staff"))
    ensure_planned(errand.store, errand.actor)
    if member is not None:
        lines = why_member(errand.store, errand.actor, member, errand.today)
    else:
        lines = why_list(errand.store, errand.actor, WorklistQuery(staff=staff))
    words = errand.words
    told = [(line.programme, line.verdict, line.said(words, errand.today)) for line in lines]
    if errand.json:
        json_rows({"programme": p or None, "verdict": v, "why": text} for p, v, text in told)
        return 0
    programmes = errand.store.rulebook.programmes
    worded_table(
        words,
        (N_("programme"), N_("verdict"), N_("why")),
        [
            [programmes[p].name(words) if p in programmes else "", named(VERDICTS, v, words), text]
            for p, v, text in told
        ],
    )
    return 0
