"""Asking again, whole, for what the database undid: deadlocks, serialization failures, lost connections.

An action is a function that can be run again from its beginning: it holds one transaction, and what it needs
it reads inside. The one place that decides about repeating is here; no action catches such troubles itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing
from functools import wraps
from random import SystemRandom
from typing import Any, ParamSpec, TypeAlias, TypeVar

from core.store.troubles import Undone, Unsure

P = ParamSpec("P")
R = TypeVar("R")
Stream: TypeAlias = Callable[P, Generator[R, None, None]]

TIMES = 6
"""How often an action is asked for again; all its pauses together stay below 2 seconds."""

FIRST = 0.03
"""Seconds that the first pause lasts at most; each one after it may last twice as long."""

_chance = SystemRandom()  # of no state that a forked session could share
log = logging.getLogger("huifang.store")


def retried(*, idempotent: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run an action again where the database undid its transaction, after a short pause of random length.

    An `idempotent` one, which stores nothing the second time, is repeated also where the connection was lost
    during the commit, so that nobody knows whether it was stored. Any other raises Unsure then.
    """

    def decorated(action: Callable[P, R]) -> Callable[P, R]:
        @wraps(action)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            for time_before in range(TIMES):
                try:
                    return action(*args, **kwargs)
                except Undone as trouble:
                    log.info("%s is asked for again: %s", action.__name__, trouble.code)
                except Unsure:
                    if not idempotent:
                        raise
                    log.info("%s is asked for again: its commit was not answered", action.__name__)
                time.sleep(pause(time_before))
            return action(*args, **kwargs)

        return run

    return decorated


def resumed(place: Callable[[Any], object]) -> Callable[[Stream[P, R]], Stream[P, R]]:
    """Take a stream of rows up again, behind the last one that went out, where the database broke it off.

    The stream goes by the `place` of its rows, which no two of them share, and begins behind `after` where that
    is not None: so no row goes out twice. What was stored meanwhile may be in the later part. Raises Undone where
    it breaks off again before another row.
    """

    def decorated(stream: Stream[P, R]) -> Stream[P, R]:
        begun: Callable[..., Generator[R, None, None]] = stream

        @wraps(stream)
        def run(*args: P.args, **kwargs: P.kwargs) -> Generator[R, None, None]:
            after: object = None
            broken = False
            while True:
                try:
                    with closing(begun(*args, **kwargs, after=after)) as rows:
                        for row in rows:
                            after, broken = place(row), False
                            yield row
                    return
                except Undone as trouble:
                    if broken:
                        raise
                    broken = True
                    log.info("%s is taken up again: %s", stream.__name__, trouble.code)
                time.sleep(pause(0))

        return run

    return decorated


def pause(time_before: int) -> float:
    """Seconds to wait after so many earlier attempts: between nothing and twice as long as before, by chance."""
    return _chance.uniform(0, FIRST * 2**time_before)
