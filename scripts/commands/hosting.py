"""The warm host, and working in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from core.base.errors import Refused
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
    say(
        errand.words.plural(
            "The host is ready in {folder}, for {count} session.",
            "The host is ready in {folder}, for {count} sessions.",
            sessions,
            folder=home,
        )
    )
    Host(str(home), sessions).run()


@command("attach", N_("Open the program in the host; without a host, as `huifang open` does."), on=True, at=True)
def attach(errand: Errand, staff: WhoseDay = None, ascii: PlainAscii = False) -> int:
    """Attach; reached only where other options go before the command (see `scripts.entry`)."""
    from scripts.entry import main

    options = {"--store-url": errand.settings.database, "--staff": staff or errand.as_code}
    given = [*_given(options), *_when(errand), *(["--ascii"] if ascii else [])]
    return main(["attach", *given])


def _when(errand: Errand) -> list[str]:
    """The options that every session is opened with: which day, what time, which language."""
    at = errand.at
    day, clock = errand.on or (at.day if at else None), at.time if at else None
    return _given({"--on": day, "--at": clock, "--lang": errand.settings.lang})


def _given(options: Mapping[str, object]) -> list[str]:
    return [f"{name}={value}" for name, value in options.items() if value is not None]


@command("serve", N_("Let people work in a browser, after signing in; behind a proxy with TLS."), on=True, at=True)
def serve(
    errand: Errand,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, metavar="PORT", help=N_("The port on this machine."))
    ] = 8020,
    bind: Annotated[
        str, typer.Option("--bind", metavar="ADDRESS", help=N_("The address of this machine to listen on."))
    ] = "127.0.0.1",
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help=N_("How browsers reach it, such as https://huifang.example.")),
    ] = None,
    sessions: Annotated[
        int, typer.Option("--sessions", min=1, metavar="NUMBER", help=N_("At most so many sessions at once."))
    ] = SESSIONS,
) -> None:
    """Serve browsers until asked to end."""
    try:
        from scripts.hosting.browser import Browser
    except ImportError as missing:
        raise Refused(
            "serve.missing",
            N_("The browser needs a package more: install huifang with the extra `browser` ({name} is missing)."),
            name=missing.name or "?",
        ) from missing
    browser = Browser(
        errand.store,
        errand.words,
        bind=bind,
        port=port,
        public=url or f"http://{bind}:{port}",
        limit=sessions,
        options=_when(errand),
    )
    browser.serve()
