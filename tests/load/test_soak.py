"""The soak, shortened: callers whose terminals die, on a server that is restarted twice, and on a file."""

from __future__ import annotations

import pytest

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
