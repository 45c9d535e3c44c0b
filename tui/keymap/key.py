"""One entry of the registry of actions (see `tui.keys`), and the entries that many screens have."""

from __future__ import annotations

from dataclasses import dataclass

from core.base.language import N_


@dataclass(frozen=True, slots=True)
class Key:
    """An action: its keys in Textual's names (the first is shown), its words, and where it stands.

    `rank` is its place in the bottom line, smallest first; 0 keeps it out of there.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    screen: str
    rank: int = 0


def way_back(screen: str, rank: int) -> Key:
    """Esc, from a screen to the one below it."""
    return Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), screen, rank)


def who_changed(screen: str, keys: tuple[str, ...] = ("y",)) -> Key:
    """The history of the record under the cursor."""
    help = N_("Who changed this record: when, from what to what, and why.")
    return Key("audit", keys, N_("who changed?"), help, screen)
