"""Room on disk, beside the store, for what one import must remember of its own file.

A file may name the same record again a million rows later. Memory must not grow with the file, so what was seen
goes into a database without a name, which the system removes with the process.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

_SOME = 500
_ROOM = 2000


class Scratch:
    """A table from a key to a value, in memory while small."""

    def __init__(self) -> None:
        self._near: dict[str, Any] = {}
        self._far: sqlite3.Connection | None = None

    def __bool__(self) -> bool:
        return bool(self._near) or self._far is not None

    def put(self, values: Mapping[str, Any]) -> None:
        """Remember values; a later one of the same key stands in for the earlier."""
        self._near.update(values)
        if len(self._near) > _ROOM:
            self._spill()

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """The values remembered of those keys."""
        wanted = list(keys)
        found = {key: self._near[key] for key in wanted if key in self._near}
        if self._far is not None:
            rest = iter([key for key in wanted if key not in found])
            while some := list(islice(rest, _SOME)):
                marks = ",".join("?" * len(some))
                rows = self._far.execute(f"select key, value from seen where key in ({marks})", some)
                found |= {key: pickle.loads(value) for key, value in rows}
        return found

    def portions(self, size: int) -> Iterator[dict[str, Any]]:
        """All that is remembered, in portions by key."""
        if self._far is None:
            entries = iter(sorted(self._near.items()))
            while some := dict(islice(entries, size)):
                yield some
            return
        self._spill()
        after = ""
        while rows := self._far.execute(
            "select key, value from seen where key > ? order by key limit ?", (after, size)
        ).fetchall():
            yield {key: pickle.loads(value) for key, value in rows}
            after = rows[-1][0]

    def close(self) -> None:
        """Give the room back."""
        self._near.clear()
        if self._far is not None:
            self._far.close()
            self._far = None

    def _spill(self) -> None:
        if self._far is None:
            self._far = sqlite3.connect("", isolation_level=None)
            self._far.execute("pragma journal_mode=off")
            self._far.execute("pragma synchronous=off")
            self._far.execute("pragma cache_size=-8000")
            self._far.execute("pragma temp_store=file")
            self._far.execute("create table seen (key text primary key, value blob) without rowid")
        self._far.execute("begin")
        self._far.executemany(
            "insert or replace into seen values (?, ?)",
            ((key, pickle.dumps(value, protocol=5)) for key, value in self._near.items()),
        )
        self._far.execute("commit")
        self._near.clear()
