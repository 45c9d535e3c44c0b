"""Driver errors, translated at the boundary into what a user can be told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    TimeoutError,
)

from core.base.errors import Conflict, HuifangError, StoreTrouble
from core.base.language import N_
from core.store.door import refused
from core.store.turns import BUSY

MISSING = N_("There is no Huifang store at {where} yet: make one with `huifang init`.")

AWAY = N_("The store can't be reached ({where}): check the database and the setting HUIFANG_DATABASE.")

ONLY_READ = N_(
    "The server only lets itself be read: nothing is stored. If another one has just failed, try again in a "
    "minute; else HUIFANG_DATABASE ({where}) names a replica, or the server was closed for writing: ask the "
    "administrator."
)

UNSURE = N_(
    "The store was lost at the last moment: whether this was stored is not known. Look before you repeat it."
)


class Undone(StoreTrouble):
    """The database has undone the whole transaction, or never began it: it may be asked for again."""


class Unsure(StoreTrouble):
    """The connection was lost during the commit: it was stored whole or not at all, and nobody was told which."""


def unsure(error: DBAPIError, where: str) -> Unsure | None:
    """The trouble where a commit was not answered; None where the database said that it did not commit."""
    state = getattr(error.orig, "sqlstate", None) or ""
    lost = error.connection_invalidated or state.startswith(("08", "57P"))
    return Unsure("store.unsure", UNSURE, where=where) if lost else None


_COLLIDED = frozenset({"40P01", "40001"})
"""A deadlock, a serialization failure: the database chose this transaction to give way."""

_UNREADY = ("08", "57P", "53300")
"""A connection lost or refused: the server ends, begins, or has too many of them."""

_ONLY_READ = "25006"
"""It still follows another one, since a pair's way leads to its new leader a moment before that may be written to;
or it does so for good, as a replica that was named by mistake."""

_NO_TABLE = frozenset({"42P01", "3F000"})
"""A table, or the schema of all tables, that is not there."""

_COLLIDED_SQLITE = frozenset({"SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY"})
"""Refused at once, without the wait of an ordinary lock."""


def _undone(error: DBAPIError, where: str) -> Undone | None:
    """The trouble where the transaction was undone by no fault of its own, or could not begin."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _COLLIDED or getattr(error.orig, "sqlite_errorname", "") in _COLLIDED_SQLITE:
        return Undone("store.busy", BUSY, where=where)
    if error.connection_invalidated or state.startswith(_UNREADY):
        return Undone("store.unreachable", AWAY, where=where)
    if state == _ONLY_READ:
        return Undone("store.only_read", ONLY_READ, where=where)
    return None


def translated(error: BaseException, where: str) -> HuifangError | None:
    """The error a user should see for a driver's error, or None where it is a fault of the program."""
    if isinstance(error, IntegrityError) and "append-only" not in str(error.orig):
        return Conflict(
            "store.conflict",
            N_("Somebody else stored the same thing at the same moment, or it names what is no longer there."),
        )
    if isinstance(error, (DatabaseError, InterfaceError)):
        if trouble := refused(error, where) or _undone(error, where):
            return trouble
        if getattr(error.orig, "sqlstate", None) in _NO_TABLE:
            return StoreTrouble("store.missing", MISSING, where=where)
        said = str(error.orig)
    elif isinstance(error, sqlite3.Error):
        said = str(error)
    else:
        return None
    words = said.lower()
    for needles, code, template in _KNOWN:
        if any(needle in words for needle in needles):
            reason = said.partition("\n")[0].rpartition("failed: ")[2]
            return StoreTrouble(code, template, where=where, reason=reason)
    if isinstance(error, (OperationalError, InterfaceError)):
        at_door = error.statement is None and not isinstance(error.orig, sqlite3.Error)
        return (Undone if at_door else StoreTrouble)("store.unreachable", AWAY, where=where)
    return None


_KNOWN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("invalid connection option", "bad value for", "invalid sslmode value", "root certificate file"),
        "store.address",
        N_(
            "The address {where} has an option behind its ? that can't be used ({reason}): look at its name and "
            "value, and whether the file it names is there, as in "
            "?sslmode=verify-full&sslrootcert=/etc/ssl/huifang/chain.pem."
        ),
    ),
    (
        ("no such table",),
        "store.missing",
        MISSING,
    ),
    (
        ("append-only",),
        "store.append_only",
        N_("This record is kept as it was written and can't be changed or removed."),
    ),
    (
        ("is locked", "lock timeout", "lock_timeout"),
        "store.busy",
        BUSY,
    ),
    (
        ("readonly database", "read-only"),
        "store.read_only",
        N_("The store {where} can only be read: nothing was changed. Check the file's and folder's rights."),
    ),
    (
        ("disk is full", "no space left", "could not extend file"),
        "store.full",
        N_("The disk of the store {where} is full: nothing was changed. Make room and try again."),
    ),
    (
        ("disk i/o error",),
        "store.disk",
        N_("The disk of {where} failed: nothing was changed. Check the disk, then run `huifang check`."),
    ),
    (
        ("malformed", "not a database", "file is encrypted", "could not decode"),
        "store.damaged",
        N_("The store {where} is damaged or is no Huifang store: restore a backup with `huifang restore`."),
    ),
    (
        ("unable to open database file",),
        "store.unopened",
        N_("The store {where} can't be opened: check that its folder exists and may be written."),
    ),
)


@contextmanager
def worded(where: str) -> Iterator[None]:
    """Turn driver errors raised inside into errors a user can read; other errors pass as they are."""
    try:
        yield
    except PendingRollbackError as error:  # the connection was lost, and what asked went on in its transaction
        raise Undone("store.unreachable", AWAY, where=where) from error
    except TimeoutError as error:  # every connection of this process is in use
        raise StoreTrouble("store.busy", BUSY, where=where) from error
    except (DatabaseError, InterfaceError, sqlite3.Error) as error:
        known = translated(error, where)
        if known is None:
            raise
        raise known from error
