"""One entry of the registry of actions (see `tui.keys`)."""

from __future__ import annotations

from dataclasses import dataclass


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
