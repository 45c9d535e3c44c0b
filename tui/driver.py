"""Textual's Linux driver, but Esc answers at once and an idle terminal wakes nobody.

Textual looks every 100 ms whether an ESC byte stayed alone. Here the wait has no end until something comes, and
is as short as the parser asks (ESCDELAY) only after an ESC byte came; a pipe ends it when the program stops.
"""

from __future__ import annotations

import os
import select
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import Any

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver


class PromptDriver(LinuxDriver):
    """A Linux driver without the fixed wait."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waking, self._wake = os.pipe()

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
        decode = getincrementaldecoder("utf-8")().decode
        try:
            while not self.exit_event.is_set():
                ready, _, _ = select.select([self.fileno, self._waking], [], [], _patience(parser))
                if self.fileno in ready:
                    data = os.read(self.fileno, 4096)
                    if not data:  # the terminal is gone: what was typed is kept, and the program ends
                        self._app.call_later(getattr(self._app, "leave", self._app.exit))
                        break
                    for event in parser.feed(decode(data)):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        finally:
            with suppress(EOFError, ParseError):
                list(parser.feed(""))


def _patience(parser: XTermParser) -> float | None:
    """Seconds until a started escape sequence counts as a lone Esc; None where none has started."""
    due = parser._timeout_time
    return None if due is None else max(0.0, due - get_time())
