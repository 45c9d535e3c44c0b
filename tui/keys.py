"""The one registry of actions: it feeds the bindings, the bottom line, help, the palette and the printed key card.

The actions stand screen by screen in `tui.keymap`. Never ctrl+m, ctrl+i, ctrl+h (they arrive as Enter, Tab,
Backspace) nor alt with a letter (it types). Digits and letters never fire in a text field; so each main action has
an F-key too, which no input method swallows.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from core.base.language import N_, Catalogue
from tui.keymap.calling import CALLING_KEYS
from tui.keymap.everywhere import EVERYWHERE, EVERYWHERE_KEYS
from tui.keymap.handovers import HANDOVER_KEYS
from tui.keymap.key import Key
from tui.keymap.matters import MATTER_KEYS
from tui.keymap.recovery import RECOVERY_KEYS
from tui.keymap.supervising import SUPERVISING_KEYS

COMMON_RANK = 20
"""Actions of this rank and above stand at the right end of the bottom line, on every screen."""

KEYS: tuple[Key, ...] = (
    *CALLING_KEYS,
    *HANDOVER_KEYS,
    *SUPERVISING_KEYS,
    *MATTER_KEYS,
    *RECOVERY_KEYS,
    *EVERYWHERE_KEYS,
)

SCREENS: dict[str, str] = {
    "today": N_("Today"),
    "call": N_("Call"),
    "review": N_("Review"),
    "member": N_("Member"),
    "find": N_("Find"),
    "handover": N_("Handover"),
    "handover_open": N_("Handover application"),
    "handover_new": N_("New application"),
    "handover_log": N_("Handover log"),
    "board": N_("Board"),
    "complaints": N_("Complaints"),
    "problems": N_("Problems"),
    "suggestions": N_("Suggestions"),
    "matter": N_("Complaint or problem"),
    "report": N_("Reports"),
    "recovery": N_("Recovery"),
    "gifts": N_("Gifts"),
    "people": N_("People"),
    "audit": N_("Who changed this?"),
    EVERYWHERE: N_("Everywhere"),
}

_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "ctrl+p": "^p",
    "ctrl+q": "^q",
}


def keys_of(screen: str) -> list[Key]:
    """The actions of a screen, then those that hold everywhere and are not replaced there."""
    own = [key for key in KEYS if key.screen == screen]
    names = {key.id for key in own}
    return own + [key for key in KEYS if key.screen == EVERYWHERE and key.id not in names]


def bindings(screen: str) -> list[Binding]:
    """Textual's bindings for a screen; a screen's own key goes before one that holds everywhere."""
    taken: set[str] = set()
    made: list[Binding] = []
    for key in keys_of(screen):
        free = [name for name in key.keys if name not in taken]
        taken.update(free)
        if free:
            made.append(Binding(",".join(free), f"key('{key.id}')", show=False))
    return made


def name_of(key: str) -> str:
    """A key as it is printed: Enter, Esc, F8, ?, n."""
    return _SHOWN.get(key, key.upper() if key.startswith("f") and key[1:].isdigit() else key)


def types(key: str) -> bool:
    """Whether the key types a character where a text field has the focus."""
    return len(key) == 1 or key in ("question_mark", "slash")


def bottom(keys: Iterable[Key], typing: bool) -> list[tuple[str, Key]]:
    """The keys of the bottom line that work now, the most used first."""
    line: list[tuple[str, Key]] = []
    for key in sorted((key for key in keys if key.rank), key=lambda key: key.rank):
        usable = [name for name in key.keys if not (typing and types(name))]
        if usable:
            line.append((name_of(usable[0]), key))
    return line


def key_card(words: Catalogue) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Every key by screen, for the printed key card: (screen, ((keys as printed, what it does), ...))."""
    return tuple(
        (
            words.say(title),
            tuple(
                (" ".join(name_of(name) for name in key.keys), words.say(key.help))
                for key in KEYS
                if key.screen == screen and key.keys
            ),
        )
        for screen, title in SCREENS.items()
    )
