"""Hosts for tests: `huifang host` itself, or a bare one that is there at once and loads what its sessions need."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.hosting import place
from tests.patience import PATIENCE, until
from tests.terminal.glass import ATTACH, Glass

ROOT = Path(__file__).resolve().parents[2]
LOADED = "import sys; from scripts.entry import main; sys.exit(main(['host', '--sessions', sys.argv[2]]))"
BARE = "import sys; from scripts.hosting.host import Host; Host(sys.argv[1], int(sys.argv[2])).run()"


class WarmHost:
    """A host in `home`, as a process of its own."""

    def __init__(self, home: Path, limit: int = 20, *, loaded: bool = True) -> None:
        self.home = home
        before = self._name()
        command = [sys.executable, "-c", LOADED if loaded else BARE, str(home), str(limit)]
        environ = {**os.environ, "LANG": "C.UTF-8", "HUIFANG_HOME": str(home)}
        listen, speak = os.pipe()  # by this input one knows the host and the fork that waits
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=listen, stdout=subprocess.DEVNULL)
        self._input = os.readlink(f"/proc/self/fd/{listen}")
        os.close(listen)
        os.close(speak)
        self.until(lambda: self._name() not in (None, before), "the host never opened its door")

    def _name(self) -> int | None:
        path = self.home / place.NAME
        return path.stat().st_ino if path.exists() else None

    def until(self, true: Callable[[], object], otherwise: str) -> None:
        """Wait until something is so."""
        until(true, otherwise)

    @property
    def children(self) -> list[int]:
        """Its sessions and the fork that waits."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(number) for number in listed.split()]

    @property
    def sessions(self) -> list[int]:
        """The sessions at work, and those that have ended while the host has not noticed."""
        return [child for child in self.children if not self._waits(child)]

    @property
    def spare(self) -> int:
        """The fork that waits, as soon as there is one."""
        until(lambda: any(map(self._waits, self.children)), "no fork waits")
        return next(filter(self._waits, self.children))

    def _waits(self, child: int) -> bool:
        try:
            return os.readlink(f"/proc/{child}/fd/0") == self._input
        except OSError:
            return False  # it has ended

    def attach(self, database: str, **more: object) -> Glass:
        """A terminal with the program in the host."""
        return Glass(self.home, database, program=ATTACH, **more)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End the host; its sessions go on."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
