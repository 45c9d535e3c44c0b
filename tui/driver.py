"""Textual's Linux driver, for slow lines and plain terminals too: Esc answers at once, idle it wakes nobody.

Textual looks every 100 ms whether an ESC byte stayed alone. Here the wait has no end until something comes, and
is as short as the parser asks (ESCDELAY) only after an ESC byte came; a pipe ends it when the program stops.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from codecs import getincrementaldecoder
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any, TextIO, cast

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from tui.glyphs import as_ascii
from tui.haste import settled
from tui.terminal import HEIGHT, WIDTH, Terminal
from tui.thrift import Shown

HASTE = 2.0
"""Seconds within which a key may follow another before that one has had its effect."""

PATIENCE = 0.5
"""Seconds at most that a key waits for the one before it."""

_FANCY = ("\x1b[?1004", "\x1b[?2004", "\x1b[?2026", "\x1b[>", "\x1b[<")
"""Questions and modes of younger terminals; an old one may print them."""


class Line:
    """The line to the terminal; what is sent after a hang-up is lost, and nobody is told off for it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The number of the file."""
        return self._file.fileno()


class PromptDriver(LinuxDriver):
    """A Linux driver without the fixed wait, that knows what the terminal shows and what it can take."""

    terminal = Terminal()
    _room = (WIDTH, HEIGHT)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        assert sys.__stderr__ is not None
        self._file = cast("Any", Line(sys.__stderr__))
        self._waking, self._wake = os.pipe()
        self._last_key = -HASTE
        self._shown = Shown(
            as_ascii if self.terminal.ascii else None, links=not self.terminal.plain, colours=self.terminal.colours
        )
        self._room = self._get_terminal_size()

    # Sending

    def write(self, data: str) -> None:
        """Send what the terminal does not show yet."""
        if self.terminal.plain and data.startswith(_FANCY):
            return
        if self._shown.size != self._room:
            self._shown.fit(*self._room)
        if fewest := self._shown.fewest(data):
            super().write(fewest)

    def repaint(self) -> None:
        """Forget what the terminal shows: something else has written on it."""
        self._shown.fit(*self._room)

    def start_application_mode(self) -> None:
        """Take the terminal; from here on the end of the line and of the machine come as an orderly leaving."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(name, self._leave)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was; one without a second screen is given back empty."""
        super().stop_application_mode()
        if self.terminal.plain:
            super().write("\x1b[m\x1b[2J\x1b[H")

    def _get_terminal_size(self) -> tuple[int, int]:
        with suppress(OSError):
            found = os.get_terminal_size(self.fileno)
            self._room = found.columns, found.lines
        return self._room

    def _query_in_band_window_resize(self) -> None:
        """SIGWINCH says it: one way is enough."""

    # Receiving

    def _leave(self) -> None:
        getattr(self._app, "leave", self._app.exit)()

    def disable_input(self) -> None:
        """End the input thread's wait, then stop it."""
        if self._key_thread is None or not self._key_thread.is_alive():
            super().disable_input()
            return
        # the byte stays in the pipe until the thread has ended: it may wake before it has been told to stop
        os.write(self._wake, b"x")
        super().disable_input()
        os.read(self._waking, 1)

    def run_input_thread(self) -> None:
        """Turn bytes into events until told to stop."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("ignore").decode
        try:
            while not self.exit_event.is_set():
                ready, _, _ = select.select([self.fileno, self._waking], [], [], _patience(parser))
                if self.fileno in ready:
                    data = self._typed()
                    if not data:  # the terminal is gone: what was typed is kept, and the program ends
                        self._app.call_later(self._leave)
                        break
                    for event in parser.feed(decode(data)):
                        self._pass_on(event)
                for event in parser.tick():
                    self._pass_on(event)
        finally:
            with suppress(EOFError, ParseError):
                list(parser.feed(""))

    def _pass_on(self, event: Message) -> None:
        """Give the program an event; a key only when the one before it has had its effect."""
        if not isinstance(event, Key):
            self.process_message(event)
            return
        if get_time() - self._last_key < HASTE and not self.exit_event.is_set():
            waiting = asyncio.run_coroutine_threadsafe(settled(self._app), self._loop)
            # while the program ends nothing answers any more, and nothing needs to
            with suppress(TimeoutError, CancelledError):
                waiting.result(PATIENCE)
            waiting.cancel()
        self.process_message(event)
        self._last_key = get_time()

    def _typed(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""


def _patience(parser: XTermParser) -> float | None:
    """Seconds until a started escape sequence counts as a lone Esc; None where none has started."""
    due = parser._timeout_time
    return None if due is None else max(0.0, due - get_time())
