"""The stores' own working days (R4.2)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import typer

from core.base.language import N_
from scripts.errand import Errand, command, parse_day
from scripts.show import iso, json_rows, say, worded_table

WORK = N_("worked")
REST = N_("not worked")

AtStore = Annotated[
    str | None, typer.Option("--store", metavar="CODE", help=N_("This store only (else every store)."))
]


@command("calendar list", N_("The days entered against the general calendar."), json=True)
def calendar_list(errand: Errand) -> None:
    """Print the stores' own days."""
    from core.followups.calendar import known_until
    from core.people.calendars import calendar_days

    rows = calendar_days(errand.store)
    words = errand.words
    if errand.json:
        json_rows(
            {"day": iso(r.day), "working": r.working, "store": r.store_code or None, "note": r.note} for r in rows
        )
        return
    if rows:
        worded_table(
            words,
            (N_("day"), N_("worked or not"), N_("store"), N_("note")),
            [
                [str(r.day), words.say(WORK if r.working else REST), r.store_code or words.say(N_("all")), r.note]
                for r in rows
            ],
        )
    say(words.say(N_("Public holidays and make-up days are known until {day}."), day=known_until()))


@command("calendar set", N_("Say that a day is worked, is not, or is as in the general calendar again."))
def calendar_set(
    errand: Errand,
    day: Annotated[date, typer.Argument(parser=parse_day, metavar="DATE", help=N_("The day."))],
    what: Annotated[
        Literal["work", "rest", "general"], typer.Argument(metavar="HOW", help=N_("What the day is."))
    ],
    store: AtStore = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("Why."))] = "",
) -> None:
    """Enter one day."""
    from core.people.calendars import set_calendar_day

    working = {"work": True, "rest": False, "general": None}[what]
    set_calendar_day(errand.store, errand.actor, day, working, store_code=store, note=note)
    said = {
        "work": N_("{day} is worked."),
        "rest": N_("{day} is not worked."),
        "general": N_("{day} is as usual."),
    }
    say(errand.words.say(said[what], day=day))


@command("calendar weekends", N_("Say whether a store works on weekends."))
def calendar_weekends(
    errand: Errand,
    store: Annotated[str, typer.Argument(metavar="STORE", help=N_("A store's code."))],
    what: Annotated[Literal["work", "rest"], typer.Argument(metavar="HOW", help=N_("What its weekends are."))],
) -> None:
    """Set a store's weekends."""
    from core.people.calendars import set_weekends

    set_weekends(errand.store, errand.actor, store, what == "work")
    said = {"work": N_("{store} works on weekends."), "rest": N_("{store} rests on weekends.")}
    say(errand.words.say(said[what], store=store))
