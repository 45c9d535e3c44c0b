"""Hosts for tests: `huifang host` itself, or a bare one that is there at once and loads what its sessions need."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from scripts.hosting import place
from tests.terminal.glass import ATTACH, Glass

ROOT = Path(__file__).resolve().parents[2]
LOADED = "import sys; from scripts.entry import main; sys.exit(main(['host', '--sessions', sys.argv[2]]))"
BARE = "import sys; from scripts.hosting.host import Host; Host(sys.argv[1], int(sys.argv[2])).run()"
PATIENCE = 90.0
"""Seconds, on a busy machine: a host rehearses three times before it opens its door."""


class WarmHost:
    """A host in `home`, as a process of its own."""

    def __init__(self, home: Path, limit: int = 20, *, loaded: bool = True) -> None:
        self.home = home
        before = self._name()
        command = [sys.executable, "-c", LOADED if loaded else BARE, str(home), str(limit)]
        environ = {**os.environ, "LANG": "C.UTF-8", "HUIFANG_HOME": str(home)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        self.until(lambda: self._name() not in (None, before), "the host never opened its door")

    def _name(self) -> int | None:
        path = self.home / place.NAME
        return path.stat().st_ino if path.exists() else None

    def until(self, true: object, otherwise: str) -> None:
        """Wait until something is so."""
        assert callable(true)
        end = time.perf_counter() + PATIENCE
        while not true():
            assert time.perf_counter() < end, otherwise
            time.sleep(0.02)

    @property
    def sessions(self) -> list[int]:
        """The sessions at work; the fork that waits is the youngest child."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(number) for number in listed.split()][:-1]

    def attach(self, database: str, **more: object) -> Glass:
        """A terminal with the program in the host."""
        return Glass(self.home, database, program=ATTACH, **more)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End the host; its sessions go on."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
