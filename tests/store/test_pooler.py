"""Behind pgbouncer in transaction mode: every transaction may run on another connection of the server."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import psycopg
import pytest

from core.base.actor import SHELL, Actor
from core.base.clock import FixedClock
from core.calls.actions import CallForm, log_call
from core.followups.actions import claim_next
from core.followups.planning import plan
from core.followups.worklist import WorklistQuery, worklist
from core.insight.proof import verify_all
from core.store import migrate
from core.store.check import check
from core.store.engine import Store
from scripts.dev.cluster import Cluster, free_port, running
from tests.followups.conftest import fill
from tests.followups.reference import Person
from tests.patience import until

BOUNCER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
pytestmark = pytest.mark.skipif(BOUNCER is None, reason="pgbouncer is not installed (apt install pgbouncer)")

ON = date(2026, 11, 23)
TERMINALS = 6
CONNECTIONS = 2


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("pooled")) as made:
        yield made


@pytest.fixture(scope="module")
def bouncer(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A pgbouncer in front of it with fewer connections than terminals; its port."""
    folder, port = tmp_path_factory.mktemp("bouncer"), free_port()
    (folder / "users").write_text('"postgres" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={cluster.port}\n[pgbouncer]\nlisten_addr=127.0.0.1\n"
        f"listen_port={port}\nunix_socket_dir=\nauth_type=trust\nauth_file={folder / 'users'}\n"
        f"pool_mode=transaction\ndefault_pool_size={CONNECTIONS}\nserver_login_retry=1\n"
    )
    for path in [folder, *folder.iterdir(), *folder.parents]:
        with suppress(OSError):
            path.chmod(path.stat().st_mode | 0o055)
    assert BOUNCER is not None
    user = ["-u", cluster.user] if cluster.user and os.getuid() == 0 else []
    with subprocess.Popen([BOUNCER, "-q", *user, str(folder / "ini")]) as process:
        try:
            until(lambda: _answers(port, process), "pgbouncer does not answer")
            yield port
        finally:
            process.kill()  # newer ones wait for whoever is still there when they are asked


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "pgbouncer has ended"
    with suppress(psycopg.Error):
        psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
        return True
    return False


@pytest.fixture
def pooled(cluster: Cluster, bouncer: int, clock: FixedClock) -> Iterator[Store]:
    name = f"p{uuid.uuid4().hex[:8]}"
    cluster.execute(f"create database {name}")
    store = Store(cluster.url(name, port=bouncer), clock)
    migrate.init(store)
    yield store
    store.close()


def desk_of(store: Store, count: int) -> Actor:
    people = [Person(f"{n:04}", date(2026, 1, 5), "A1", [(date(2026, 10, 20), 100)]) for n in range(count)]
    return fill(store, people)["A1"]


def test_a_days_work_of_more_terminals_than_connections(pooled: Store, clock: FixedClock) -> None:
    me = desk_of(pooled, 60)
    url = pooled.url.render_as_string(hide_password=False)
    planned = plan(pooled, SHELL, ON)
    assert planned.planned["monthly"] == 60

    def called(number: int) -> list[str]:
        terminal, numbers = Store(url, clock), []
        for _ in range(8):  # more than the five after which psycopg would prepare a statement
            held = claim_next(terminal, me, WorklistQuery(), f"terminal {number}")
            if held is None:
                break
            log_call(terminal, me, CallForm(call_id=str(uuid.uuid4()), number=held.number, outcome="no_answer"))
            worklist(terminal, me, WorklistQuery())
            numbers.append(held.number)
        terminal.close()
        return numbers

    with ThreadPoolExecutor(TERMINALS) as pool:
        numbers = [number for some in pool.map(called, range(TERMINALS)) for number in some]
    assert numbers
    assert len(numbers) == len(set(numbers))
    clock.advance(days=1)
    plan(pooled, SHELL)  # which seals the day before
    assert check(pooled).findings == ()
    assert verify_all(pooled).ok


def test_nothing_is_left_on_the_servers_connections(pooled: Store) -> None:
    with pooled.write(SHELL) as tx:
        assert tx.connection.exec_driver_sql("show lock_timeout").scalar_one() == "30s"
    with pooled.read() as connection:
        shown = connection.exec_driver_sql("show transaction_isolation").scalar_one()
        assert shown == "repeatable read"
    with psycopg.connect(pooled.url.set(drivername="postgresql").render_as_string(), autocommit=True) as raw:
        for _ in range(2 * CONNECTIONS):
            assert raw.execute("show lock_timeout").fetchone() == ("0",)
            assert raw.execute("show default_transaction_isolation").fetchone() == ("read committed",)
            assert raw.execute("select count(*) from pg_prepared_statements").fetchone() == (0,)


def test_statements_are_prepared_only_where_no_pooler_stands_between(pooled: Store, cluster: Cluster) -> None:
    def prepared(store: Store) -> int:
        for _ in range(4):
            with store.read() as connection:
                connection.exec_driver_sql("select 1 from member")
        with store.read() as connection:
            return int(connection.exec_driver_sql("select count(*) from pg_prepared_statements").scalar_one())

    direct = Store(pooled.url.set(port=cluster.port).render_as_string())
    assert prepared(direct) > 0
    direct.close()
    assert prepared(pooled) == 0


def test_a_restart_behind_the_pooler_loses_nothing(pooled: Store, cluster: Cluster) -> None:
    me = desk_of(pooled, 3)
    plan(pooled, SHELL, ON)
    cluster.restart("immediate")
    held = claim_next(pooled, me, WorklistQuery(), "terminal")
    assert held is not None
    cluster.restart("fast")
    call = CallForm(call_id=str(uuid.uuid4()), number=held.number, outcome="no_answer")
    log_call(pooled, me, call)
    assert log_call(pooled, me, call).repeated
    assert check(pooled).findings == ()
