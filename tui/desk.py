"""What jobs work with on the gateway's threads: the open store, and who acts. Core is imported here."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.base.errors import Refused
from core.base.language import N_, Catalogue, catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from core.base.actor import Actor
    from core.base.clock import Clock
    from core.base.rulebook import Rulebook
    from core.base.settings import Settings
    from core.people.views import StaffRow
    from core.store.engine import Store


@dataclass(frozen=True, slots=True)
class Session:
    """Who works here: what the screens need to know all the time."""

    code: str
    name: str
    role: str
    store_code: str
    store_name: str
    language: str | None
    zone: str
    rulebook: Rulebook
    secret: bool = False
    """Whether they have a PIN or password, which a locked screen asks for."""


class Desk:
    """The open store, the staff member at it, and this terminal's name."""

    def __init__(self, store: Store, folder: Path | None = None) -> None:
        self.store = store
        self._folder = folder
        self.terminal = f"{socket.gethostname()}:{os.getpid()}"
        self._actor: Actor | None = None
        self.waiting: Actor | None = None

    @property
    def actor(self) -> Actor:
        """Who acts. Raises Refused before anybody signed in."""
        if self._actor is None:
            raise Refused("desk.nobody", N_("Nobody has signed in yet: choose who works here."))
        return self._actor

    @property
    def rulebook(self) -> Rulebook:
        """The rules this store works by."""
        return self.store.rulebook

    def printed(self) -> Path:
        """The folder for what is printed or exported, there from now on. Raises Refused where it can't be made."""
        from core.base.outside import reason_of
        from core.base.settings import load_settings

        folder = (self._folder or load_settings().home) / "printed"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(
                "desk.no_folder",
                N_("The folder {folder} can't be made: {reason}. Ask your administrator."),
                folder=folder,
                reason=reason_of(error),
            ) from error
        return folder

    def close(self) -> None:
        """Give the store's connections back."""
        self.store.close()

    def sign_in(self, code: str) -> Session:
        """Let a staff member work here of whom no PIN is asked. Raises NotFound for an unknown code."""
        from core.people.views import staff_actor

        return self.let_in(staff_actor(self.store, code))

    def let_in(self, actor: Actor, *, waiting: bool = False) -> Session:
        """Let an actor work here from now on, or with `waiting` once they have chosen a PIN of their own."""
        from core.base.clock import DEFAULT_ZONE
        from core.people.signin import has_secret
        from core.people.views import staff_rows

        row = next(row for row in staff_rows(self.store) if row.code == actor.code)
        self.waiting, self._actor = (actor, None) if waiting else (None, actor)
        zone = getattr(row, "time_zone", None) or DEFAULT_ZONE
        return Session(
            code=row.code,
            name=row.name,
            role=str(row.role),
            store_code=row.store_code,
            store_name=row.store_name,
            language=row.language,
            zone=zone,
            rulebook=self.store.rulebook,
            secret=has_secret(self.store, actor),
        )

    def staff(self) -> tuple[StaffRow, ...]:
        """Everybody who may sign in."""
        from core.people.views import staff_rows

        return staff_rows(self.store)

    def words(self, lang: str) -> Catalogue:
        """The words of a language."""
        return catalogue(lang)


def open_desk(settings: Settings, clock: Clock) -> Desk:
    """Open the store that the settings name. Raises StoreTrouble in words where it can't be used."""
    from core.base.rulebook import load_rulebook
    from core.store.engine import Store

    store = Store(settings.database, clock, load_rulebook(settings.overrides), replica=settings.replica)
    store.verify()
    return Desk(store, settings.home)
