"""Jobs that wait for the store: what is told of it, in which order."""

from __future__ import annotations

import threading

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
