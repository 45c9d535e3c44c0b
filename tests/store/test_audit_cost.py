"""What the audit costs a write: at most half again of the same change without it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.members.tables import Member
from core.people.tables import Store as Shop
from core.store.engine import Store
from core.store.transaction import Transaction
from tests.followups.conftest import fill
from tests.store.sealed_shop import PEOPLE

ROUNDS, EACH = 40, 12
Change = Callable[[Store, int], None]


def one_field(store: Store, nth: int) -> None:
    with store.write(SHELL, why="told on the phone") as tx:
        tx.update(Member, 1, {"wechat": f"w{nth}"})


def four_fields(store: Store, nth: int) -> None:
    with store.write(SHELL, why="told on the phone") as tx:
        tx.update(Member, 1, dict.fromkeys(("wechat", "address", "occupation", "interests"), f"v{nth}"))


def new_row(store: Store, nth: int) -> None:
    with store.write(SHELL) as tx:
        tx.insert(Shop, code=f"X{nth}", name="shop", city="Suzhou")


@pytest.fixture
def durable(store: Store) -> Iterator[Store]:
    """The store as a shop runs it: the tests' PostgreSQL does not wait for the disk otherwise."""
    if store.is_sqlite:
        yield store
        return
    admin = sa.create_engine(store.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("alter system set fsync = on")
        connection.exec_driver_sql("select pg_reload_conf()")
        yield store
        connection.exec_driver_sql("alter system set fsync = off")
        connection.exec_driver_sql("select pg_reload_conf()")
    admin.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("change", [one_field, four_fields, new_row])
def test_an_audited_change_costs_at_most_half_more(
    durable: Store, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both kinds in turn, in one run; the best of five medians, for the machine has other work too."""
    store = durable
    fill(store, PEOPLE)
    nth = iter(range(10_000_000))
    note = Transaction.note

    def run(audited: bool) -> list[float]:
        monkeypatch.setattr(Transaction, "note", note if audited else lambda *_given, **_named: None)
        taken = []
        for _ in range(EACH):
            start = time.perf_counter()
            change(store, next(nth))
            taken.append(time.perf_counter() - start)
        return taken

    run(True), run(False)
    ratios = []
    for _ in range(5):
        with_audit, without = [], []
        for _ in range(ROUNDS):
            with_audit += run(True)
            without += run(False)
        ratios.append(statistics.median(with_audit) / statistics.median(without))
        if ratios[-1] <= 1.4:
            break
    print(f"{change.__name__} on {store.engine.name}: {[round(ratio, 2) for ratio in ratios]}")
    assert min(ratios) <= 1.5
