"""Making and upgrading a store. The only module that imports Alembic, and only when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.errors import StoreTrouble
from core.base.language import N_
from core.base.outside import reason_of
from core.store.engine import SCHEMA_VERSION, Store
from core.store.troubles import worded
from core.store.turns import turn

_LOCK = 0x48554946  # the advisory lock on PostgreSQL under which one terminal migrates


def init(store: Store) -> bool:
    """Make the store where there is none; returns whether it was made now.

    Raises StoreTrouble where something else, or another version, is there already.
    """
    if store.file is not None and not store.file.exists():
        _make_file(store.file)
    elif store.file is not None:
        store.verify_file()
    if _has_version(store):
        store.verify()
        return False
    if store.is_sqlite:
        with worded(store.where), store.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
    _run(store)
    return True


def upgrade(store: Store) -> tuple[str | None, str]:
    """Bring an older store to this program's version; returns (from, to). Back it up before."""
    store.verify_file()
    found = store.version()
    if found is not None and found > SCHEMA_VERSION:
        store.verify()
    _run(store)
    return found, SCHEMA_VERSION


def _run(store: Store, to: str = "head") -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    with turn(store.file, store.patience), worded(store.where), store.engine.connect() as connection:
        writing = connection.execution_options(writes=True)
        with _foreign_keys_apart(store, writing), writing.begin():
            if not store.is_sqlite:
                writing.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config.attributes["connection"] = writing
            command.upgrade(config, to)
            if store.is_sqlite and (broken := writing.exec_driver_sql("PRAGMA foreign_key_check").first()):
                raise StoreTrouble(
                    "store.orphans",
                    N_("The store {where} has rows in {table} that name missing rows; it was not upgraded."),
                    where=store.where,
                    table=broken[0],
                )


@contextmanager
def _foreign_keys_apart(store: Store, connection: Connection) -> Iterator[None]:
    """Let a migration rebuild a SQLite table that others name: all is checked before the commit instead."""
    if not store.is_sqlite:
        yield
        return
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _has_version(store: Store) -> bool:
    with worded(store.where), store.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return True
    if tables:
        raise StoreTrouble(
            "store.foreign",
            N_("{where} already holds something that is no Huifang store: name another file or database."),
            where=store.where,
        )
    return False


def _make_file(file: Path) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)  # it holds members' numbers: as private as its backups
    except OSError as error:
        raise StoreTrouble(
            "store.folder",
            N_("The store can't be made in the folder {folder}: {reason}."),
            folder=file.parent,
            reason=reason_of(error),
        ) from error
