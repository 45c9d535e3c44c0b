"""Reports on a second server that follows the first: never older than what was stored, never written to."""

from __future__ import annotations

import gc
import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import StoreTrouble
from core.base.language import catalogue
from core.base.report import Asked
from core.base.settings import load_settings
from core.calls.actions import log_call
from core.imports import audit_export, export
from core.imports.export import export_file
from core.insight.members import list_members
from core.insight.proof import verify_all
from core.insight.reports import REPORTS, make_report
from core.insight.watch import unusual
from core.members import trail as members_trail
from core.members.trail import TrailQuery, trail
from core.members.views import MemberFilter
from core.people.tables import Store as Shop
from core.store import again, migrate, replica
from core.store.engine import Store
from core.store.roles import grant
from core.store.seals import seal
from core.store.tables import AuditEntry
from core.store.troubles import Undone
from scripts.dev.cluster import Cluster, running
from tests.calls.desk import TODAY, Desk, form, open_desk
from tests.scripts.conftest import Huifang, huifang  # noqa: F401
from tests.store.test_conditions import codes

EN = catalogue("en")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Cluster]]:
    """A server and the one that follows it, with an empty store as the database `shop`."""
    with running(tmp_path_factory.mktemp("main")) as main:
        main.execute("create database template")
        store = Store(main.url("template"))
        migrate.init(store)
        store.close()
        folder = tmp_path_factory.mktemp("replica")
        folder.chmod(0o755)
        follower = main.follower(folder / "data")
        try:
            follower.start()
            yield main, follower
        finally:
            follower.close()


@pytest.fixture
def shop(pair: tuple[Cluster, Cluster], clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A fresh store with a replica, waited for as long as a slow machine may need."""
    monkeypatch.setattr(replica, "CATCH_UP", 30.0)
    main, follower = pair
    main.execute("drop database if exists shop with (force)", "create database shop template template")
    _until_there(follower)
    store = Store(main.url("shop"), clock, replica=follower.url("shop"))
    yield store
    store.close()


def _until_there(follower: Cluster) -> None:
    """Wait until the follower has the new database, without which nobody is let in."""
    address = follower.url("shop").replace("+psycopg", "")
    for _ in range(2000):
        with suppress(psycopg.OperationalError):
            psycopg.connect(address).close()
            return
    raise AssertionError("the follower does not follow")


def follows(connection: Connection) -> bool:
    """Whether it is the replica that is read."""
    return bool(connection.exec_driver_sql("select pg_is_in_recovery()").scalar_one())


def on_replica(store: Store) -> bool:
    """Where the next pass goes."""
    with store.sweep() as connection:
        return follows(connection)


@contextmanager
def held_back(follower: Cluster) -> Iterator[None]:
    """The replica takes in nothing meanwhile."""
    follower.execute("select pg_wal_replay_pause()")
    try:
        yield
    finally:
        follower.execute("select pg_wal_replay_resume()")


def add(store: Store, code: str) -> None:
    with store.write(SHELL) as tx:
        tx.insert(Shop, code=code, name="shop")
        assert not follows(tx.connection)


def seen(store: Store) -> list[str]:
    """The shops' codes as a pass sees them."""
    with store.sweep() as connection:
        return list(connection.exec_driver_sql('select code from "store" order by code').scalars())


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


@pytest.fixture
def desk(shop: Store) -> Desk:
    """A desk with a call of today's, sealed."""
    desk = open_desk(shop)
    for number in range(1, 4):
        desk.follow_up(desk.member(str(number)), "monthly")
    log_call(shop, desk.fang, form("1", "no_answer"))
    seal(shop, SHELL)
    return desk


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


def test_a_replica_that_breaks_off_is_forgotten_and_the_report_made(
    desk: Desk, pair: tuple[Cluster, Cluster]
) -> None:
    store = desk.store
    assert store.replica is not None
    reading = store.replica.reading

    @contextmanager
    def cut(connection: Connection) -> Iterator[Connection]:
        pair[1].execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'shop'")
        with reading(connection) as found:
            yield found

    store.replica.reading = cut  # type: ignore[method-assign]
    report = make_report(store, SHELL, "complaints", Asked(TODAY, TODAY), EN)
    assert report.code == "complaints"
    assert not on_replica(store)


@pytest.fixture
def cut() -> Iterator[None]:
    """The cursor of a lost connection is left to the collector by SQLAlchemy, of which psycopg would warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


def struck(store: Store, follower: Cluster, times: int = 1) -> None:
    """Let the replica end the first passes before they have read anything."""
    assert store.replica is not None
    reading, left = store.replica.reading, [*range(times)]

    @contextmanager
    def cut(connection: Connection) -> Iterator[Connection]:
        if left:
            left.pop()
            follower.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'shop'")
        with reading(connection) as found:
            yield found

    store.replica.reading = cut  # type: ignore[method-assign]


@pytest.mark.usefixtures("cut")
def test_a_list_that_has_not_begun_begins_again(desk: Desk, pair: tuple[Cluster, Cluster]) -> None:
    struck(desk.store, pair[1])
    assert [row.number for row in list_members(desk.store, SHELL, MemberFilter(), TODAY)] == ["1", "2", "3"]
    assert not on_replica(desk.store)


@pytest.mark.usefixtures("cut")
def test_a_trail_that_has_not_begun_begins_again(desk: Desk, pair: tuple[Cluster, Cluster]) -> None:
    struck(desk.store, pair[1])
    found = [line.id for line in trail(desk.store, SHELL, TrailQuery(oldest_first=True))]
    assert found == sorted(found) != []


@contextmanager
def without_patience(follower: Cluster) -> Iterator[None]:
    """The replica ends whoever is in the way of what the main server did, at once."""
    name = "max_standby_streaming_delay"
    follower.execute(f"alter system set {name} = 0", "select pg_reload_conf()")
    try:
        yield
    finally:
        follower.execute(f"alter system reset {name}", "select pg_reload_conf()")


def stand_in_the_way(main: Cluster, follower: Cluster) -> None:
    """Do on the main server what no replica can follow while the table is read there; wait until it has struck."""
    conflicts = sa.text("select sum(confl_lock) from pg_stat_database_conflicts")
    engine = sa.create_engine(follower.url())
    with engine.connect() as connection:
        c = connection.execution_options(isolation_level="AUTOCOMMIT")
        before = c.execute(conflicts).scalar_one()
        main.execute("begin; lock table member, audit_entry in access exclusive mode; commit", database="shop")
        for _ in range(2000):
            if c.execute(conflicts).scalar_one() > before:
                break
        else:
            raise AssertionError("nobody stood in the way")
    engine.dispose()


@pytest.mark.parametrize("kind", ["members", "trail"])
@pytest.mark.usefixtures("cut")
def test_a_file_is_begun_anew_where_the_replica_breaks_it_off(
    kind: str, desk: Desk, pair: tuple[Cluster, Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (export, audit_export):
        monkeypatch.setattr(module, "TELL_EVERY", 1)
    monkeypatch.setattr(export, "AT_ONCE", 1)
    monkeypatch.setattr(members_trail, "_PAGE", 2)
    told: list[int] = []

    def progress(rows: int) -> None:
        told.append(rows)
        if told == [1, 2]:
            stand_in_the_way(*pair)

    path = tmp_path / "out.csv"
    with without_patience(pair[1]):
        if kind == "members":
            rows = export_file(desk.store, SHELL, kind, path, purpose="proof", progress=progress).rows
        else:
            query = TrailQuery(oldest_first=True)
            rows = audit_export.export_trail(
                desk.store, SHELL, path, query, purpose="proof", words=EN, progress=progress
            )
    assert told[:3] == [1, 2, 1]  # from its beginning, from the main server
    assert told[2:] == [*range(1, rows + 1)]
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(set(lines)) == rows + 1
    assert not on_replica(desk.store)
    assert [*tmp_path.iterdir()] == [path]
    noted = [line.new for line in trail(desk.store, SHELL, TrailQuery()) if line.field == "export"]
    assert len(noted) == 1  # and it is on record once


@pytest.mark.parametrize(("lang", "told"), [("en", "The replica broke off"), ("zh", "副本中断了读取")])
@pytest.mark.usefixtures("cut")
def test_a_list_that_breaks_off_later_names_the_replica(
    desk: Desk, pair: tuple[Cluster, Cluster], lang: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members_trail, "_PAGE", 2)
    with without_patience(pair[1]), pytest.raises(Undone) as caught:
        for place, _line in enumerate(trail(desk.store, SHELL, TrailQuery(oldest_first=True))):
            if place == 0:
                stand_in_the_way(*pair)
    assert told in catalogue(lang).error(caught.value)
    assert "HUIFANG_REPLICA" in catalogue(lang).error(caught.value)


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
