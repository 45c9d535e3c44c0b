"""What parts cost and save: `python -m scripts.dev.partition_trial --members 200000 --purchases 10`.

The same generated store twice on PostgreSQL, one of them taken apart by `data/deploy/partitions.sql`, and the
same work in both: an import, its repetition, a month's plan, members' purchases, one store's orders.
`--database URL` (of a superuser) uses a server that runs; without it, one is made for the trial.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.settings import database_url
from core.followups.planning import plan
from core.purchases.recording import record_batch, stored_sales
from core.purchases.rules import Sale
from core.purchases.views import purchases_of
from core.store.check import check
from core.store.engine import Store
from scripts.dev.bench.bare import bare
from scripts.dev.bench.figures import elapsed, taking_turns
from scripts.dev.bench.ground import MORNING
from scripts.dev.bench.server_ground import SETTINGS, ServerGround
from scripts.dev.cluster import running

PARTITIONS = Path(__file__).resolve().parents[2] / "data" / "deploy" / "partitions.sql"
BATCH, BATCHES = 1000, 20
LOOKED_AT = 200
ORDERS = "select count(*), sum(amount) from purchase where store_id = %s"


def sales(store: Store) -> list[Sale]:
    """New orders of the store's members, each in the member's own store."""
    with bare(store) as raw:
        members = raw.run("select id, store_id from member order by id limit %s", (BATCH * BATCHES,))
    day, moment = MORNING.date(), datetime(2026, 11, 23, 1, tzinfo=UTC)
    return [Sale(shop, f"T{member:09}", member, moment, day, 19900) for member, shop in members]


def record(store: Store, made: list[Sale]) -> int:
    """Store them as an import does; how many were new."""
    added = 0
    for start in range(0, len(made), BATCH):
        with store.write(SHELL, why="trial") as tx:
            added += record_batch(tx, made[start : start + BATCH]).added
    return added


def looked_at(store: Store, numbers: list[str]) -> Callable[[], Any]:
    """The first page of purchases of so many members."""
    return lambda: [purchases_of(store, SHELL, number) for number in numbers]


def known(store: Store, made: list[Sale]) -> Callable[[], Any]:
    """Which of a store's orders are there already: what an import asks first."""
    keys = [sale.key for sale in made if sale.store_id == made[0].store_id][:500]

    def asked() -> None:
        with store.read() as connection:
            stored_sales(connection, keys)

    return asked


def summed(store: Store, shop: int) -> Callable[[], Any]:
    """All of one store's purchases, read by a plain statement."""

    def read() -> None:
        with bare(store) as raw:
            raw.run(ORDERS, (shop,))

    return read


@contextmanager
def ground(members: int, purchases: int, database: str | None) -> Iterator[ServerGround]:
    """Databases with the generated store, on that server or on one of the trial's own."""
    with tempfile.TemporaryDirectory(prefix="partition-trial-", dir="/tmp") as folder, ExitStack() as stack:
        place = Path(folder)
        address = database or stack.enter_context(running(place, **SETTINGS)).url()
        yield ServerGround(members, purchases, place, 5, sa.make_url(database_url(address, place)))


def trial(members: int, purchases: int, database: str | None) -> None:
    """Take one of two like stores apart, work in both, and say what it took."""
    with (
        ground(members, purchases, database) as made,
        made.copy("generated") as whole,
        made.copy("generated") as parts,
    ):
        take_apart(parts)
        made.settle(whole)
        made.settle(parts)
        new = sales(whole)
        compare_work(whole, parts, new)
        compare_looks(whole, parts, new, made.rounds)
        print("check:", [finding.code for finding in check(parts).findings] or "sound")
        with bare(parts) as raw:
            for (line,) in raw.run(f"explain {ORDERS}", (new[0].store_id,)):
                print(line)


def take_apart(store: Store) -> None:
    """Run the shipped file on the store."""
    with bare(store) as raw:
        (count,) = raw.run("select count(*) from purchase")[0]
        seconds = elapsed(lambda: raw.raw.execute(PARTITIONS.read_text(encoding="utf-8")))
    print(f"taken apart, {count:,} purchases: {seconds:.1f} s")


def compare_work(whole: Store, parts: Store, new: list[Sale]) -> None:
    """What is done once, and changes the store."""
    works: tuple[tuple[str, Callable[[Store], object]], ...] = (
        (f"{len(new):,} new purchases", lambda store: record(store, new)),
        ("the same again", lambda store: record(store, new)),
        ("a month's plan", lambda store: plan(store, SHELL)),
    )
    for what, work in works:
        first, second = (elapsed(partial(work, store)) for store in (whole, parts))
        print(f"{what}: {first:.2f} s whole, {second:.2f} s in parts")


def compare_looks(whole: Store, parts: Store, new: list[Sale], rounds: int) -> None:
    """What is only read, in turns."""
    with bare(whole) as raw:
        numbers = [row[0] for row in raw.run("select number from member order by id limit %s", (LOOKED_AT,))]
    shop = new[0].store_id
    pairs = {
        "a member's purchases": (LOOKED_AT, looked_at(whole, numbers), looked_at(parts, numbers)),
        "500 orders of a store looked for": (1, known(whole, new), known(parts, new)),
        "all purchases of a store": (1, summed(whole, shop), summed(parts, shop)),
    }
    for what, (times, one, other) in pairs.items():
        first, second = (1000 * seconds / times for seconds in taking_turns(rounds, one, other))
        print(f"{what}: {first:.2f} ms whole, {second:.2f} ms in parts")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--purchases", type=int, default=10)
    parser.add_argument("--database", help="the URL of a superuser on a PostgreSQL server")
    given = parser.parse_args()
    trial(given.members, given.purchases, given.database)
