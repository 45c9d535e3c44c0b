"""The warm host: the program is loaded once, and every session is a fork of it (PRODUCT.md R16.3).

It holds no store, no thread and nobody's data. One fork is always ready, so that nobody waits for it. A session
that dies takes nobody along, and the sessions outlive the host. A newer host takes the socket over and sends the
older one into retirement: it takes what still knocks, and ends when its sessions have.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

from core.base.errors import Refused
from core.base.language import N_
from scripts.hosting import place

RETIRE = signal.SIGUSR1
WAITING = 128
"""Terminals that may knock at once."""

LAST_KNOCK = 1.0
"""Seconds without a knock after which a retired host stops listening."""

_OWN_SIGNALS = (RETIRE, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Ended(Exception):
    """The host was asked to end."""


@dataclass(frozen=True, slots=True)
class Fork:
    """A child: its number, a handle that tells when it has ended, and the way to it while it waits."""

    process: int
    handle: int
    way: socket.socket


class Host:
    """Waits at the socket in `within` and hands terminals to forks of itself; `limit` sessions at most."""

    def __init__(self, within: str, limit: int) -> None:
        self._within = within
        self._limit = limit
        self._door: socket.socket | None = None
        self._name: tuple[int, int] | None = None
        self._sessions: dict[int, int] = {}
        self._spare: Fork | None = None
        self._retired = False
        self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self) -> None:
        """Take the socket over and serve until asked to end. Raises Refused where a thread runs here."""
        signal.signal(RETIRE, self._retire)
        for number in _OWN_SIGNALS[1:]:
            signal.signal(number, _end)
        try:
            self._spare = self._fork()
            before = place.reach(self._within)
            self._open_door()
            if before is not None:
                os.kill(place.peer(before)[0], RETIRE)
                before.close()
            while self._door is not None or self._sessions:
                self._wait()
        except Ended:
            pass
        finally:
            self._dismiss_spare()
            self._take_name_down()

    # The door

    def _open_door(self) -> None:
        address = place.Address(self._within)
        new = f"{place.NAME}.{os.getpid()}"
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        mask = os.umask(0o177)
        try:
            self._door.bind(address.of(new))
        finally:
            os.umask(mask)
        self._door.listen(WAITING)
        self._door.setblocking(False)
        os.rename(address.of(new), address.of())  # at once: no terminal finds the place empty
        found = os.stat(address.of())
        self._name = found.st_dev, found.st_ino
        address.close()

    def _take_name_down(self) -> None:
        path = os.path.join(self._within, place.NAME)
        with suppress(OSError):
            found = os.stat(path)
            if (found.st_dev, found.st_ino) == self._name:
                os.unlink(path)

    def _retire(self, _number: int, _frame: FrameType | None) -> None:
        self._retired = True
        os.write(self._bell[1], b"x")  # the waiting goes on after a signal as if there had been none

    def _wait(self) -> None:
        """Until somebody knocks, or a session ends."""
        doors: list[Any] = [self._door] if self._door is not None else []
        # a retired host looks again soon: whoever found its socket just before the newer one's has yet to knock
        patience = LAST_KNOCK if self._retired and doors else None
        ready, _, _ = select.select([*doors, self._bell[0], *self._sessions], [], [], patience)
        if self._bell[0] in ready:
            os.read(self._bell[0], 16)
        for handle in ready:
            if handle in self._sessions:
                os.waitpid(self._sessions.pop(handle), 0)
                os.close(handle)
        if self._door is not None and (self._door in ready or self._retired):
            self._let_in(self._door)
        if self._retired and not ready and self._door is not None:
            self._door.close()
            self._door = None
            self._dismiss_spare()

    def _let_in(self, door: socket.socket) -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line:
                if place.peer(line)[1] != os.getuid():
                    continue
                if len(self._sessions) >= self._limit:
                    with suppress(OSError):
                        line.send(place.FULL)
                    continue
                self._hand_over(line)
            # only now: a fork that held this line too would keep the terminal's end waiting for a dead session
            self._spare = self._fork()

    # The forks

    def _hand_over(self, line: socket.socket) -> None:
        """Give a terminal to the fork that waits."""
        while True:
            spare = self._spare or self._fork()
            self._spare = None
            with spare.way:
                try:
                    socket.send_fds(spare.way, [b"x"], [line.fileno()])
                    break
                except OSError:  # it was killed while it waited
                    os.waitpid(spare.process, 0)
                    os.close(spare.handle)
        self._sessions[spare.handle] = spare.process

    def _fork(self) -> Fork:
        alone()
        sys.stdout.flush()
        sys.stderr.flush()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = os.fork()
        if child == 0:
            ours.close()
            self._be_session(theirs)
        theirs.close()
        return Fork(child, os.pidfd_open(child), ours)

    def _be_session(self, way: socket.socket) -> None:
        """In the child: let go of all that is the host's, wait for a terminal, work, end; never returns."""
        code = 1
        try:
            os.setsid()
            for number in _OWN_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            for handle in (*self._bell, *self._sessions):
                os.close(handle)
            if self._door is not None:
                self._door.close()
            from scripts.hosting.session import work

            _, lines, _, _ = socket.recv_fds(way, 16, 1)
            way.close()
            if lines:
                code = work(socket.socket(fileno=lines[0]))
        except (OSError, ValueError):
            pass  # a terminal that went before it said what it wants
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _dismiss_spare(self) -> None:
        if self._spare is not None:
            self._spare.way.close()
            os.waitpid(self._spare.process, 0)
            os.close(self._spare.handle)
            self._spare = None


def _end(_number: int, _frame: FrameType | None) -> None:
    raise Ended


def alone() -> None:
    """Raise Refused where a thread runs: it would be missing, with whatever it holds, in every session."""
    if len(os.listdir("/proc/self/task")) != 1:
        raise Refused("host.thread", N_("The host can't start sessions: a thread is running in it. Restart it."))
