"""Terminals old and new, and names that mean harm: each gets what it understands, and is given back as it was.

What a person sends in a morning is pressed on each: the list, a call, a member, help; then the program is left.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.base.clock import FixedClock
from core.store.engine import Store
from tests.patience import until
from tests.terminal.glass import START, Glass
from tests.tui.conftest import hostile, monday

pytestmark = pytest.mark.terminal

ENTER, ESCAPE, DOWN, F4 = "\r", "\x1b", "\x1b[B", "\x1bOS"

OLD = re.compile(rb"\x1b\[[0-9;]*[HmJKr]|\x1b[DM]|\x1b\[\?(?:1049|25|7)[hl]")
YOUNG = re.compile(
    rb"\x1b\[\?(?:1004|2004|2026)[hl]|\x1b\[\?2026\$p|\x1b\[[<>][0-9]*u"
    rb"|\x1b\]8;id=[0-9-]+;tel:[+0-9;=a-z]*\x1b\\|\x1b\]8;;\x1b\\"
)
STYLE = re.compile(rb"\x1b\[([0-9;]*)m")

MORNING = (
    (DOWN, "  20001", True),
    (F4, "< ared", True),
    (ESCAPE, "< ared", False),
    (ENTER, " 1/5 ", True),
    (ESCAPE, " 1/5 ", False),
    ("?", "+----", True),
    (ESCAPE, "+----", False),
)
"""Keys, a text, and whether they show it or take it away, in any language.

Each is waited for: Esc and what comes after it, read in one, are another key.
"""

Case = tuple[str, dict[str, str], tuple[int, int], bool]
CASES: dict[str, Case] = {
    "linux": ("zh", {"TERM": "linux", "LANG": "zh_CN.UTF-8"}, (80, 24), False),
    "vt100 ascii": (
        "en",
        {"TERM": "vt100", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        (80, 24),
        True,
    ),
    "xterm": ("en", {"TERM": "xterm", "LANG": "en_US.UTF-8"}, (132, 43), False),
    "xterm-256color": ("zh", {"TERM": "xterm-256color", "LANG": "C.UTF-8"}, (120, 40), False),
    "no colour": ("zh", {"TERM": "screen", "NO_COLOR": "1"}, (100, 30), False),
}


@pytest.fixture
def harm(lite: Store) -> Store:
    """Members whose names mean harm."""
    assert isinstance(lite.clock, FixedClock)
    hostile(lite)
    return lite


@pytest.fixture
def shop(lite: Store) -> Store:
    """The store of the sketch."""
    monday(lite)
    return lite


def morning(glass: Glass) -> int | None:
    """The list, a member, a call, help, and out."""
    glass.wait_for("20000")
    glass.settle(0.3)
    for key, text, shown in MORNING:
        glass.press(key)
        if shown:
            glass.wait_for(text)
        else:
            glass.wait_gone(text)
        glass.settle(0.15)
    return glass.leave()


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_terminal_gets_what_it_understands_and_is_given_back(case: Case, harm: Store, tmp_path: Path) -> None:
    lang, environ, size, ascii = case
    glass = Glass(tmp_path, str(harm.url), lang=lang, environ=environ, size=size, ascii=ascii)
    assert morning(glass) == 0
    plain = environ["TERM"] in ("linux", "vt100")
    rest = OLD.sub(b"", glass.raw)
    if not plain:
        rest = YOUNG.sub(b"", rest)
    assert not re.findall(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", rest)
    text = rest.decode("ascii" if ascii else "utf-8")
    assert not [c for c in text if "\x80" <= c <= "\x9f"]
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200d") & set(text)
    assert not re.search(rb"[34]8;[25];", glass.raw)
    codes = {code for style in STYLE.findall(glass.raw) for code in style.split(b";")}
    coloured = {code for code in codes if len(code) > 1}
    assert bool(coloured) != ("NO_COLOR" in environ or environ["TERM"] == "vt100"), coloured
    assert glass.restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(number: int, shop: Store, tmp_path: Path) -> None:
    glass = Glass(tmp_path, str(shop.url))
    glass.wait_for("欧阳明月")
    os.kill(glass.process.pid, number)
    assert glass.ended() == 0
    assert glass.restored()


def test_a_hang_up_ends_the_program(shop: Store, tmp_path: Path) -> None:
    glass = Glass(tmp_path, str(shop.url))
    glass.wait_for("欧阳明月")
    process = glass.process.pid
    glass.process.ptyproc.fileobj.close()
    until(lambda: os.waitpid(process, os.WNOHANG) != (0, 0), "it goes on without a terminal")
    glass.process.ptyproc.closed = glass.process.closed = True


CRASH = START.replace(
    "from tui.open import run",
    """from tui.open import run
from tui.screens.today import TodayScreen
def crash(self):
    raise RuntimeError("secret words")
TodayScreen.do_why = crash""",
)


def test_a_crash_leaves_the_terminal_as_it_was_and_says_so(shop: Store, tmp_path: Path) -> None:
    glass = Glass(tmp_path, str(shop.url), program=CRASH)
    glass.wait_for("欧阳明月")
    glass.settle()
    glass.press("w")
    assert glass.ended() == 1
    assert glass.restored()
    assert "屏幕只好关闭" in glass.text
    assert "secret words" not in glass.raw.decode()


def test_the_bytes_of_keys_and_of_a_call(shop: Store, tmp_path: Path) -> None:
    glass = Glass(tmp_path, str(shop.url), lang="zh")
    glass.wait_for("欧阳明月")
    glass.settle()
    keys = [glass.answer_after(DOWN)[1] for _ in range(5)]
    assert max(keys) <= 1500, keys  # 0.4 kB
    for _ in keys:
        glass.answer_after("\x1b[A")
    before = len(glass.raw)
    glass.press(ENTER)
    glass.wait_for("接通满意")
    glass.settle()
    glass.press("4")
    glass.wait_for("已保存: 李雷")
    glass.settle()
    assert len(glass.raw) - before <= 8000  # 6 kB; Textual alone sends 25
    assert glass.leave() == 0


def test_a_screen_written_over_is_painted_again(shop: Store, tmp_path: Path) -> None:
    glass = Glass(tmp_path, str(shop.url))
    glass.wait_for("欧阳明月")
    glass.wait_for("资料 82 %")
    glass.settle()
    whole = glass.text
    glass._stream.feed(b"\x1b[5;1HBroadcast message from root")
    glass.press("\x0c")
    glass.wait_until(lambda: glass.text == whole, "the screen is not painted again")
    assert glass.leave() == 0


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """A tmux server of this test's own."""
    program = shutil.which("tmux")
    if program is None:
        pytest.skip("tmux is not installed")
    command = [program, "-f", "/dev/null", "-S", str(tmp_path / "tmux.sock"), "-u"]
    yield command
    subprocess.run([*command, "kill-server"], check=False, capture_output=True)


def test_chinese_is_typed_through_tmux(tmux: list[str], shop: Store, tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "HUIFANG_HOME": str(tmp_path),
        "HUIFANG_DATABASE": str(shop.url),
        "LANG": "C.UTF-8",
    }
    program = START.format(staff="W1", lang="zh", ascii=False)
    root = str(Path(__file__).resolve().parents[2])
    new = [*tmux, "new-session", "-d", "-x", "80", "-y", "24", "-c", root, sys.executable, "-c", program]
    subprocess.run(new, check=True, env=environ)

    def seen() -> str:
        capture = [*tmux, "capture-pane", "-p"]
        return subprocess.run(capture, capture_output=True, text=True, check=True, env=environ).stdout

    def shows(text: str) -> None:
        until(lambda: text in seen(), seen)

    def send(*keys: str) -> None:
        subprocess.run([*tmux, "send-keys", *keys], check=True, env=environ)

    shows("欧阳明月")
    shows("资料 82 %")
    send("/")
    shows("F2")
    send("-l", "欧阳")
    shows("10236")
    send("Enter")
    shows("139****8002")
