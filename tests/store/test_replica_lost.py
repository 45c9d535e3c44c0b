"""What is read on a replica that breaks off: made anew, or gone on with, on the main server."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import SHELL
from core.base.language import catalogue
from core.base.report import Asked
from core.imports import audit_export, export
from core.imports.export import export_file
from core.insight import members
from core.insight.members import list_members
from core.insight.reports import make_report
from core.members import trail as members_trail
from core.members.trail import TrailQuery, trail
from core.members.trail_words import AuditLine
from core.members.views import MemberFilter, MemberRow
from core.store.engine import Store
from core.store.troubles import Undone
from scripts.dev.cluster import Cluster
from tests.calls.desk import TODAY, Desk
from tests.patience import until
from tests.scripts.conftest import Huifang, huifang  # noqa: F401
from tests.store.following import on_replica

EN = catalogue("en")
ALL = MemberFilter()


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
    assert [row.number for row in list_members(desk.store, SHELL, ALL, TODAY)] == ["1", "2", "3"]
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
    follower.configure(f"alter system set {name} = 0")
    try:
        yield
    finally:
        follower.configure(f"alter system reset {name}")


def stand_in_the_way(main: Cluster, follower: Cluster) -> None:
    """Do on the main server what no replica can follow while the table is read there; wait until it has struck."""
    conflicts = sa.text("select sum(confl_lock) from pg_stat_database_conflicts")
    engine = sa.create_engine(follower.url())
    with engine.connect() as connection:
        c = connection.execution_options(isolation_level="AUTOCOMMIT")
        before = c.execute(conflicts).scalar_one()
        main.execute("begin; lock table member, audit_entry in access exclusive mode; commit", database="shop")
        until(lambda: c.execute(conflicts).scalar_one() > before, "nobody stood in the way")
    engine.dispose()


@pytest.mark.parametrize(("kind", "counts"), [("members", [1, 2, 1]), ("trail", [1, 2, 3])])
@pytest.mark.usefixtures("cut")
def test_a_file_is_begun_anew_or_gone_on_with_where_the_replica_breaks_off(
    kind: str,
    counts: list[int],
    desk: Desk,
    pair: tuple[Cluster, Cluster],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
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
    assert told[:3] == counts  # the members from their beginning, all of one state; the trail only grows
    assert told[2:] == [*range(told[2], rows + 1)]
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(set(lines)) == rows + 1
    assert not on_replica(desk.store)
    assert [*tmp_path.iterdir()] == [path]
    noted = [line.new for line in trail(desk.store, SHELL, TrailQuery()) if line.field == "export"]
    assert len(noted) == 1  # and it is on record once


@pytest.mark.parametrize("kind", ["members", "newest", "oldest"])
@pytest.mark.usefixtures("cut")
def test_a_list_that_breaks_off_goes_on_at_the_main_server(
    kind: str, desk: Desk, pair: tuple[Cluster, Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "_FETCHED_AT_ONCE", 1)
    monkeypatch.setattr(members_trail, "_PAGE", 2)
    query = TrailQuery(oldest_first=kind == "oldest")

    def listed(store: Store) -> Iterator[MemberRow | AuditLine]:
        return list_members(store, SHELL, ALL, TODAY) if kind == "members" else trail(store, SHELL, query)

    bare = Store(desk.store.url.render_as_string(hide_password=False), desk.store.clock)
    wanted = [*listed(bare)]
    bare.close()
    assert on_replica(desk.store)
    got = []
    with without_patience(pair[1]):
        for row in listed(desk.store):
            got.append(row)
            if len(got) == 1:
                stand_in_the_way(*pair)
    assert got == wanted
    assert len(got) > 2
    assert not on_replica(desk.store)


@pytest.mark.parametrize(("lang", "told"), [("en", "The replica broke off"), ("zh", "副本中断了读取")])
@pytest.mark.usefixtures("cut")
def test_a_pass_that_nobody_repeats_names_the_replica(
    desk: Desk, pair: tuple[Cluster, Cluster], lang: str, told: str
) -> None:
    with without_patience(pair[1]), pytest.raises(Undone) as caught, desk.store.sweep() as connection:
        connection.exec_driver_sql("select count(*) from member")
        stand_in_the_way(*pair)
        connection.exec_driver_sql("select count(*) from member")
    assert told in catalogue(lang).error(caught.value)
    assert "HUIFANG_REPLICA" in catalogue(lang).error(caught.value)
