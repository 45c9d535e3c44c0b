"""Eight processes write to one SQLite file: nothing is lost, nobody hears "locked", and each gets its turn."""

from __future__ import annotations

import time

import pytest

from core.base.actor import SHELL
from core.people.tables import Store as Shop
from core.store.check import check
from core.store.engine import Store
from tests.load.processes import together

ROUNDS = 60
PROCESSES = 8


def count_up(number: int, url: str) -> float:
    """Read a number, write it back one higher; gives the longest wait for a turn in seconds."""
    store = Store(url)
    longest = 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with store.write(SHELL, cause=f"{number}") as tx:
            longest = max(longest, time.perf_counter() - began)
            city = tx.connection.exec_driver_sql("select city from store where id = 1").scalar_one()
            tx.update(Shop, 1, {"city": str(int(city) + 1)})
    store.close()
    return longest


def turns_taken(number: int, url: str) -> int:
    """How often this process got to write in two seconds without ever pausing."""
    store = Store(url)
    taken = 0
    until = time.monotonic() + 2
    while time.monotonic() < until:
        with store.write(SHELL, durable=False) as tx:
            tx.update(Shop, 1, {"city": f"{number}-{taken}"})
        taken += 1
    store.close()
    return taken


@pytest.mark.slow
def test_no_update_is_lost_and_nobody_waits_long(lite: Store) -> None:
    with lite.write(SHELL) as tx:
        tx.insert(Shop, code="S1", name="counter", city="0")
    waits = together(PROCESSES, count_up, lite.url.render_as_string())
    with lite.read() as connection:
        assert connection.exec_driver_sql("select city from store").scalar_one() == str(PROCESSES * ROUNDS)
        done = connection.exec_driver_sql(
            "select count(*), count(distinct new) from audit_entry where field = 'city' and deed = 'update'"
        ).one()
    assert tuple(done) == (PROCESSES * ROUNDS, PROCESSES * ROUNDS)
    assert max(waits) < 5
    assert check(lite).ok


@pytest.mark.slow
def test_each_process_gets_its_turn(lite: Store) -> None:
    with lite.write(SHELL) as tx:
        tx.insert(Shop, code="S1", name="counter", city="0")
    taken = together(PROCESSES, turns_taken, lite.url.render_as_string())
    assert min(taken) * 4 > max(taken), taken
