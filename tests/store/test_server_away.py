"""The server goes away and comes back: connections are replaced, and each outcome is stored exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import Conflict, StoreTrouble
from core.calls.actions import DraftForm, log_call, pending_draft, save_draft
from core.followups.actions import claim_next
from core.followups.claims import claim
from core.followups.worklist import WorklistQuery
from core.people.tables import Store as Shop
from core.store import migrate
from core.store.again import retried
from core.store.engine import Store
from core.store.troubles import Unsure
from scripts.dev.cluster import Cluster, running
from tests.calls.desk import Desk, form, open_desk
from tests.patience import PATIENCE
from tests.store.test_conditions import codes
from tests.store.wire import Wire

GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""The ports that are given to whoever asks for any."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server of this file's own, which may be stopped."""
    with running(tmp_path_factory.mktemp("away")) as made:
        made.execute("create database template")
        store = Store(made.url("template"))
        migrate.init(store)
        store.close()
        yield made


@pytest.fixture
def away(cluster: Cluster, clock: FixedClock) -> Iterator[Store]:
    """A fresh store on it."""
    cluster.execute("drop database if exists away with (force)", "create database away template template")
    store = Store(cluster.url("away"), clock)
    yield store
    store.close()


@retried()
def add(store: Store, code: str, before_commit: Callable[[], object] = lambda: None) -> None:
    with store.write(SHELL) as tx:
        tx.insert(Shop, code=code, name="shop")
        before_commit()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_between_two_writes_is_not_noticed(away: Store, cluster: Cluster, mode: str) -> None:
    add(away, "S1")
    codes(away)
    cluster.restart(mode)
    with away.read() as connection:  # the first to use the connection: no error, not even for a reader
        connection.exec_driver_sql("select 1")
    cluster.restart(mode)
    with away.write(SHELL) as tx:
        tx.insert(Shop, code="S2", name="shop")
    assert codes(away) == ["S1", "S2"]


def test_a_connection_that_the_server_ended_is_replaced(away: Store, cluster: Cluster) -> None:
    codes(away)
    cluster.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'away'")
    assert codes(away) == []


def test_a_crash_in_the_middle_of_a_write_stores_it_once(away: Store, cluster: Cluster) -> None:
    crashes = iter([lambda: cluster.restart("immediate")])
    add(away, "S1", before_commit=lambda: next(crashes, lambda: None)())
    assert codes(away) == ["S1"]


def test_a_server_that_is_down_is_said_in_words_and_found_again(away: Store, cluster: Cluster) -> None:
    add(away, "S1")
    cluster.stop()
    try:
        with pytest.raises(StoreTrouble) as caught:
            add(away, "S2")
        assert caught.value.code == "store.unreachable"
        with pytest.raises(StoreTrouble) as caught:
            codes(away)
        assert caught.value.code == "store.unreachable"
    finally:
        cluster.start()
    add(away, "S2")
    assert codes(away) == ["S1", "S2"]


def test_a_server_back_within_a_moment_is_waited_for(away: Store, cluster: Cluster) -> None:
    add(away, "S1")
    cluster.stop()
    starting = threading.Thread(target=cluster.start)
    starting.start()
    try:
        for number in range(20):
            try:
                add(away, f"T{number}")
                break
            except StoreTrouble as trouble:
                assert trouble.code == "store.unreachable"  # noqa: PT017 - what a caller's screen waits out
    finally:
        starting.join()
    assert len(codes(away)) == 2


@pytest.fixture
def wire(cluster: Cluster) -> Iterator[Wire]:
    made = Wire(cluster.port)
    yield made
    made.close()


@pytest.fixture
def desk(away: Store, cluster: Cluster, wire: Wire) -> Iterator[Desk]:
    """A caller's desk, its terminal at the other end of the wire."""
    desk = open_desk(away)
    for number in range(1, 5):
        desk.follow_up(desk.member(str(number)), "monthly")
    desk.store = Store(cluster.url("away", port=wire.port), away.clock)
    yield desk
    desk.store.close()


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_call_whose_commit_was_cut_off_is_stored_once(desk: Desk, wire: Wire, lost: str) -> None:
    if lost == "answer":
        wire.cut_after = 1
    else:
        wire.cut_before = 1
    call = form("1", "no_answer", profile={"occupation": "教师"}, profile_version=1)
    result = log_call(desk.store, desk.fang, call)
    assert wire.cuts == 1
    assert result.outcome == "no_answer"
    assert [row["id"] for row in desk.rows("call")] == [call.call_id]
    assert sorted(row["attempts"] for row in desk.rows("follow_up")) == [0, 0, 0, 1]
    assert sum(row["table_name"] == "call" for row in desk.rows("audit_entry")) == 1


def test_what_is_not_idempotent_is_not_repeated_after_a_lost_answer(desk: Desk, wire: Wire) -> None:
    wire.cut_after = 1
    with pytest.raises(Unsure) as caught:
        add(desk.store, "S9")
    assert caught.value.code == "store.unsure"
    assert wire.cuts == 1
    assert codes(desk.store).count("S9") == 1
    wire.cut_before = 1
    with pytest.raises(Unsure):
        add(desk.store, "S8")
    assert codes(desk.store).count("S8") == 0


def test_a_dead_terminals_member_and_draft_are_found_from_another(desk: Desk, clock: FixedClock) -> None:
    held = claim_next(desk.store, desk.fang, WorklistQuery(), "shop:1")
    assert held is not None
    save_draft(
        desk.store,
        desk.fang,
        DraftForm(number=held.number, call_id=form("1", "").call_id, content={"note": "半句"}),
    )
    desk.store.close()  # the terminal is gone, and says nothing any more
    other = Store(desk.store.url.render_as_string(hide_password=False), clock)
    draft = pending_draft(other, desk.fang)
    assert draft is not None
    assert (draft.number, draft.content["note"]) == (held.number, "半句")
    assert claim(other, desk.fang, held.number, "shop:2").claimed_at == held.claimed_at
    with pytest.raises(Conflict) as caught:
        claim(other, desk.caller, held.number, "centre:1")
    assert caught.value.code == "claim.held"
    clock.advance(minutes=other.policy.claims.minutes, seconds=1)
    assert claim(other, desk.caller, held.number, "centre:1").member_id == held.member_id
    other.close()


def test_an_idle_terminal_holds_one_connection(away: Store) -> None:
    started = threading.Barrier(4)

    def look() -> None:
        with away.read() as connection:
            connection.execute(sa.text("select 1"))
            started.wait(PATIENCE)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with away.read() as connection:
        held = connection.exec_driver_sql(
            "select count(*) from pg_stat_activity where application_name = 'huifang' and datname = 'away'"
        ).scalar_one()
    assert held == 1


@pytest.mark.skipif(not GIVEN.exists(), reason="not Linux")
def test_while_a_server_is_away_nobody_is_given_its_port(cluster: Cluster) -> None:
    lowest, highest = map(int, GIVEN.read_text(encoding="ascii").split())
    assert not lowest <= cluster.port <= highest


def test_what_the_address_says_of_tls_is_kept(cluster: Cluster, tmp_path: Path) -> None:
    asked = Store(cluster.url("template") + f"?sslmode=verify-full&sslrootcert={tmp_path / 'none.pem'}")
    with pytest.raises(StoreTrouble) as caught:
        asked.verify()
    assert caught.value.code == "store.no_tls"
    assert "SSL was required" in str(caught.value.__cause__)
