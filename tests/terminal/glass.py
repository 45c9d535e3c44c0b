"""The program in a real pseudo-terminal, with pyte as the glass: what a caller's terminal would show."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect
import pyte

from tests.patience import PATIENCE

START = """
import sys
from datetime import date, time
from core.base.settings import load_settings
from tui.open import run
day = dict(on=date(2026, 11, 23), at_time=time(9, 42))
sys.exit(run(load_settings(), staff={staff!r}, lang={lang!r}, ascii={ascii!r}, **day))
"""
ATTACH = """
import sys
from scripts.entry import main
day = ["--on", "2026-11-23", "--at", "09:42"]
sys.exit(main(["attach", "--staff", {staff!r}, "--lang", {lang!r}, *day, *["--ascii"] * {ascii!r}]))
"""
PRIVATE = re.compile(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z$]|\x1b\[\?[0-9;$]*[a-zA-Z]+")


class Glass:
    """One terminal with the program in it."""

    def __init__(
        self,
        home: Path,
        database: str,
        *,
        staff: str = "W1",
        lang: str = "zh",
        size: tuple[int, int] = (80, 24),
        environ: Mapping[str, str] | None = None,
        program: str = START,
        ascii: bool = False,
    ) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        env = {
            **os.environ,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "HUIFANG_HOME": str(home),
            "HUIFANG_DATABASE": database,
            **(environ or {}),
        }
        self.started = time.perf_counter()
        self.process = pexpect.spawn(
            sys.executable,
            ["-c", program.format(staff=staff, lang=lang, ascii=ascii)],
            env=env,
            dimensions=(size[1], size[0]),
            timeout=PATIENCE,
            cwd=str(Path(__file__).resolve().parents[2]),
        )
        self.modes = termios.tcgetattr(self.process.fileno())
        self.sent = 0
        self.raw = b""

    def read(self, seconds: float) -> int:
        """Take in what comes within `seconds`; returns the number of bytes."""
        ready, _, _ = select.select([self.process.fileno()], [], [], seconds)
        if not ready:
            return 0
        try:
            data = os.read(self.process.fileno(), 65536)
        except OSError:
            return 0
        self.raw += data
        self._stream.feed(PRIVATE.sub(b"", data))
        return len(data)

    def wait_for(self, text: str, seconds: float = PATIENCE) -> float:
        """Read until the screen shows the text; returns the seconds since the program was started."""
        self.wait_for_any([text], seconds)
        return time.perf_counter() - self.started

    def wait_for_any(self, texts: Sequence[str], seconds: float = PATIENCE) -> str:
        """Read until the screen shows one of the texts; returns the first that it shows."""
        wanted = " or ".join(map(repr, texts))
        self.wait_until(lambda: any(text in self.text for text in texts), f"{wanted} never came", seconds)
        return next(text for text in texts if text in self.text)

    def wait_gone(self, text: str) -> None:
        """Read until the screen shows the text no more."""
        self.wait_until(lambda: text not in self.text, f"{text!r} stays")

    def wait_until(self, true: Callable[[], object], otherwise: str, seconds: float = PATIENCE) -> None:
        """Read until something is so."""
        until = time.perf_counter() + seconds
        while not true():
            if time.perf_counter() > until:
                raise AssertionError(f"{otherwise}:\n{self.text}")
            self.read(0.05)

    def settle(self, quiet: float = 0.4) -> int:
        """Read until nothing has come for `quiet` seconds; returns the number of bytes."""
        total = 0
        while count := self.read(quiet):
            total += count
        return total

    def press(self, keys: str) -> None:
        """Send keys as a terminal does."""
        os.write(self.process.fileno(), keys.encode())

    def answer_after(self, keys: str, limit: float = 2.0) -> tuple[float, int]:
        """Send keys; the seconds until the first byte of the answer, and the bytes of all of it."""
        begun = time.perf_counter()
        self.press(keys)
        count = self.read(limit)
        waited = time.perf_counter() - begun
        return waited, count + self.settle(0.1)

    def resize(self, columns: int, lines: int) -> None:
        """The window is that large from now on."""
        self.process.setwinsize(lines, columns)
        self.screen.resize(lines, columns)

    def restored(self) -> bool:
        """Whether the ended program gave the terminal back as it was: its modes, its screen, its cursor."""
        after = self.raw[self.raw.rindex(b"\x1b[?1049h") :]
        ways = [(b"\x1b[?1049l", b"\x1b[?1049h"), (b"\x1b[?25h", b"\x1b[?25l"), (b"\x1b[?7h", b"\x1b[?7l")]
        ways += [(b"\x1b[?2004l", b"\x1b[?2004h"), (b"\x1b[?1004l", b"\x1b[?1004h"), (b"\x1b[<u", b"\x1b[>")]
        back = all(after.rfind(off) > after.rfind(on) or on not in after for off, on in ways)
        return back and self.left == self.modes

    @property
    def text(self) -> str:
        """The screen as text, wide characters once."""
        lines = []
        for y in range(self.screen.lines):
            row = self.screen.buffer[y]
            lines.append("".join(row[x].data for x in range(self.screen.columns)).rstrip())
        return "\n".join(lines)

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self.process.kill(signal.SIGKILL)
        self.process.close(force=True)

    def leave(self, seconds: float = PATIENCE) -> int | None:
        """Leave with ctrl+q; the exit code."""
        self.press("\x11")
        return self.ended(seconds)

    def ended(self, seconds: float = PATIENCE) -> int | None:
        """Read until the program has ended; its exit code."""
        until = time.perf_counter() + seconds
        while self.process.isalive():
            self.read(0.1)
            if time.perf_counter() > until:
                raise AssertionError(f"the program did not leave:\n{self.text}")
        while self.read(0.1):
            pass
        self.left = termios.tcgetattr(self.process.fileno())
        self.process.close()
        code: int | None = self.process.exitstatus
        return code
