"""What every command is given: the words, the store, who acts, which day it is, and how to answer.

`@command` puts the options that all commands share (--as, --lang, --store-url, and where asked for --on, --at,
--json) beside the command's own and hands it a `Errand` in their place.
"""

from __future__ import annotations

import functools
import inspect
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.clock import DEFAULT_ZONE, Clock, business_day, clock_for
from core.base.errors import Cancelled, Refused
from core.base.language import N_, Catalogue, catalogue, locale_language
from core.base.settings import Settings, load_settings
from scripts.asking import Answers

if TYPE_CHECKING:
    from core.base.actor import Actor
    from core.store.engine import Store


@dataclass(frozen=True, slots=True)
class AtTime:
    """A time of day, with its day where that was typed too."""

    time: time
    day: date | None = None


def parse_day(typed: str) -> date:
    """A day typed as an option."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(N_("write the day as YYYY-MM-DD, for example 2026-11-23")) from None


Since = Annotated[
    date | None, typer.Option("--since", parser=parse_day, metavar="DATE", help=N_("From this day on."))
]
Until = Annotated[
    date | None, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("Until this day."))
]


def parse_time(typed: str) -> AtTime:
    """A time typed as an option, HH:MM, or a day and a time."""
    try:
        if len(typed) > 8:
            moment = datetime.fromisoformat(typed)
            if moment.tzinfo is not None:
                from core.base.clock import zone

                moment = moment.astimezone(zone(DEFAULT_ZONE))
            return AtTime(moment.time(), moment.date())
        hours, _, rest = typed.partition(":")
        return AtTime(time.fromisoformat(f"{int(hours):02d}:{rest}"))
    except ValueError:
        raise typer.BadParameter(N_("write the time as HH:MM, for example 14:30")) from None


OnDay = Annotated[
    date | None,
    typer.Option("--on", parser=parse_day, metavar="DATE", help=N_("The business day (today unless given).")),
]
AtClock = Annotated[
    AtTime | None,
    typer.Option("--at", parser=parse_time, metavar="TIME", help=N_("The time of day, HH:MM (now unless given).")),
]
AsJson = Annotated[bool, typer.Option("--json", help=N_("Print JSON for other programs."))]
ActingAs = Annotated[
    str | None,
    typer.Option("--as", metavar="CODE", help=N_("Act as this staff member (else as the administrator).")),
]
Lang = Annotated[str | None, typer.Option("--lang", metavar="zh|en", help=N_("The language of the answer."))]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store-url", metavar="URL", help=N_("The store: a file, or a postgresql:// address.")),
]


@dataclass
class Errand:
    """One command's surroundings; the store is opened when first asked for."""

    settings: Settings
    as_code: str | None = None
    on: date | None = None
    at: AtTime | None = None
    json: bool = False
    _opened: list[Store] = field(default_factory=list)

    @cached_property
    def words(self) -> Catalogue:
        """The language asked for, else the acting person's own, else the locale's."""
        if self.settings.lang:
            return catalogue(self.settings.lang)
        return catalogue(self._own_language() or locale_language())

    @cached_property
    def clock(self) -> Clock:
        """The clock that `--on` and `--at` ask for."""
        if self.at is None:
            return clock_for(self.on, None)
        return clock_for(self.on or self.at.day, self.at.time)

    @cached_property
    def bare_store(self) -> Store:
        """The store as it is, whether or not it is there or of this version."""
        from core.base.rulebook import load_rulebook
        from core.store.engine import Store

        rulebook = load_rulebook(self.settings.overrides)
        store = Store(self.settings.database, self.clock, rulebook, replica=self.settings.replica)
        self._opened.append(store)
        return store

    @cached_property
    def store(self) -> Store:
        """The store. Raises StoreTrouble where it is missing, newer, older or unreachable."""
        self.bare_store.verify()
        return self.bare_store

    @cached_property
    def actor(self) -> Actor:
        """Who acts: the staff member of `--as`, else the shell's administrator.

        Whoever may administer the store needs no PIN; others sign in as on the screens. Raises NotFound or
        Refused where nobody may act.
        """
        found = self.signed_in
        if not self.administers:
            from core.people.signin import must_change

            if must_change(self.store, found):
                raise Refused(
                    "secret.must_change",
                    N_("Your PIN was given to you by somebody else: change it first with `huifang staff passwd`."),
                )
        return found

    @cached_property
    def signed_in(self) -> Actor:
        """As `actor`, also with a PIN that has to be changed first."""
        if self.as_code is None:
            from core.base.actor import SHELL

            if not self.administers and self.bare_store.file is None:
                raise Refused(
                    "shell.no_administrator",
                    N_(
                        "This shell does not administer the store: name who acts with --as CODE, or name the "
                        "database in HUIFANG_DATABASE with a user of its own."
                    ),
                )
            return SHELL
        if self.administers:
            from core.people.views import staff_actor

            return staff_actor(self.store, self.as_code)
        from core.people.signin import asks_secret, sign_in

        asked = asks_secret(self.store, self.as_code)
        secret = self.answers.ask(self.words, self.words.say(N_("PIN or password:"))) if asked else ""
        return sign_in(self.store, self.as_code, secret, self.terminal)

    @cached_property
    def administers(self) -> bool:
        """Whether the shell user may administer the store: write its file, or give a database user's name."""
        file = self.bare_store.file
        if file is not None:
            return os.access(file, os.W_OK)
        return bool(self.bare_store.url.username or self.bare_store.url.password)

    @cached_property
    def answers(self) -> Answers:
        """Where PINs come from."""
        return Answers()

    @property
    def terminal(self) -> str:
        """How this terminal is named on record."""
        return f"{socket.gethostname()}:{os.getpid()}"

    @property
    def today(self) -> date:
        """The business day of this command."""
        return business_day(self.clock.now())

    def close(self) -> None:
        """Give back what was opened."""
        for store in self._opened:
            store.close()

    def _own_language(self) -> str | None:
        if self.as_code is None or not self._opened:
            return None
        from core.people.views import staff_rows

        return next((row.language for row in staff_rows(self.store) if row.code == self.as_code), None)


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it goes into the command line: its words ("member show"), its help, its function."""

    name: str
    help: str
    function: Callable[..., Any]


COMMANDS: list[Command] = []
"""Every command, in the order of `--help`; modules of `scripts.commands` add to it when imported."""

_COMMON: dict[str, Any] = {"as_code": ActingAs, "lang": Lang, "store_url": StoreUrl}
_ASKED: dict[str, Any] = {"on": OnDay, "at": AtClock, "json": AsJson}


def command(
    name: str, text: str, *, on: bool = False, at: bool = False, json: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a command whose function takes an `Errand` first; `text` is its help, marked with N_."""
    wanted = {key: kind for key, kind in _ASKED.items() if {"on": on, "at": at, "json": json}[key]}
    wanted |= _COMMON

    def added(function: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(function, eval_str=True)
        parameters = [p for p in own.parameters.values() if p.name != "errand"]
        parameters += [
            inspect.Parameter(
                key,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=kind,
                default=False if key == "json" else None,
            )
            for key, kind in wanted.items()
        ]

        @functools.wraps(function)
        def run(**values: Any) -> Any:
            shared = {key: values.pop(key) for key in wanted}
            errand = errand_for(**shared)
            try:
                return function(errand, **values)
            except KeyboardInterrupt:
                raise cancelled() from None
            finally:
                errand.close()

        run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        COMMANDS.append(Command(name, text, run))
        return function

    return added


def errand_for(
    *,
    as_code: str | None = None,
    lang: str | None = None,
    store_url: str | None = None,
    on: date | None = None,
    at: AtTime | None = None,
    json: bool = False,
) -> Errand:
    """The errand for the options of a command line."""
    settings = load_settings(database=store_url, lang=lang)
    return Errand(settings, as_code=as_code, on=on, at=at, json=json)


def cancelled() -> Cancelled:
    """Ctrl+C outside of work that says itself what it kept."""
    return Cancelled("cancelled", N_("Cancelled: nothing was changed by what was under way."))
