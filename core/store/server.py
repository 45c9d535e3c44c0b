"""Connections to a PostgreSQL server: few for each terminal, none of them dead, and none that keeps a state.

Whatever a transaction needs is said in its first line, so that a pooler between may hand each transaction to
another connection of the server (pgbouncer, pool_mode = transaction).
"""

from __future__ import annotations

import select
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import NullPool

from core.base.clock import SystemClock
from core.base.errors import StoreTrouble
from core.base.language import N_
from core.store.direct import say

KEPT = 1
"""Connections that an idle terminal holds."""

AT_ONCE = 3
"""How many more it may open while several jobs run at the same time."""

QUIET = 5.0
"""Seconds after which a connection is asked for an answer before it is used again."""

RENEWED = 1800
"""Seconds after which a connection is replaced: a server taken out of a pair gets rid of its terminals."""

PREPARED_AFTER = 1
"""After how many times a statement is prepared: planning the worklist takes ten times as long as reading it."""

CLOCKS_APART = timedelta(minutes=10)
"""By how much this machine's clock and the server's may differ."""

LOOKING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""A reader sees one state of the store from its first statement on: SQLite's way, asked of PostgreSQL."""

_SETTINGS: dict[str, Any] = {
    "application_name": "huifang",
    "connect_timeout": 5,
    # a server that vanished without a word is noticed within half a minute, not in two hours
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


_POOL: dict[str, Any] = {
    "pool_size": KEPT,
    "max_overflow": AT_ONCE,
    "pool_timeout": 10,
    "pool_recycle": RENEWED,
    "pool_use_lifo": True,
}


def engine_of(url: sa.URL, patience: float, *, keeps: bool = True, compares_clocks: bool = False) -> Engine:
    """The engine for a server; what the URL itself says (sslmode, sslrootcert, ...) goes before our settings.

    One that does not keep connections opens each anew; one that compares clocks refuses to work (StoreTrouble
    "store.clock") where this machine's and the server's are far apart.
    """
    settings = {name: value for name, value in _SETTINGS.items() if name not in url.query}
    pool = _POOL if keeps else {"poolclass": NullPool}
    engine = sa.create_engine(
        url,
        **pool,
        use_native_hstore=False,  # which would be looked for on every first connection
        # Huifang says BEGIN itself
        connect_args={"autocommit": True, "prepare_threshold": None, **settings},
    )
    writes = f"BEGIN; SET LOCAL lock_timeout = {round(patience * 1000)}"

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        say(connection, writes if "writes" in options else LOOKING if "reads" in options else "BEGIN")

    event.listen(engine, "connect", _prepare_if_direct)
    if compares_clocks:
        event.listen(engine, "connect", _same_time)
    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", _note_time)
    event.listen(engine, "checkout", _alive)
    return engine


def _prepare_if_direct(raw: Any, _record: Any) -> None:
    """Let statements be prepared, unless a pooler stands between: its next connection would not know them."""
    (process,) = raw.execute("select pg_backend_pid()").fetchone()
    direct = process == raw.info.backend_pid
    raw.prepare_threshold = PREPARED_AFTER if direct else None
    if direct:
        # The server holds planning for nearly free, and would plan the top of a desk anew each time: 14 ms for 1.
        raw.execute("SET plan_cache_mode = force_generic_plan")


def _same_time(raw: Any, _record: Any) -> None:
    """A day that is not today would be planned for the whole chain, and what is open until then closed."""
    (seconds,) = raw.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
    ours, theirs = SystemClock().now(), datetime.fromtimestamp(seconds, UTC)
    if abs(ours - theirs) > CLOCKS_APART:
        raise StoreTrouble(
            "store.clock",
            N_(
                "This machine's clock says {ours} (UTC), the database server's {theirs}: put the wrong one right "
                "first (NTP). Nothing was changed."
            ),
            ours=f"{ours:%Y-%m-%d %H:%M}",
            theirs=f"{theirs:%Y-%m-%d %H:%M}",
        )


def _note_time(_raw: Any, record: Any) -> None:
    record.info["back"] = time.monotonic()


def _alive(raw: Any, record: Any, _proxy: Any) -> None:
    """Have a connection replaced, with all others as old, whose server is gone; without a round trip as a rule."""
    back = record.info.get("back")
    if back is None:
        return  # just opened
    # A server that ends, or closes a connection, has said so: nothing else is sent to one that rests.
    if _has_news(raw) or (time.monotonic() - back > QUIET and not _answers(raw)):
        raise InvalidatePoolError("the server has closed the connection")


def _has_news(raw: Any) -> bool:
    if raw.closed:
        return True
    watched = select.poll()
    watched.register(raw.fileno(), select.POLLIN)
    return bool(watched.poll(0))


def _answers(raw: Any) -> bool:
    import psycopg

    try:
        raw.execute("select 1")
    except psycopg.Error:
        return False
    return True
