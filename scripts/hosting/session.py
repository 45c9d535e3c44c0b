"""One session: a child of the host that works in somebody's terminal as if it had been started there."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

from scripts.hosting import place

PATIENCE = 10.0
"""Seconds that a terminal may take to say what it wants."""


def work(line: socket.socket) -> int:
    """Take the terminal over and show the screens; returns the exit code."""
    line.settimeout(PATIENCE)
    opening, terminals, _flags, _sender = socket.recv_fds(line, place.LARGEST, 3)
    line.settimeout(None)
    if len(terminals) != 3:
        return 1
    encoding, where, arguments, environment = place.unpacked(opening)
    _move_in(encoding, where, environment, terminals)
    threading.Thread(target=_listen, args=(line,), name="huifang-terminal", daemon=True).start()
    code = _open(arguments)
    with suppress(OSError, ValueError):
        # before the code: the terminal's end goes at once when it has that, and its going ends us
        sys.stdout.flush()
        sys.stderr.flush()
    with suppress(OSError):
        line.send(b"%d" % code)
    return code


def _move_in(encoding: str, where: str, environment: dict[str, str], terminals: list[int]) -> None:
    for number, handle in enumerate(terminals):
        os.dup2(handle, number)
        os.close(handle)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    with suppress(OSError):
        os.chdir(where)
    for name, handle, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        stream = open(handle, mode, encoding=encoding or "ascii", errors="backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _listen(line: socket.socket) -> None:
    """Turn what the terminal's end says into the signals it would have got itself."""
    while True:
        try:
            word = line.recv(16)
        except OSError:
            word = b""
        if word != place.WINDOW:
            os.kill(os.getpid(), signal.SIGTERM if word == place.END else signal.SIGHUP)
            return
        os.kill(os.getpid(), signal.SIGWINCH)


def _open(arguments: list[str]) -> int:
    from scripts.failures import guarded
    from scripts.opening import open_program, plain_opening

    given = ["open", *arguments]
    opening = plain_opening(given)
    if opening is not None:
        return guarded(lambda: open_program(opening), given)
    from scripts.app import run

    return run(given)
