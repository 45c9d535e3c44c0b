"""Opening the program, and the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.base.language import N_
from scripts.errand import Errand, command

WhoseDay = Annotated[
    str | None, typer.Option("--staff", metavar="CODE", help=N_("Whose day to open (a staff code)."))
]

PlainAscii = Annotated[
    bool, typer.Option("--ascii", help=N_("English, in plain ASCII: for terminals without UTF-8."))
]


@command("open", N_("Open the program (the same as `huifang` alone)."), on=True, at=True)
def open_screens(errand: Errand, staff: WhoseDay = None, ascii: PlainAscii = False) -> int:
    """Open the screens; reached only where `opening.plain_opening` did not understand the options."""
    from scripts.opening import Opening, open_program

    at = errand.at
    return open_program(
        Opening(
            staff=staff or errand.as_code,
            on=errand.on or (at.day if at else None),
            at=at.time if at else None,
            lang=errand.settings.lang,
            store_url=errand.settings.database,
            ascii=ascii,
        )
    )


@command("demo", N_("Open a throw-away store with a full day's work in it."), on=True, at=True)
def demo(
    errand: Errand,
    staff: WhoseDay = None,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="FOLDER", help=N_("Make the demo store in this folder and keep it.")),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help=N_("Only make the store (with --keep)."))] = False,
    ascii: PlainAscii = False,
) -> int:
    """Make the demo store and open it as one of its staff."""
    from scripts.demo import run

    return run(
        errand.settings,
        errand.words,
        staff=staff or errand.as_code,
        on=errand.on or (errand.at.day if errand.at else None),
        at_time=errand.at.time if errand.at else None,
        keep=keep,
        opened=not no_open,
        ascii=ascii,
    )
