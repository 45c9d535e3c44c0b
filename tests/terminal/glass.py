"""The program in a real pseudo-terminal, with pyte as the glass: what a caller's terminal would show."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pyte

START = """
import sys
from datetime import date, time
from core.base.settings import load_settings
from tui.open import run
sys.exit(run(load_settings(), staff={staff!r}, on=date(2026, 11, 23), at_time=time(9, 42), lang={lang!r}))
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
            ["-c", program.format(staff=staff, lang=lang)],
            env=env,
            dimensions=(size[1], size[0]),
            timeout=20,
            cwd=str(Path(__file__).resolve().parents[2]),
        )
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

    def wait_for(self, text: str, seconds: float = 20.0) -> float:
        """Read until the screen shows the text; returns the seconds since the program was started."""
        until = time.perf_counter() + seconds
        while text not in self.text:
            if time.perf_counter() > until:
                raise AssertionError(f"{text!r} never came:\n{self.text}")
            self.read(0.05)
        return time.perf_counter() - self.started

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

    def leave(self, seconds: float = 20.0) -> int | None:
        """Leave with ctrl+q; the exit code."""
        self.press("\x11")
        until = time.perf_counter() + seconds
        while self.process.isalive():
            self.read(0.1)
            if time.perf_counter() > until:
                raise AssertionError(f"the program did not leave:\n{self.text}")
        self.process.close()
        code: int | None = self.process.exitstatus
        return code
