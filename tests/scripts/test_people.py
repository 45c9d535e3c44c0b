"""The staff commands: taking on, PINs from a file or an unseen prompt, and signing in from a stranger's shell."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from core.people import secrets
from core.store.engine import Store
from scripts.errand import Errand
from tests.scripts.conftest import ON, Huifang

PIN, OTHER = "482931", "739146"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COST", secrets.Cost(1, 8, 1))


Answer = Callable[..., Path]


@pytest.fixture
def answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Put the PINs to give into a file of one's own."""

    def put(*lines: str) -> Path:
        file = tmp_path / "answers"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        file.chmod(0o600)
        monkeypatch.setenv("HUIFANG_SECRET_FILE", str(file))
        return file

    return put


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell user who does not administer the store."""
    monkeypatch.setattr(Errand, "administers", property(lambda self: False))


def test_taking_on_roles_moves(huifang: Huifang, demo_store: Path) -> None:
    stores = {row["store"] for row in huifang("staff", "list", "--json").json}
    first, second = sorted(stores)[:2]
    huifang("staff", "add", "N1", "--name", "新人", "--role", "assistant", "--store", first, "--target", 20)
    assert "taken" in huifang(
        "staff", "add", "N1", "--name", "x", "--role", "caller", "--store", first, code=1
    ).err  # fmt: skip
    huifang("staff", "role", "N1", "caller", "--reason", "call centre")
    assert second in huifang("staff", "move", "N1", second).out
    row = next(row for row in huifang("staff", "list", "--json").json if row["code"] == "N1")
    assert (row["role"], row["store"], row["secret"], row["left_on"]) == ("caller", second, False, None)
    assert huifang("staff", "add", "N2", "--name", "x", "--role", "king", "--store", first, code=2).err
    assert "N1" in huifang("staff", "list").out


def test_a_pin_for_somebody_and_its_change(
    huifang: Huifang, demo_store: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(PIN, PIN)
    said = huifang("staff", "passwd", "S301")
    assert PIN not in said.out + said.err
    assert {r["code"]: r["secret"] for r in huifang("staff", "list", "--json").json}["S301"] is True
    assert "have no PIN" in huifang("staff", "list").out
    made = huifang("staff", "passwd", "S302", "--generate").out
    assert sum(part.isdigit() and len(part) == 8 for part in made.split()) == 1
    answer(PIN, OTHER)
    assert "differ" in huifang("staff", "passwd", "S302", code=1).err
    answer(PIN)
    assert "too few lines" in huifang("staff", "passwd", "S302", code=1).err
    answer("123456", "123456")
    assert "123456" not in huifang("staff", "passwd", "S302", code=1).err
    monkeypatch.delenv("HUIFANG_SECRET_FILE")
    assert "HUIFANG_SECRET_FILE" in huifang("staff", "passwd", "S302", code=1).err


def test_a_file_that_others_read_is_refused(huifang: Huifang, demo_store: Path, answer: Answer) -> None:
    answer(PIN, PIN).chmod(0o644)
    assert "chmod 600" in huifang("staff", "passwd", "S301", code=1).err


def test_a_pin_is_never_an_argument(huifang: Huifang, demo_store: Path) -> None:
    assert huifang("staff", "passwd", "S301", PIN, code=2).err
    assert huifang("staff", "passwd", "S301", "--pin", PIN, code=2).err


@pytest.mark.usefixtures("stranger")
def test_a_stranger_signs_in(huifang: Huifang, demo_store: Path, answer: Answer) -> None:
    huifang("staff", "list", "--as", "S301")  # nobody has a PIN yet
    store = Store(f"sqlite:///{demo_store}")
    from core.base.actor import SHELL
    from core.people.accounts import reset_secret

    reset_secret(store, SHELL, "S301", PIN)
    store.close()
    answer(PIN)
    assert "change it first" in huifang("member", "show", "x", "--as", "S301", code=1).err
    answer(PIN, PIN, OTHER, OTHER)
    huifang("staff", "passwd", "--as", "S301")
    answer(OTHER)
    assert huifang("worklist", "--json", *ON, "--as", "S301").json is not None
    wrong = answer(PIN) and huifang("staff", "list", "--as", "S301", code=1).err
    unknown = answer(OTHER) and huifang("staff", "list", "--as", "nobody", code=1).err
    assert wrong == unknown
    assert PIN not in wrong
    for _ in range(4):
        answer(PIN)
        huifang("staff", "list", "--as", "S301", code=1)
    answer(OTHER)
    assert huifang("staff", "list", "--as", "S301", code=1).err == wrong


def test_the_administrator_opens_a_locked_account(
    huifang: Huifang, demo_store: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(PIN, PIN)
    huifang("staff", "passwd", "S301")
    with monkeypatch.context() as patch:
        patch.setattr(Errand, "administers", property(lambda self: False))
        for _ in range(5):
            answer(OTHER)
            huifang("staff", "list", "--as", "S301", code=1)
    assert "locked" in huifang("staff", "list").out
    assert "again" in huifang("staff", "unlock", "S301").out
    assert "was not locked" in huifang("staff", "unlock", "S301").out
    logs = Path(os.environ["HUIFANG_HOME"]) / "logs"
    assert not logs.exists() or all(PIN not in file.read_text() for file in logs.iterdir())


def test_a_prompt_shows_nothing(huifang: Huifang, demo_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def unseen(question: str) -> str:
        asked.append(question)
        return PIN

    monkeypatch.setattr("getpass.getpass", unseen)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    huifang("staff", "passwd", "S301")
    assert len(asked) == 2


def test_a_login_is_tied(huifang: Huifang, demo_store: Path) -> None:
    assert "is tied" in huifang("staff", "tie", "S301", "--login", "fang").out
    assert "belongs to somebody else" in huifang("staff", "tie", "S302", "--login", "fang", code=1).err
    assert "no longer" in huifang("staff", "tie", "S301", "--login", "fang", "--remove").out


def test_leaving_needs_a_clearance(huifang: Huifang, demo_store: Path) -> None:
    found = huifang("staff", "clearance", "S301", "--json").json
    assert found["counts"]["members"] > 0
    assert not found["clear"]
    refused = huifang("staff", "leave", "S301", "--json", code=1)
    assert refused.json["counts"] == found["counts"]
    assert "in hand" in refused.err
    assert "members kept" in huifang("staff", "leave", "S301", code=1).out
    store = next(row["store"] for row in huifang("staff", "list", "--json").json)
    huifang("staff", "add", "N1", "--name", "新人", "--role", "assistant", "--store", store)
    assert "Nothing keeps them" in huifang("staff", "clearance", "N1").out
    assert "closed" in huifang("staff", "leave", "N1", "--reason", "moved away").out
    assert "N1" not in huifang("staff", "list").out
    assert "N1" in huifang("staff", "list", "--left").out
    assert "no longer works" in huifang("worklist", "--as", "N1", code=1).err


def test_the_watch(huifang: Huifang, demo_store: Path) -> None:
    assert "Nothing unusual" in huifang("staff", "watch").out
    assert huifang("staff", "watch", "--json", "--since", "2026-11-01").json == []
    huifang("staff", "watch", "--as", "S301", code=1)


def test_a_shell_without_the_databases_user_is_nobody(
    huifang: Huifang, postgresql_server: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = postgresql_server.set(database="template").render_as_string(hide_password=False)
    huifang("staff", "list", "--store-url", named)
    monkeypatch.setenv("PGUSER", postgresql_server.username or "postgres")
    bare = URL.create(postgresql_server.drivername, database="template", query=postgresql_server.query)
    said = huifang("staff", "list", "--store-url", bare.render_as_string(hide_password=False), code=1)
    assert "--as CODE" in said.err
