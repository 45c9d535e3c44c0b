"""A session with a pseudo-terminal of our own: in the warm host, or without one in a process of its own."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import termios
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from scripts.hosting import place

SIZES = (20, 500)
"""The least and the most columns or lines that are believed."""

_OPEN = "import sys; from scripts.entry import main; sys.exit(main(sys.argv[1:]))"


class PseudoTerminal:
    """One session; what it shows goes to `show`, and `ended` is awaited when it is over."""

    def __init__(self, show: Callable[[bytes], Awaitable[None]], ended: Callable[[], Awaitable[object]]) -> None:
        self._show = show
        self._ended = ended
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._keys: asyncio.WriteTransport | None = None
        self._pump: asyncio.Task[None] | None = None
        self._terminal = -1

    async def start(
        self, columns: int, lines: int, environment: Mapping[str, str], options: Sequence[str] = ()
    ) -> None:
        """Open the program in it."""
        self._terminal, inside = os.openpty()
        self._resize(columns, lines)
        try:
            self._line = place.reach(place.folder())
            if self._line is not None:
                opening = place.packed("utf-8", list(options), environment)
                socket.send_fds(self._line, [opening], [inside] * 3)
            else:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _OPEN, "open", *options],
                    stdin=inside, stdout=inside, stderr=inside, env=dict(environment), start_new_session=True,
                )  # fmt: skip
        finally:
            os.close(inside)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 16)
        await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(os.dup(self._terminal), "rb", 0)
        )
        self._keys, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(os.dup(self._terminal), "wb", 0))
        self._pump = asyncio.create_task(self._carry(reader))

    async def _carry(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 15):
                await self._show(data)
        await self._ended()

    async def send_bytes(self, data: bytes) -> bool:
        """Press keys."""
        if self._keys is not None:
            self._keys.write(data)
        return True

    async def set_terminal_size(self, columns: int, lines: int) -> None:
        """The window is that large now."""
        self._resize(columns, lines)
        with suppress(OSError):
            if self._line is not None:
                self._line.send(place.WINDOW)
            if self._process is not None:
                self._process.send_signal(signal.SIGWINCH)

    async def blur(self) -> None:
        """The window is not in front: nothing depends on it."""

    async def focus(self) -> None:
        """The window is in front again."""

    async def stop(self) -> None:
        """Hang up: the session keeps what was typed and ends."""
        if self._pump is not None:
            self._pump.cancel()
        if self._keys is not None:
            self._keys.abort()
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)
            await asyncio.to_thread(self._process.wait)

    def _resize(self, columns: int, lines: int) -> None:
        least, most = SIZES
        columns, lines = (max(least, min(int(value), most)) for value in (columns, lines))
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
