"""One import under way: batches of rows sorted into new, changed and refused, and stored (R6.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.errors import Cancelled, Conflict, StoreTrouble
from core.base.language import NN_, Catalogue
from core.imports.columns import columns
from core.imports.kinds import FileKind, Stored
from core.imports.rejects import Rejects
from core.imports.result import ImportResult, Notice
from core.imports.scratch import Scratch
from core.imports.sheets import Row
from core.imports.values import Wrong
from core.store.again import retried
from core.store.engine import Store
from core.store.tables import Deed

WRITING_SECONDS = 0.25
"""What one transaction may take, about: so long may somebody who logs a call have to wait for an import.

The number of rows in it follows from how fast this store takes them in.
"""

FIRST_BATCH = 2000
SMALLEST_BATCH = 1000
CHANGES = 500
"""Changed records in one transaction: each costs several statements."""

TRIES = 3


def stopped(rows: int) -> Cancelled:
    return Cancelled(
        "import.cancelled",
        NN_(
            "The import was stopped after {count} row. What was stored stays: run it again to complete it.",
            "The import was stopped after {count} rows. What was stored stays: run it again to complete it.",
        ),
        count=rows,
    )


@dataclass(slots=True)
class _Sorted:
    """What is to become of the rows of one batch."""

    new: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, _Waiting] = field(default_factory=dict)
    unchanged: int = 0
    wrong: list[tuple[Row, str, Wrong]] = field(default_factory=list)


@dataclass(slots=True)
class _Waiting:
    """A stored record that rows of the file tell otherwise: changed when the whole file has been read.

    The file may name it again, and the last row counts: else running it twice would change things to and fro.
    """

    before: Any
    after: Any
    rows: int


class Run:
    """One import under way."""

    def __init__(
        self,
        store: Store,
        actor: Actor,
        kind: FileKind[Any],
        refused: Rejects,
        words: Catalogue,
        why: str,
        dry_run: bool,
    ) -> None:
        self.store = store
        self.actor = actor
        self.kind = kind
        self.refused = refused
        self.words = words
        self.why = why
        self.dry_run = dry_run
        self.read = self.added = self.updated = self.unchanged = self.anonymous = 0
        self.waiting = Scratch()
        self.imagined = Scratch()
        self.size = min(kind.batch, FIRST_BATCH)

    def take(self, lines: Sequence[Row]) -> None:
        """Take in one batch of rows."""
        self.read += len(lines)
        kept, states = self._understood(lines)
        for attempt in range(TRIES):
            try:
                done = self._stored(kept, states)
                break
            except (Conflict, StoreTrouble) as error:  # somebody stores the same meanwhile: look again
                if attempt == TRIES - 1 or error.code not in ("store.conflict", "store.busy"):
                    raise
        if self.dry_run:
            self.imagined.put(done.new)
        self.waiting.put(done.waiting)
        self.added += len(done.new)
        self.unchanged += done.unchanged
        for line, name, wrong in done.wrong:
            self._refuse(line, name, wrong)

    def settle(self, cancelled: Callable[[], bool] | None) -> None:
        """Make the changes that waited for the end of the file."""
        for entries in self.waiting.portions(CHANGES):
            if cancelled is not None and cancelled():
                raise stopped(self.read)
            if self.dry_run:
                changed = {key for key, entry in entries.items() if entry.before != entry.after}
            else:
                changed = self._change(entries)
            self.updated += sum(entries[key].rows for key in changed)
            self.unchanged += sum(entry.rows for key, entry in entries.items() if key not in changed)
        if not self.dry_run and (self.added or self.updated):
            counts = f"{self.read} rows read, {self.added} added, {self.updated} updated"
            self._note(counts)

    @retried()
    def _note(self, counts: str) -> None:
        with self.store.write(self.actor, why=self.why) as tx:
            tx.note(Deed.BULK, self.kind.table, "*", new=counts)

    def result(self, rejects_file: Path | None, notices: Sequence[Notice]) -> ImportResult:
        """The counts."""
        return ImportResult(
            self.read,
            self.added,
            self.updated,
            self.unchanged,
            self.anonymous,
            self.refused.count,
            rejects_file,
            (*notices, *self.kind.notices()),
        )

    def close(self) -> None:
        """Give the room on disk back."""
        self.waiting.close()
        self.imagined.close()

    def _understood(self, lines: Sequence[Row]) -> tuple[list[Row], Sequence[Any]]:
        """The rows that can be read, and the state that each tells."""
        kept: list[Row] = []
        states: list[Any] = []
        for line in lines:
            try:
                state = self.kind.state(line[1])
            except Wrong as wrong:
                self._refuse(line, self.kind.field, wrong)
                continue
            if state is not None:
                kept.append(line)
                states.append(state)
            else:
                self.anonymous += 1
        with self.store.read() as connection:
            found = self.kind.resolved(connection, states)
        if found is not states:
            for line, state in zip(kept, found, strict=True):
                if isinstance(state, Wrong):
                    self._refuse(line, self.kind.field, state)
            pairs = zip(kept, found, strict=True)
            kept = [line for line, state in pairs if not isinstance(state, Wrong)]
            found = [state for state in found if not isinstance(state, Wrong)]
        return kept, found

    def _stored(self, lines: Sequence[Row], states: Sequence[Any]) -> _Sorted:
        keys = list(map(self.kind.key, states))
        with self.store.read() as connection:
            done = self._sort(connection, lines, states, keys)
        if done.new and not self.dry_run:
            took = self._add(list(done.new.values()))
            fitting = round(len(done.new) * WRITING_SECONDS / max(took, 0.001))
            self.size = max(min(self.kind.batch, SMALLEST_BATCH), min(self.kind.batch, 4 * self.size, fitting))
        return done

    @retried()
    def _add(self, states: Sequence[Any]) -> float:
        """Store what is new; returns the seconds it took once it was this import's turn."""
        # a power cut may lose the newest batch whole: `settle` makes sure of all of them at the end
        with self.store.write(self.actor, why=self.why, durable=False) as tx:
            begun = monotonic()
            self.kind.add(tx, states)
        return monotonic() - begun

    def _sort(
        self, connection: Connection, lines: Sequence[Row], states: Sequence[Any], keys: Sequence[str]
    ) -> _Sorted:
        keyed = dict(zip(keys, states, strict=True))
        there: dict[str, Any] = {key: stored.state for key, stored in self.kind.stored(connection, keyed).items()}
        if self.imagined:
            there |= self.imagined.get(keyed)
        waiting: dict[str, _Waiting] = self.waiting.get(keyed) if self.waiting else {}
        done = _Sorted()
        for line, key, state in zip(lines, keys, states, strict=True):
            before = there.get(key)
            if before is None:
                try:
                    there[key] = done.new[key] = self.kind.fresh(state)
                except Wrong as wrong:
                    done.wrong.append((line, self.kind.field, wrong))
                continue
            held = waiting.get(key)
            earlier = held.after if held else before
            after = self.kind.over(earlier, state)
            if after == earlier:
                done.unchanged += 1
                continue
            waiting[key] = _Waiting(held.before if held else before, after, (held.rows if held else 0) + 1)
            done.waiting[key] = waiting[key]
        return done

    @retried()
    def _change(self, entries: dict[str, _Waiting]) -> set[str]:
        wanted = {key: entry for key, entry in entries.items() if entry.before != entry.after}
        if not wanted:
            return set()
        with self.store.write(self.actor, why=self.why, durable=False) as tx:
            there = self.kind.stored(tx.connection, {key: entry.after for key, entry in wanted.items()})
            changes: list[tuple[Stored[Any], Any]] = []
            for key, entry in wanted.items():
                now = there[key]
                after = self.kind.rebased(now.state, entry.before, entry.after)
                if after != now.state:
                    changes.append((now, after))
            self.kind.change(tx, changes)
        return set(wanted)

    def _refuse(self, line: Row, name: str, wrong: Wrong) -> None:
        sentence = self.words.say(wrong.template, **wrong.params)
        if name:
            column = columns(self.kind.kind)[name].name(self.words)
            sentence = self.words.say("{column}: {what}", column=column, what=sentence)
        self.refused.add(line[0], sentence, line[1])
