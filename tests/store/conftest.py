"""A server and one that follows it; a store whole and in parts: shared by the tests of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy.engine import URL

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.language import catalogue
from core.calls.actions import log_call
from core.store import migrate, replica
from core.store.engine import Store
from core.store.roles import APP, grant
from core.store.seals import seal
from scripts import demo
from scripts.dev.cluster import Cluster, running
from tests.calls.desk import Desk, form, open_desk
from tests.patience import until
from tests.scripts.conftest import NOW
from tests.store.parts import OWNER, TABLES, TILL, Ground, run


@pytest.fixture(scope="session")
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

    def there() -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(address).close()
            return True
        return False

    until(there, "the follower does not follow")


@pytest.fixture
def desk(shop: Store) -> Desk:
    """A desk with a call of today's, sealed."""
    desk = open_desk(shop)
    for number in range(1, 4):
        desk.follow_up(desk.member(str(number)), "monthly")
    log_call(shop, desk.fang, form("1", "no_answer"))
    seal(shop, SHELL)
    return desk


@pytest.fixture(scope="module")
def ground(postgresql_server: URL) -> Iterator[Ground]:
    made = Ground(postgresql_server)
    made.do(f"create role {OWNER} login createrole", f"create database parts_whole owner {OWNER}")
    clock = FixedClock(NOW)
    store = made.store("parts_whole", clock)
    migrate.init(store)
    grant(store, TABLES)
    made.do(f"create role {TILL} login in role {APP}")
    demo.make(store.url.render_as_string(hide_password=False), clock.now(), catalogue("en"))
    store.close()
    made.do(f"create database parts_apart template parts_whole owner {OWNER}")
    store = made.store("parts_apart", clock)
    run(store, "partitions.sql")
    store.close()
    yield made
    made.do("drop database parts_whole with (force)", "drop database parts_apart with (force)")
    made.do(*(f"drop role {role}" for role in (TILL, APP, OWNER)))
    made.close()


@pytest.fixture
def whole(ground: Ground, clock: FixedClock) -> Iterator[Store]:
    """The demo's shops, as `huifang init` makes the tables."""
    with ground.database("parts_whole", clock) as store:
        yield store


@pytest.fixture
def apart(ground: Ground, clock: FixedClock) -> Iterator[Store]:
    """The same shops, taken apart after they were filled."""
    with ground.database("parts_apart", clock) as store:
        yield store


@pytest.fixture
def till(ground: Ground, apart: Store) -> Iterator[Store]:
    """The store in parts, as a terminal has it."""
    store = ground.store(str(apart.url.database), apart.clock, TILL)  # type: ignore[arg-type]
    yield store
    store.close()
