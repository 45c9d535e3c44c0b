"""Addresses of stores as people write them: what is none is told with an example, and without its password."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.base.errors import StoreTrouble
from core.base.language import N_

_KINDS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"})
_PORTS = range(1, 65536)
_SECRET = re.compile(r"^(\w[\w+.-]*:/*)?.*@", re.DOTALL)

NO_STORE = N_(
    "{where} is no address of a store. HUIFANG_DATABASE (or --store-url) takes a file's path, or an address such "
    "as postgresql://user:password@host:5432/database, with %40 for an @ in the password."
)
NO_REPLICA = N_("HUIFANG_REPLICA is an address such as postgresql://user@host/database, not {where}.")


def store_address(named: str) -> sa.URL:
    """The address of a store: of a SQLite file or a PostgreSQL database. Raises StoreTrouble "store.address"."""
    url = _parsed(named)
    if url is None or url.drivername not in _KINDS or (url.get_backend_name() == "sqlite" and url.host):
        raise StoreTrouble("store.address", NO_STORE, where=_shown(named))
    return url


def replica_address(named: str) -> sa.URL:
    """The address of a PostgreSQL server that follows another. Raises StoreTrouble "store.replica_kind"."""
    url = _parsed(named)
    if url is None or url.drivername not in _KINDS or url.get_backend_name() != "postgresql":
        raise StoreTrouble("store.replica_kind", NO_REPLICA, where=_shown(named))
    return url


def public_address(url: sa.URL) -> str:
    """A server's address as it is shown: as people write it, without its password and its options."""
    places = {name: value for name, value in url.query.items() if name in ("host", "port")}
    return url.set(drivername=url.get_backend_name(), query=places).render_as_string(hide_password=True)


def _parsed(named: str) -> sa.URL | None:
    """What SQLAlchemy reads in it, None where it reads nothing."""
    try:
        url = make_url(named)
    except (ArgumentError, ValueError):  # a port that is no number
        return None
    return url if url.port is None or url.port in _PORTS else None


def _shown(named: str) -> str:
    """What was written, without what may be secret in it, however wrong it is."""
    written = named.replace("postgresql+psycopg:", "postgresql:", 1)  # as people write it
    return _SECRET.sub(lambda found: f"{found[1] or ''}***@", written).partition("?")[0]
