"""What may be imported before the first frame, and which terminals are refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.base.errors import Refused
from tui import keys, terminal

GOOD = {"TERM": "xterm-256color"}

LOOK = """
import sys
import tui.open, tui.app, tui.driver, tui.terminal
print(" ".join(sorted(name for name in sys.modules if name.split(".")[0] in
      ("sqlmodel", "sqlalchemy", "pydantic", "phonenumbers", "typer", "alembic", "core"))))
"""


def test_the_first_frame_needs_no_database() -> None:
    seen = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True).stdout.split()
    outside = {name for name in seen if not name.startswith("core")}
    assert outside == set()
    assert not [name for name in seen if name.startswith("core.") and not name.startswith("core.base")]


@pytest.mark.parametrize(
    ("environ", "encoding", "size", "code"),
    [
        ({"TERM": "dumb"}, "utf-8", (80, 24), "terminal.dumb"),
        ({}, "utf-8", (80, 24), "terminal.dumb"),
        (GOOD, "ascii", (80, 24), "terminal.encoding"),
        (GOOD, "gb18030", (80, 24), "terminal.encoding"),
        # a server that lacks the terminal's own locale speaks UTF-8 to it, and would be believed
        ({**GOOD, "LC_ALL": "zh_CN.GB18030"}, "utf-8", (80, 24), "terminal.encoding"),
        ({**GOOD, "LANG": "de_DE.ISO-8859-15@euro"}, "utf-8", (80, 24), "terminal.encoding"),
        (GOOD, "utf-8", (79, 24), "terminal.small"),
        (GOOD, "utf-8", (80, 23), "terminal.small"),
    ],
)
def test_what_cannot_show_the_screens_is_refused_with_advice(
    environ: dict[str, str], encoding: str, size: tuple[int, int], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        terminal.decide(environ, encoding, size)
    assert refusal.value.code == code


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "zh_CN.utf8", "zh_CN.UTF-8@pinyin", "POSIX", ""])
def test_a_locale_that_says_utf_8_or_nothing_is_taken(locale: str) -> None:
    environ = {**GOOD, "LC_ALL": locale, "LANG": "zh_CN.UTF-8"}
    assert not terminal.decide(environ, "utf-8", (80, 24)).ascii


def test_a_plain_terminal_is_taken_and_the_users_own_settings_stay() -> None:
    assert terminal.decide({"TERM": "linux"}, "UTF-8", (80, 24)) == terminal.Terminal(plain=True)
    environ = {"ESCDELAY": "50"}
    terminal.prepare(environ)
    assert environ["ESCDELAY"] == "50"
    assert environ["TEXTUAL_THEME"] == "ansi-dark"


def test_no_key_is_one_that_terminals_send_as_another() -> None:
    for key in keys.KEYS:
        for name in key.keys:
            assert name not in ("ctrl+m", "ctrl+i", "ctrl+h")
            assert not name.startswith("alt+")


def test_every_action_has_a_key_that_no_input_method_swallows() -> None:
    daily = [key for key in keys.KEYS if key.rank and key.screen in ("today", "call", "review", "member", "find")]
    letters_only = {key.id for key in daily if all(keys.types(name) for name in key.keys)}
    assert letters_only <= {"skip", "why", "undo", "edit", "raise", "review_call", "history", "call", "gift"}


@pytest.mark.parametrize("screen", list(keys.SCREENS))
def test_no_two_actions_of_a_screen_share_a_key(screen: str) -> None:
    names = [name for key in keys.KEYS if key.screen == screen for name in key.keys]
    assert len(names) == len(set(names))
