"""Progress of long work on stderr, where that is a terminal, and Ctrl+C as a polite request to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from core.base.errors import Cancelled
from core.base.language import N_, Catalogue
from core.base.text import fit

_EVERY = 0.1


class Line:
    """One line on stderr that is written over; silent where stderr is no terminal."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self._last = 0.0
        self._written = False

    def tell(self, text: str) -> None:
        """Show `text`, at most ten times a second."""
        if not self.shown or monotonic() - self._last < _EVERY:
            return
        self._last = monotonic()
        self._written = True
        print("\r" + fit(text, 76), end="", file=sys.stderr, flush=True)

    def wipe(self) -> None:
        """Take the line away."""
        if self._written:
            print("\r" + " " * 76 + "\r", end="", file=sys.stderr, flush=True)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl+C was pressed: asked for between two steps of work. A second one stops at once."""
    asked = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    try:
        before = signal.signal(signal.SIGINT, note)
    except ValueError:  # not in the main thread: nobody presses Ctrl+C there
        yield lambda: False
        return
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def steps(words: Catalogue, names: Mapping[str, str]) -> Iterator[Callable[[str, float], None]]:
    """A callback for steps that have `names`, with the share done; raises Cancelled in the work after Ctrl+C."""
    line = Line()
    with stoppable() as asked:

        def progress(step: str, share: float) -> None:
            if asked():
                raise Cancelled("cancelled", N_("Cancelled: nothing was changed by what was under way."))
            if step in names:
                line.tell(f"{share:4.0%} {words.say(names[step])}")

        try:
            yield progress
        finally:
            line.wipe()
