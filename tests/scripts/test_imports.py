"""What may not be imported on the way to the first frame, nor when a store is opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("typer", "sqlmodel", "sqlalchemy", "pydantic", "alembic", "phonenumbers", "holidays", "pypinyin")


def loaded(code: str, names: tuple[str, ...]) -> set[str]:
    """Which of the modules are loaded after running `code` in a fresh Python."""
    script = f"{code}\nimport sys\nprint(*[name for name in {names!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_first_frame_needs_no_heavy_import() -> None:
    code = "from scripts import opening; opening.plain_opening(['open']); import tui.open, tui.terminal, tui.app"
    assert loaded(code, HEAVY) == set()


def test_opening_a_store_never_imports_alembic(demo_store: Path) -> None:
    code = f"""
from core.base.settings import load_settings
from core.store.engine import Store
from core.followups.worklist import WorklistQuery, worklist
from core.base.actor import SHELL
store = Store("sqlite:///{demo_store}")
store.verify()
worklist(store, SHELL, WorklistQuery(store="S1"))
store.close()"""
    assert "alembic" not in loaded(code, HEAVY)


def test_help_imports_neither_store_nor_screens() -> None:
    code = "from scripts.app import built; from core.base.language import catalogue; built(catalogue('en'))"
    assert loaded(code, ("sqlmodel", "sqlalchemy", "pydantic", "textual", "rich", "alembic")) == set()
