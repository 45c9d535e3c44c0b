"""What the four kinds of files have in common: a row becomes a state, and a state is laid over the stored one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from core.base.language import N_
from core.imports.columns import Kind, Layout
from core.imports.result import Notice
from core.imports.sheets import Sheet
from core.imports.values import Wrong, code, plain
from core.people.tables import Staff, Store
from core.store.engine import Store as HuifangStore
from core.store.transaction import Transaction

S = TypeVar("S", bound=tuple[Any, ...])


class Stored(NamedTuple, Generic[S]):
    """A record in the store: its row number there, and its state as far as files can tell it."""

    id: int
    state: S


class FileKind(ABC, Generic[S]):
    """Reads the rows of one kind of file and knows how its records are found, compared and stored.

    States are tuples. A state read from a file may hold None for what the file does not say: an empty cell
    never takes anything away.
    """

    kind: Kind
    table: type[SQLModel]
    batch = 5000
    """Rows taken in at once, at most."""

    def __init__(self, store: HuifangStore, sheet: Sheet) -> None:
        self.store = store
        self.sheet = sheet
        self.layout: Layout = sheet.layout
        self.width = len(sheet.headings)
        self.field = ""
        self.noticed: Counter[str] = Counter()
        with store.read() as connection:
            self.people = People.load(connection)

    @abstractmethod
    def state(self, cells: Sequence[str]) -> S | None:
        """The state a row tells, None for a sale without a member. Raises Wrong; `field` is then to blame."""

    @abstractmethod
    def key(self, state: S) -> str:
        """What makes two rows the same record."""

    def resolved(self, connection: Connection, states: Sequence[S]) -> Sequence[S | Wrong]:
        """The states with what must be looked up in the store for them."""
        return states

    @abstractmethod
    def stored(self, connection: Connection, states: Mapping[str, S]) -> dict[str, Stored[S]]:
        """Those of the records that are in the store, by key."""

    def fresh(self, state: S) -> S:
        """The state of a record that is new."""
        return state

    def over(self, before: S, state: S) -> S:
        """The state after a row, where the record was there before."""
        pairs = zip(before, state, strict=True)
        return self._made(before, [old if new is None else new for old, new in pairs])

    def rebased(self, now: S, before: S, after: S) -> S:
        """The change from `before` to `after`, made to a record that somebody may have changed meanwhile."""
        if now == before:
            return after
        triples = zip(now, before, after, strict=True)
        return self._made(now, [current if old == new else new for current, old, new in triples])

    @abstractmethod
    def add(self, tx: Transaction, states: Sequence[S]) -> None:
        """Store new records."""

    @abstractmethod
    def change(self, tx: Transaction, changes: Sequence[tuple[Stored[S], S]]) -> None:
        """Change stored records, field by field in the audit trail."""

    def notices(self) -> list[Notice]:
        """What the person who imports should know."""
        return [Notice(template, {"count": count}) for template, count in self.noticed.items() if count]

    def text(self, field: str, cells: Sequence[str]) -> str:
        """The cleaned text of a field, empty where the file has no such column."""
        self.field = field
        place = self.layout.places.get(field)
        return plain(cells[place]) if place is not None and place < len(cells) else ""

    def needed(self, field: str, cells: Sequence[str]) -> str:
        """The text of a field that may not be empty."""
        text = self.text(field, cells)
        if not text:
            raise Wrong(N_("this cell is empty, and the row can't be taken without it"))
        return text

    def check_width(self, cells: Sequence[str]) -> None:
        """Raise Wrong for a row with more cells than headings: its values have slipped."""
        if len(cells) > self.width and any(map(str.strip, cells[self.width :])):
            self.field = ""
            raise Wrong(
                N_("the row has more cells than there are headings: a separator in a value needs quotation marks")
            )

    @staticmethod
    def _made(like: S, values: Sequence[Any]) -> S:
        return type(like)(*values)


class People:
    """The stores and staff that rows name by code; a store also by its name where no other has it."""

    def __init__(
        self, stores: Mapping[str, int], zones: Mapping[int, str], staff: Mapping[str, tuple[int, int]]
    ) -> None:
        self.stores = stores
        self.zones = zones
        self.staff = staff
        self.codes: Collection[str] = ()

    @classmethod
    def load(cls, connection: Connection) -> People:
        """Read them from the store."""
        shops: sa.Table = Store.__table__  # type: ignore[attr-defined]
        people: sa.Table = Staff.__table__  # type: ignore[attr-defined]
        rows = connection.execute(
            sa.select(shops.c.id, shops.c.code, shops.c.name, shops.c.time_zone).order_by(shops.c.code)
        ).all()
        names = Counter(row.name for row in rows)
        stores = {row.name: row.id for row in rows if names[row.name] == 1} | {row.code: row.id for row in rows}
        staff = connection.execute(sa.select(people.c.code, people.c.id, people.c.store_id))
        found = cls(stores, {row.id: row.time_zone for row in rows}, {row[0]: (row[1], row[2]) for row in staff})
        found.codes = [row.code for row in rows]
        return found

    def store(self, text: str) -> int | None:
        """The store a cell names; an empty one means the only store there is."""
        if not text:
            return next(iter(self.zones)) if len(self.zones) == 1 else None
        found = self.stores.get(text) or self.stores.get(code(text))
        if found is None:
            known = " ".join(list(self.codes)[:8]) + (" .." if len(self.codes) > 8 else "")
            raise Wrong(
                N_("there is no store {code}: correct it, or import the stores first (known: {known})"),
                code=text,
                known=known or "-",
            )
        return found

    def member_of_staff(self, text: str) -> tuple[int, int] | None:
        """The staff member a cell names and their store."""
        if not text:
            return None
        found = self.staff.get(text) or self.staff.get(code(text))
        if found is None:
            raise Wrong(
                N_("there is no staff member {code}: correct the code, or import the staff first"), code=text
            )
        return found
