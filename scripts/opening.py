"""Opening the screens: what the arguments ask for, and whether there is a store to open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Opening:
    """What `huifang open` was asked for."""

    staff: str | None = None
    on: date | None = None
    at: time | None = None
    lang: str | None = None
    store_url: str | None = None
    ascii: bool = False


_OPTIONS = {"--staff": "staff", "--on": "on", "--at": "at", "--lang": "lang", "--store-url": "store_url"}


def plain_opening(arguments: Sequence[str]) -> Opening | None:
    """The opening that the arguments ask for, None where they need the full command line to be understood."""
    rest = list(arguments[1:] if arguments[:1] == ["open"] else arguments)
    values: dict[str, object] = {}
    while rest:
        name, joined, value = rest.pop(0).partition("=")
        if name == "--ascii" and not joined:
            values["ascii"] = True
            continue
        if name not in _OPTIONS or not (joined or rest):
            return None
        value = value if joined else rest.pop(0)
        try:
            values[_OPTIONS[name]] = {"--on": date.fromisoformat, "--at": time.fromisoformat}.get(name, str)(value)
        except ValueError:
            return None
    return Opening(**values)  # type: ignore[arg-type]


def open_program(opening: Opening) -> int:
    """Open the screens. Raises StoreTrouble where there is no store to open."""
    from core.base.errors import StoreTrouble
    from core.base.language import N_, catalogue
    from core.base.settings import load_settings

    settings = load_settings(database=opening.store_url, lang=opening.lang)
    if settings.lang is not None:
        catalogue(settings.lang)
    file = sqlite_file(settings.database)
    if file is not None and not file.exists():
        raise StoreTrouble(
            "store.none_to_open",
            N_(
                "There is no Huifang store at {where} yet. `huifang init` makes one; "
                "`huifang demo` opens a throw-away one to look around."
            ),
            where=file,
        )
    from tui.open import run

    return run(
        settings,
        staff=opening.staff or settings.staff,
        on=opening.on,
        at_time=opening.at,
        lang=settings.lang,
        ascii=opening.ascii,
    )


def sqlite_file(database: str) -> Path | None:
    """The file of a SQLite address, None for a database server."""
    scheme, _, path = database.partition("///")
    return Path(path) if scheme.startswith("sqlite") and path else None
