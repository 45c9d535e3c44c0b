"""kill -9 at random moments of a writing process: what it said was stored is there, once and whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from core.store.check import check
from core.store.engine import Store
from tests.store.test_conditions import ROOT

WRITE = """
import sys
from core.base.actor import SHELL
from core.people.tables import Store as Shop
from core.store.engine import Store
store = Store(sys.argv[1])
print("ready", flush=True)
number = int(sys.argv[2])
while True:
    with store.write(SHELL, cause=str(number)) as tx:
        tx.insert(Shop, code=f"A{number:06}", name="a" * 400)
        tx.insert(Shop, code=f"B{number:06}", name="b" * 400)
    print(number, flush=True)
    number += 1
"""


@pytest.mark.slow
def test_nothing_acknowledged_is_missing_after_kills(lite: Store) -> None:
    chance = random.Random(23)
    acknowledged: set[int] = set()
    for kill in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITE, lite.url.render_as_string(), str(kill * 100_000)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        # counted: by the clock, a slow disk would have stored nothing yet
        told = [child.stdout.readline() for _ in range(chance.randint(0, 25))]
        time.sleep(chance.uniform(0.0, 0.004))  # the moment of the kill is what is being tried out
        child.send_signal(signal.SIGKILL)
        said = ("".join(told) + child.communicate()[0]).split("\n")
        acknowledged.update(int(line) for line in said[:-1])
    with lite.read() as connection:
        rows = connection.exec_driver_sql(
            "select cast(substr(code, 2) as integer), count(*) from store group by 1"
        ).all()
        entries = connection.exec_driver_sql(
            "select cause, count(*) from audit_entry where deed = 'insert' group by cause"
        ).all()
    stored = dict(map(tuple, rows))
    assert acknowledged
    assert acknowledged <= stored.keys()
    assert set(stored.values()) == {2}
    assert {int(cause): count for cause, count in entries} == stored
    assert len(stored.keys() - acknowledged) <= 6  # committed, but killed before it could say so
    assert check(lite).findings == ()
