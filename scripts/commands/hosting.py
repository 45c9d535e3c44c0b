"""The warm host, and working in it."""

from __future__ import annotations

from typing import Annotated

import typer

from core.base.language import N_
from scripts.commands.program import PlainAscii, WhoseDay
from scripts.errand import Errand, command
from scripts.show import say

SESSIONS = 200


@command("host", N_("Keep the program loaded, so that `huifang attach` opens at once and takes little memory."))
def host(
    errand: Errand,
    sessions: Annotated[
        int, typer.Option("--sessions", min=1, metavar="NUMBER", help=N_("At most so many sessions at once."))
    ] = SESSIONS,
) -> None:
    """Serve sessions until asked to end; a host that runs already is taken over from."""
    from scripts.hosting import warm
    from scripts.hosting.host import Host

    home = errand.settings.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    warm.load()
    warm.rehearse()
    say(errand.words.say(N_("The host is ready in {folder}, for {count} sessions."), folder=home, count=sessions))
    Host(str(home), sessions).run()


@command("attach", N_("Open the program in the host; without a host, as `huifang open` does."), on=True, at=True)
def attach(errand: Errand, staff: WhoseDay = None, ascii: PlainAscii = False) -> int:
    """Attach; reached only where other options go before the command (see `scripts.entry`)."""
    from scripts.entry import main

    at = errand.at
    options = {
        "--store-url": errand.settings.database,
        "--staff": staff or errand.as_code,
        "--on": errand.on or (at.day if at else None),
        "--at": at.time if at else None,
        "--lang": errand.settings.lang,
    }
    given = [f"{name}={value}" for name, value in options.items() if value is not None]
    return main(["attach", *given, *(["--ascii"] if ascii else [])])
