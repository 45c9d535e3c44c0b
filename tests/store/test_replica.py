"""Reports on a second server that follows the first: never older than what was stored, never written to."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import StoreTrouble
from core.base.language import catalogue
from core.base.report import Asked
from core.base.settings import load_settings
from core.imports.export import export_file
from core.insight.proof import verify_all
from core.insight.reports import REPORTS, make_report
from core.insight.watch import unusual
from core.people.tables import Store as Shop
from core.store import again, replica
from core.store.engine import Store
from core.store.roles import grant
from core.store.tables import AuditEntry
from core.store.troubles import Undone
from scripts.dev.cluster import Cluster
from tests.calls.desk import TODAY, Desk
from tests.scripts.conftest import Huifang, huifang  # noqa: F401
from tests.store.following import add, follows, on_replica, seen
from tests.store.test_conditions import codes

EN = catalogue("en")


@contextmanager
def held_back(follower: Cluster) -> Iterator[None]:
    """The replica takes in nothing meanwhile."""
    follower.execute("select pg_wal_replay_pause()")
    try:
        yield
    finally:
        follower.execute("select pg_wal_replay_resume()")


def test_a_pass_sees_on_the_replica_all_that_was_stored(shop: Store) -> None:
    for number in range(20):
        add(shop, f"S{number:02}")
        assert seen(shop)[-1] == f"S{number:02}"
    assert on_replica(shop)


def test_screens_and_moves_read_the_main_server(shop: Store) -> None:
    with shop.read() as connection:
        assert not follows(connection)
    with shop.sweep(here=True) as connection:
        assert not follows(connection)


def test_a_pass_sees_one_state_and_writes_nothing(shop: Store) -> None:
    add(shop, "S1")
    with shop.sweep() as connection:
        assert follows(connection)
        shown = connection.exec_driver_sql("show transaction_isolation").scalar_one()
        assert shown == "repeatable read"
        first = connection.exec_driver_sql('select count(*) from "store"').scalar_one()
        add(shop, "S2")
        assert seen(shop) == ["S1", "S2"]
        assert connection.exec_driver_sql('select count(*) from "store"').scalar_one() == first == 1
        with pytest.raises(sa.exc.DBAPIError, match="read-only"):
            connection.exec_driver_sql('delete from "store"')


def test_one_that_is_behind_is_not_read(
    shop: Store, pair: tuple[Cluster, Cluster], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert on_replica(shop)
    monkeypatch.setattr(replica, "CATCH_UP", 0.1)
    with held_back(pair[1]), caplog.at_level(logging.WARNING, "huifang.store"):
        add(shop, "S1")
        assert seen(shop) == ["S1"]
        assert not on_replica(shop)
    assert len(caplog.records) == 1  # it is left alone for a while, not asked each time
    assert "behind" in caplog.text
    monkeypatch.setattr(replica, "CATCH_UP", 30.0)
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + replica.REST)
    assert on_replica(shop)


def test_a_pass_waits_a_moment_for_it(
    shop: Store, pair: tuple[Cluster, Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def resume(seconds: float) -> None:
        waits.append(seconds)
        pair[1].execute("select pg_wal_replay_resume()")

    with held_back(pair[1]):
        add(shop, "S1")
        monkeypatch.setattr(time, "sleep", resume)
        assert seen(shop) == ["S1"]
        assert waits
        assert on_replica(shop)


@pytest.mark.parametrize("wrong", ["main", "another", "nowhere"])
def test_one_that_is_not_what_it_should_be_is_not_read(
    wrong: str, pair: tuple[Cluster, Cluster], clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    main, follower = pair
    address = {
        "main": main.url("template"),
        "another": follower.url("postgres"),
        "nowhere": follower.url("template", port=1),
    }[wrong]
    store = Store(main.url("template"), clock, replica=address)
    with caplog.at_level(logging.WARNING, "huifang.store"):
        assert not on_replica(store)
        assert not on_replica(store)
    store.close()
    assert len(caplog.records) == 1


def test_another_version_of_the_schema_is_not_read(pair: tuple[Cluster, Cluster], clock: FixedClock) -> None:
    main, follower = pair
    store = Store(main.url("template"), clock)
    store.replica = replica.replica_of(None, sa.make_url(follower.url("template")), "9999")
    assert not on_replica(store)
    store.close()


def test_what_reads_whole_tables_reads_there(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, served = desk.store, []
    assert store.replica is not None
    opened = store.replica.opened

    def noted(mark: replica.Mark) -> Connection | None:
        found = opened(mark)
        served.append(found is not None)
        return found

    monkeypatch.setattr(store.replica, "opened", noted)
    bare = Store(store.url.render_as_string(hide_password=False), store.clock)
    asked = Asked(TODAY, TODAY)
    for code in REPORTS:
        assert make_report(store, SHELL, code, asked, EN) == make_report(bare, SHELL, code, asked, EN)
    assert unusual(store, SHELL) == unusual(bare, SHELL)
    assert verify_all(store) == verify_all(bare)
    assert verify_all(store).ok
    for kind in ("members", "calls"):
        export_file(store, SHELL, kind, tmp_path / f"{kind}.csv", purpose="proof")
        export_file(bare, SHELL, kind, tmp_path / f"{kind}-bare.csv", purpose="proof")
        assert (tmp_path / f"{kind}.csv").read_bytes() == (tmp_path / f"{kind}-bare.csv").read_bytes()
    bare.close()
    assert all(served)
    assert len(served) == len(REPORTS) + 1 + 2 * 2 + 2


def test_a_terminal_needs_no_more_rights_for_it(desk: Desk, pair: tuple[Cluster, Cluster]) -> None:
    main, follower = pair
    grant(desk.store, AuditEntry.metadata.sorted_tables)
    main.execute("drop role if exists till", "create role till login in role huifang_app")
    till = Store(main.url("shop", user="till"), desk.store.clock, replica=follower.url("shop", user="till"))
    assert on_replica(till)
    assert codes(till) == seen(till)
    main.execute("revoke execute on function pg_control_system() from public", database="shop")
    assert not on_replica(till)
    assert codes(till) == seen(till)
    till.close()


def test_a_server_that_still_follows_is_asked_again(pair: tuple[Cluster, Cluster], clock: FixedClock) -> None:
    store = Store(pair[1].url("template"), clock)
    with pytest.raises(Undone) as caught, store.write(SHELL) as tx:
        tx.insert(Shop, code="S1", name="shop")
    assert caught.value.code == "store.only_read"  # for which a caller's screen keeps the outcome, and waits
    store.close()


@pytest.mark.parametrize(("lang", "told"), [("en", "only lets itself be read"), ("zh", "服务器只能读取")])
def test_a_replica_named_as_the_database_is_told(
    huifang: Huifang,  # noqa: F811
    pair: tuple[Cluster, Cluster],
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    told: str,
) -> None:
    monkeypatch.setattr(again, "FIRST", 0.001)
    follower = pair[1].url("template")
    huifang("members", "--store-url", follower)
    said = huifang("plan", "--store-url", follower, "--lang", lang, code=1).err
    assert told in said
    assert "HUIFANG_DATABASE" in said


def test_a_file_has_no_replica(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble) as caught:
        Store(f"sqlite:///{tmp_path / 'store.db'}", replica="postgresql+psycopg://u@h/d")
    assert caught.value.code == "store.replica_of_file"
    with pytest.raises(StoreTrouble) as caught:
        Store("postgresql+psycopg://u@h/d", replica=f"sqlite:///{tmp_path / 'store.db'}")
    assert caught.value.code == "store.replica_kind"


def test_the_setting_belongs_to_the_database_of_the_environment() -> None:
    said = {"HUIFANG_DATABASE": "postgresql://u@one/d", "HUIFANG_REPLICA": "postgresql://u@two/d"}
    assert load_settings(said).replica == "postgresql+psycopg://u@two/d"
    assert load_settings(said, database="postgresql://u@three/d").replica is None
    assert load_settings({"HUIFANG_DATABASE": "postgresql://u@one/d"}).replica is None
