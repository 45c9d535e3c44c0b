"""Finding members while one types: asked for after a pause, or at once by Enter.

Whoever is taken by a key is found by what was typed, never by fewer letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.timer import Timer

from tui.jobs.member import MembersFound, find

if TYPE_CHECKING:
    from tui.gateway import Gateway

PAUSE_SECONDS = 0.12
"""After the last key; results come while one types."""


class Finding:
    """What is typed on a screen, what its list was found by, and whether Enter waits for the rest."""

    def __init__(self, screen: Screen[Any], gateway: Gateway) -> None:
        self._screen = screen
        self._gateway = gateway
        self._pause: Timer | None = None
        self._typed = ""
        self._listed = ""
        self._awaited = ""

    def type(self, text: str) -> bool:
        """Look for `text` after a pause; False where there is nothing to look for."""
        self._stop()
        self._typed, self._listed, self._awaited = text.strip(), "", ""
        if not self._typed:
            return False
        self._pause = self._screen.set_timer(PAUSE_SECONDS, self._ask)
        return True

    def settled(self, deed: str = "pick") -> bool:
        """Whether the list shows what is typed; what quick fingers asked for is kept until it does."""
        if self._typed == self._listed:
            return True
        self._awaited = deed
        self._stop()
        self._ask()
        return False

    def found(self, words: str) -> bool:
        """Whether the members found by `words` are those to list: more may have been typed since."""
        if words != self._typed:
            return False
        self._listed = words
        return True

    def asked_for(self) -> str:
        """What was asked for before the list was there, told once; empty where nothing was."""
        awaited, self._awaited = self._awaited, ""
        return awaited

    def _ask(self) -> None:
        self._gateway.ask(self._screen, MembersFound, find(self._typed), latest="find")

    def _stop(self) -> None:
        if self._pause is not None:
            self._pause.stop()
