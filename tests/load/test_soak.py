"""The soak, shortened: callers whose terminals die, on a server that is restarted twice, and on a file."""

from __future__ import annotations

import pytest

from scripts.dev.soak import cost
from scripts.dev.soak.__main__ import main


@pytest.mark.slow
@pytest.mark.parametrize("database", ["server", "file"])
def test_nothing_is_lost_and_nobody_is_called_twice(database: str, capfd: pytest.CaptureFixture[str]) -> None:
    where = ["--database", "sqlite"] if database == "file" else []
    code = main(["--callers", "6", "--minutes", "0.14", "--speed", "20", "--kills", "2", *where])
    said = capfd.readouterr().out
    assert code == 0, said
    assert "2 restarts" in said or database == "file"
    assert not said.startswith("0 calls"), said


@pytest.mark.slow
def test_what_a_call_costs_the_server_is_measured(capfd: pytest.CaptureFixture[str]) -> None:
    assert cost.main(["--callers", "6", "--seconds", "3", "--speed", "40"]) == 0
    said = capfd.readouterr().out
    found = {line[10:56].strip(): float(line[56:].split()[0]) for line in said.splitlines()[1:]}
    assert 0 < found["processor time of the server"] < 1000
    assert 0 < found["log written"] < 1000
    assert 1 < found["transactions"] < 100
