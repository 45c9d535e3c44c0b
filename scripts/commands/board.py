"""The board, and giving a queue to somebody else (R14.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.language import N_
from scripts.errand import Errand, command
from scripts.show import iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.insight.board import Tally

_COUNTS = (
    "due",
    "done",
    "reached",
    "kept",
    "late",
    "month",
    "covered",
    "coverage",
    "complaints",
    "passed",
    "beyond",
)


@command("board", N_("How the day and the month of each caller and store stand."), on=True, at=True, json=True)
def board_show(
    errand: Errand,
    store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("This store only."))] = "",
    everyone: Annotated[bool, typer.Option("--all", help=N_("Those who have nothing today too."))] = False,
) -> None:
    """Print the board."""
    from core.insight.board import board

    found = board(errand.store, errand.actor, store)
    if errand.json:
        json_rows(
            {"staff": row.staff, "name": row.name, "store": row.store, "cover": row.cover, **_counts(row.tally)}
            for shop in found.stores
            for row in shop.rows
        )
        return
    words = errand.words
    rows = []
    for shop in found.stores:
        for row in shop.rows:
            if row.idle and not everyone:
                continue
            name = row.name or words.say(N_("the store's pool"))
            rows.append([shop.code, f"{name} <- {row.cover}" if row.cover else name, *_cells(row.tally)])
        rows.append([shop.code, words.say(N_("store")), *_cells(shop.tally)])
    rows.append(["", words.say(N_("all")), *_cells(found.total)])
    headings = (
        N_("store"), N_("name"), N_("to call"), N_("beyond"), N_("done"), N_("reached"), N_("kept"), N_("late"),
        N_("month %"), N_("complaints"),
    )  # fmt: skip
    worded_table(words, headings, rows, right=range(2, len(headings)))
    if found.idle and not everyone:
        say(
            words.plural(
                "{count} person has nothing today; --all shows them too.",
                "{count} people have nothing today; --all shows them too.",
                found.idle,
            )
        )
    if passed := found.total.passed:
        say(
            words.plural(
                "{count} member was skipped too often: huifang board skipped",
                "{count} members were skipped too often: huifang board skipped",
                passed,
            )
        )


@command(
    "board skipped",
    N_("Members skipped so often that they are the supervisor's to see to."),
    on=True,
    at=True,
    json=True,
)
def board_skipped(
    errand: Errand,
    store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("This store only."))] = "",
) -> None:
    """Print who was passed over too often."""
    from core.insight.passed import passed_over

    found = passed_over(errand.store, errand.actor, store)
    if errand.json:
        json_rows(
            {
                "member": one.number,
                "name": one.name,
                "programme": one.programme,
                "times": one.skips,
                "last": iso(one.skipped_on),
                "staff": one.staff,
                "store": one.store,
                "why": one.why,
            }
            for one in found
        )
        return
    words, known = errand.words, errand.store.rulebook.programmes
    rows = [
        [
            one.number,
            one.name,
            known[one.programme].short(words) if one.programme in known else one.programme,
            str(one.skips),
            iso(one.skipped_on) or "",
            one.staff_name or words.say(N_("the store's pool")),
            one.why,
        ]
        for one in found
    ]
    headings = (N_("number"), N_("name"), N_("programme"), N_("times"), N_("last"), N_("whose"), N_("reason"))
    worded_table(words, headings, rows, right=(3,))


@command(
    "board reassign", N_("Give one caller's due rows to another, with a reason."), on=True, at=True, json=True
)
def board_reassign(
    errand: Errand,
    giver: Annotated[str, typer.Option("--from", metavar="CODE", help=N_("Whose due rows."))],
    taker: Annotated[str, typer.Option("--to", metavar="CODE", help=N_("Who takes them."))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))] = "",
    programme: Annotated[
        str, typer.Option("--programme", metavar="CODE", help=N_("Only this programme's rows."))
    ] = "",
) -> None:
    """Reassign a queue."""
    from core.followups.queues import reassign_queue
    from core.followups.wording import went_words

    done = reassign_queue(errand.store, errand.actor, giver, taker, reason=reason, programme=programme)
    if errand.json:
        json_answer({"from": done.giver, "to": done.taker, "follow_ups": done.follow_ups, "held": done.held})
        return
    say(went_words(done, errand.words))


def _counts(tally: Tally) -> dict[str, Any]:
    return {name: getattr(tally, name) for name in _COUNTS}


def _cells(tally: Tally) -> list[str]:
    numbers = [str(getattr(tally, name)) for name in ("due", "beyond", "done", "reached", "kept", "late")]
    return [*numbers, f"{tally.coverage} %" if tally.month else "-", str(tally.complaints)]
