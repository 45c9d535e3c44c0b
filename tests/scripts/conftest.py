"""The command line run in this process, on a store of its own or on a copy of the demo."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.base.language import catalogue
from scripts import demo
from scripts.entry import main

NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
ON = ("--on", "2026-11-23")
AT = (*ON, "--at", "09:42")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.out)


Huifang = Callable[..., Said]


@pytest.fixture
def huifang(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Huifang:
    """Run `huifang ARGS`; the store is HUIFANG_HOME's."""
    monkeypatch.setenv("HUIFANG_LANG", "en")

    def run(*arguments: object, code: int = 0) -> Said:
        capfd.readouterr()
        got = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert got == code, f"exit code {got}: {out}{err}"
        assert code == 0 or err.strip(), "a refusal must say why"
        return Said(got, out, err)

    return run


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's store, made once."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    demo.make(f"sqlite:///{file}", NOW, catalogue("en"))
    return file


@pytest.fixture
def demo_store(demo_template: Path, tmp_path: Path) -> Path:
    """A copy of the demo's store as the store of HUIFANG_HOME."""
    home = Path(os.environ["HUIFANG_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(demo_template, home / "huifang.db"))
