"""Who works whose list while they are away (R7.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.language import N_, Catalogue
from scripts.errand import Errand, command, parse_day
from scripts.show import iso, json_rows, worded_table

if TYPE_CHECKING:
    from core.people.cover import CoverRow


@command("cover set", N_("Let a colleague work somebody's list for some days."), on=True, json=True)
def cover_set(
    errand: Errand,
    away: Annotated[str, typer.Argument(metavar="CODE", help=N_("Who is away."))],
    until: Annotated[date, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("The last day."))],
    since: Annotated[
        date | None,
        typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("The first day (today unless given).")),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="CODE", help=N_("Who works the list; without it the store's pool."))
    ] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))] = "",
) -> None:
    """Set a cover."""
    from core.people.cover import set_cover

    row = set_cover(errand.store, errand.actor, away, since or errand.today, until, substitute=by, why=reason)
    _show(errand, [row])


@command("cover end", N_("End a cover before its last day."), on=True, json=True)
def cover_end(
    errand: Errand,
    cover: Annotated[int, typer.Argument(metavar="ID", help=N_("The cover, as `cover list` names it."))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))] = "",
) -> None:
    """End a cover."""
    from core.people.cover import end_cover

    _show(errand, [end_cover(errand.store, errand.actor, cover, why=reason)])


@command("cover list", N_("Covers that run or are planned."), on=True, json=True)
def cover_list(
    errand: Errand,
    everything: Annotated[bool, typer.Option("--all", help=N_("Those that are over too."))] = False,
) -> None:
    """List covers."""
    from core.people.cover import cover_rows

    _show(errand, cover_rows(errand.store, errand.actor, everything=everything))


def _show(errand: Errand, rows: Sequence[CoverRow]) -> None:
    from core.people.cover import STATES

    if errand.json:
        json_rows(_as_json(row) for row in rows)
        return
    words: Catalogue = errand.words
    pool = words.say(N_("the store's pool"))
    worded_table(
        words,
        (N_("id"), N_("away"), N_("covered by"), N_("from"), N_("until"), N_("state"), N_("reason")),
        [
            [
                str(row.id),
                f"{row.away_name} ({row.away})",
                f"{row.substitute_name} ({row.substitute})" if row.substitute else pool,
                str(row.from_on),
                str(row.until_on),
                words.say(STATES[row.state]),
                row.why,
            ]
            for row in rows
        ],
    )


def _as_json(row: CoverRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "away": row.away,
        "substitute": row.substitute,
        "from": iso(row.from_on),
        "until": iso(row.until_on),
        "ended_at": iso(row.ended_at),
        "state": row.state,
        "reason": row.why,
    }
