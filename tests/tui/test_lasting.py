"""Jobs that wait for the store: what is told of it, in which order."""

from __future__ import annotations

import threading

import pytest

from core.base.errors import Refused
from tui.lasting import Lasting


def test_that_the_store_is_slow_is_never_told_behind_its_return() -> None:
    told: list[bool] = []
    begun, answered = threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        answered.wait()

    def tell(away: bool) -> None:
        if away:
            answered.set()  # the store answers at this very moment
            working.join(0.3)  # and its return is told at once, if it may be
        told.append(away)

    lasting = Lasting(tell)
    working = threading.Thread(target=lasting.done, args=(job,))
    working.start()
    begun.wait()
    lasting.slow()
    working.join()
    assert told == [True, False]
    assert not lasting.away


def test_a_refusal_ends_the_waiting_whenever_it_is_found_slow() -> None:
    """Else the program would ask at its end whether to leave a store that is there."""
    asking: list[threading.Thread] = []

    class Watched(Lasting):
        """Is found slow at the very moment in which it is over."""

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "away" and begun:
                begun.clear()
                asking.append(threading.Thread(target=self.slow))
                asking[0].start()
                asking[0].join(0.3)

    begun: list[bool] = []

    def refused() -> None:
        begun.append(True)
        raise Refused("some.code", "refused")

    lasting = Watched(lambda _away: None)
    with pytest.raises(Refused):
        lasting.done(refused)
    asking[0].join()
    assert not lasting.away
