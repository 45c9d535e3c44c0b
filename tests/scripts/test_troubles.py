"""A store that can't be used, and what nobody foresaw: a sentence, exit code 1, and nothing changed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine

from core.base.errors import Cancelled
from core.store import engine
from tests.scripts.conftest import AT, ON, Huifang

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; from scripts.entry import main; sys.exit(main())"
COMMANDS = [("plan",), ("members",), ("worklist", "--store", "S1"), ("member", "show", "10001"), ("staff", "list")]


def version(file: Path, number: str) -> None:
    """Make the store claim another version."""
    with sqlite3.connect(file) as connection:
        connection.execute("update alembic_version set version_num = ?", (number,))
    connection.close()


@pytest.mark.parametrize("arguments", [*COMMANDS, ("check",), ("backup", "x.db"), ("why", "1")])
def test_no_store(huifang: Huifang, arguments: tuple[str, ...]) -> None:
    assert "huifang init" in huifang(*arguments, code=1).err


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_newer_store(huifang: Huifang, demo_store: Path, arguments: tuple[str, ...]) -> None:
    version(demo_store, "9999")
    assert "newer" in huifang(*arguments, code=1).err
    assert "newer" in huifang("upgrade", code=1).err


@pytest.mark.parametrize("arguments", COMMANDS)
def test_an_older_store(huifang: Huifang, demo_store: Path, arguments: tuple[str, ...]) -> None:
    version(demo_store, "0000")
    assert "huifang upgrade" in huifang(*arguments, code=1).err


def test_something_that_is_no_store(huifang: Huifang, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but longer than a header of one hundred bytes " * 4)
    assert str(text) in huifang("members", "--store-url", text, code=1).err
    assert str(text) in huifang("init", "--store-url", text, code=1).err
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("create table songs (title)")
    connection.close()
    assert "no Huifang store" in huifang("init", "--store-url", other, code=1).err


def test_a_server_that_is_not_there(huifang: Huifang) -> None:
    said = huifang("members", "--store-url", "postgresql://nobody:secret@127.0.0.1:1/none", code=1)
    assert "HUIFANG_DATABASE" in said.err
    assert "secret" not in said.err


@pytest.mark.parametrize("command", ["init", "members", "check", "plan", "upgrade"])
@pytest.mark.parametrize(("lang", "told"), [("en", "has no database nowhere"), ("zh", "没有数据库 nowhere")])
def test_a_server_without_that_database(
    huifang: Huifang, postgresql_server: URL, command: str, lang: str, told: str
) -> None:
    named = postgresql_server.set(database="nowhere").render_as_string(hide_password=False)
    assert told in huifang(command, "--store-url", named, "--lang", lang, code=1).err


NO_ADDRESS = (
    "oracle://u:secret@h/y",
    "sqlite://[",
    "songs://u:secret@h/d",
    "postgresql:/u:secret@h/d",
    "postgresql://u:secret@h:54x2/d",
    "postgresql://u:secret@h:70000/d",
    "postgresql://u:sec?secret@h:x/d",
    "postgresql+psycopg2://u:secret@h/d",
)


@pytest.mark.parametrize("named", NO_ADDRESS)
@pytest.mark.parametrize(("lang", "told"), [("en", "no address of a store"), ("zh", "不是数据库的地址")])
def test_an_address_that_is_none(
    huifang: Huifang, monkeypatch: pytest.MonkeyPatch, named: str, lang: str, told: str
) -> None:
    monkeypatch.setenv("HUIFANG_DATABASE", named)
    for command in (("members",), ("init",), ("restore", "x.db")):
        said = huifang(*command, "--lang", lang, code=1).err
        assert told in said
        assert "HUIFANG_DATABASE" in said
        assert "postgresql://user:password@host:5432/database" in said
        assert not re.search("sec|ret@", said)
    monkeypatch.delenv("HUIFANG_DATABASE")
    assert told in huifang("members", "--store-url", named, "--lang", lang, code=1).err


@pytest.mark.parametrize("named", [*NO_ADDRESS, "replica.db"])
@pytest.mark.parametrize(("lang", "told"), [("en", "is an address such as"), ("zh", "HUIFANG_REPLICA")])
def test_a_replicas_address_that_is_none(
    huifang: Huifang, monkeypatch: pytest.MonkeyPatch, named: str, lang: str, told: str
) -> None:
    monkeypatch.setenv("HUIFANG_DATABASE", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("HUIFANG_REPLICA", named)
    said = huifang("members", "--lang", lang, code=1).err
    assert told in said
    assert "HUIFANG_REPLICA" in said
    assert "secret" not in said


@pytest.mark.parametrize("option", ["sslmod=require", "sslmode=some", "connect_timeout=long"])
@pytest.mark.parametrize(("lang", "told"), [("en", "an option behind its ?"), ("zh", "有不能用的选项")])
def test_an_address_with_an_option_that_is_none(huifang: Huifang, option: str, lang: str, told: str) -> None:
    named = f"postgresql://u:secret@127.0.0.1:1/d?{option}"
    said = huifang("members", "--store-url", named, "--lang", lang, code=1).err
    assert told in said
    assert said == huifang("check", "--store-url", named, "--lang", lang, code=1).err
    assert option.partition("=")[0] in said.partition("?sslmode=")[0]
    assert "secret" not in said


def test_a_locked_store(huifang: Huifang, demo_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2, raising=False)
    monkeypatch.setattr(engine.Store.__init__, "__defaults__", _impatient(engine.Store.__init__.__defaults__))
    holder = sqlite3.connect(demo_store, isolation_level=None)
    holder.execute("begin immediate")
    try:
        assert "busy" in huifang("plan", "--on", "2026-11-24", code=1).err
        assert huifang("members", "--json").json, "reading goes on"
    finally:
        holder.close()


def _impatient(defaults: Any) -> Any:
    return tuple(0.2 if isinstance(value, float) else value for value in defaults)


def test_a_read_only_store(demo_store: Path) -> None:
    program = [sys.executable, "-c", PROGRAM, "plan", "--on", "2026-11-24", "--lang", "en"]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere, and setpriv is not there to forbid it")
        program = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *program]
    demo_store.chmod(0o444)
    demo_store.parent.chmod(0o555)
    try:
        done = subprocess.run(program, capture_output=True, text=True, cwd=ROOT, check=False)
    finally:
        demo_store.parent.chmod(0o755)
        demo_store.chmod(0o644)
    assert (done.returncode, done.stdout) == (1, "")
    assert str(demo_store) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk(huifang: Huifang, demo_store: Path) -> None:
    def small(raw: Any, _record: Any) -> None:
        raw.execute("pragma max_page_count = 1")  # SQLite takes it as the present size

    event.listen(Engine, "connect", small)
    try:
        said = huifang("plan", "--on", "2027-01-04", code=1)
    finally:
        event.remove(Engine, "connect", small)
    assert "full" in said.err
    assert huifang("check").out
    assert any(huifang("plan", "--on", "2027-01-04", "--json").json["planned"].values())


def test_bad_policy_names_file_and_key(huifang: Huifang, demo_store: Path) -> None:
    folder = demo_store.parent / "data"
    folder.mkdir()
    (folder / "policy.toml").write_text("[worklist]\ndaily_target = 'many'\n")
    said = huifang("worklist", *AT, code=1)
    assert str(folder / "policy.toml") in said.err
    assert "worklist.daily_target" in said.err


def test_the_unforeseen_goes_to_the_log_without_personal_data(
    huifang: Huifang, demo_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("张伟 13800138000")

    monkeypatch.setattr("core.insight.members.list_members", broken)
    said = huifang("members", code=1)
    log = demo_store.parent / "logs" / "huifang.log"
    assert str(log) in said.err
    text = log.read_text()
    assert "RuntimeError" in text
    assert "test_troubles.py" in text
    assert "张伟" not in text + said.err
    assert "1380013" not in text + said.err


def test_debugging_shows_the_traceback(demo_store: Path) -> None:
    code = f"import scripts.show; scripts.show.table = None; {PROGRAM}"
    env = {**os.environ, "HUIFANG_DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, "members"],
        capture_output=True,
        text=True,
        env=env,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_ctrl_c_while_planning_changes_nothing(
    huifang: Huifang, demo_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.followups import planning

    def interrupted(store: Any, actor: Any, on: Any, progress: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        progress("planning", 0.5)

    monkeypatch.setattr(planning, "plan", interrupted)
    assert "Cancelled" in huifang("plan", *ON, code=1).err


def test_ctrl_c_while_importing_says_what_stays(
    huifang: Huifang, demo_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.imports import importing

    def stopped(*_given: Any, cancelled: Any, **_more: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancelled()
        raise Cancelled("import.cancelled", "The import was stopped after {rows} rows.", rows=5)

    monkeypatch.setattr(importing, "import_file", stopped)
    assert "after 5 rows" in huifang("import", "stores", tmp_path / "x.csv", code=1).err


def test_ctrl_c_elsewhere(huifang: Huifang, demo_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.insight.members.list_members", interrupted)
    assert "Cancelled" in huifang("members", code=1).err


def test_a_reader_that_has_gone_is_no_error(demo_store: Path) -> None:
    program = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        [*program, "members", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_files_that_are_not_there_or_folders(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    for kind in ("stores", "members"):
        assert "none.csv" in huifang("import", kind, tmp_path / "none.csv", code=1).err
        assert str(tmp_path) in huifang("import", kind, tmp_path, code=1).err
    huifang("import", "songs", tmp_path / "x.csv", code=2)
    huifang("backup", tmp_path / "no" / "such" / "folder.db", code=1)


@pytest.mark.parametrize("encoding", ["ascii", "gb18030", "latin-1"])
def test_any_encoding_of_the_terminal(demo_store: Path, encoding: str) -> None:
    program = [sys.executable, "-c", PROGRAM]
    env = {**os.environ, "PYTHONIOENCODING": encoding, "HUIFANG_LANG": "zh"}
    done = subprocess.run(
        [*program, "members", "--find", "10001"], capture_output=True, env=env, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"10001" in done.stdout
