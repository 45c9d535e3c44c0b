"""Where a pass over whole tables goes, and what it sees there."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from core.base.actor import SHELL
from core.people.tables import Store as Shop
from core.store.engine import Store


def follows(connection: Connection) -> bool:
    """Whether it is the replica that is read."""
    return bool(connection.exec_driver_sql("select pg_is_in_recovery()").scalar_one())


def on_replica(store: Store) -> bool:
    """Where the next pass goes."""
    with store.sweep() as connection:
        return follows(connection)


def add(store: Store, code: str) -> None:
    with store.write(SHELL) as tx:
        tx.insert(Shop, code=code, name="shop")
        assert not follows(tx.connection)


def seen(store: Store) -> list[str]:
    """The shops' codes as a pass sees them."""
    with store.sweep() as connection:
        return list(connection.exec_driver_sql('select code from "store" order by code').scalars())
