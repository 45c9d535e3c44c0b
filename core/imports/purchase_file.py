"""Files of purchases: the kind that may have ten million rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from core.base.clock import business_day, zone
from core.base.language import N_, NN_
from core.imports.columns import Kind, code_of
from core.imports.kinds import FileKind, Stored
from core.imports.sheets import Sheet
from core.imports.values import (
    EARLIEST,
    LATEST,
    LONGEST_CODE,
    LONGEST_TEXT,
    Wrong,
    amount,
    bounded,
    code,
    moment,
    whole,
)
from core.purchases.driver import rows_in
from core.purchases.recording import StoredSale, add_sales, change_sales, stored_sales
from core.purchases.rules import Sale
from core.purchases.tables import Purchase
from core.store.engine import Store
from core.store.transaction import Transaction

AHEAD = NN_(
    "{count} purchase is dated after today: check the dates of the file.",
    "{count} purchases are dated after today: check the dates of the file.",
)
_TEXTS = ("goods", "category", "payment", "occasion")
_ROOM = 200_000
FIRST_YEAR, LAST_YEAR = EARLIEST.year, LATEST.year


class PurchasesFile(FileKind[Sale]):
    """Purchases by store and order number. Until it is looked up, `member_id` of a row holds the number itself."""

    kind = Kind.PURCHASES
    table = Purchase
    batch = 20_000

    def __init__(self, store: Store, sheet: Sheet) -> None:
        super().__init__(store, sheet)
        self.tomorrow = business_day(store.clock.now()) + timedelta(days=1)
        self.zones = {key: zone(name) for key, name in self.people.zones.items()}
        places = self.layout.places
        self._plain_places = (
            places["member"],
            places["order"],
            places["bought_at"],
            places.get("store", self.width),
            places["amount"],
            places.get("items"),
            places.get("staff"),
        )
        if any(field in places for field in _TEXTS):
            self._usual = self._read  # type: ignore[method-assign]
        self._members: dict[str, int] = {}
        self._stores: dict[str, int] = {}
        self._staff: dict[str, int | None] = {"": None}

    def state(self, cells: Sequence[str]) -> Any:
        """A sale from a row, with the member's number where its id is not known yet; None without a member."""
        try:
            return self._usual(cells)
        except (LookupError, ValueError, Wrong):
            return self._read(cells)

    def _usual(self, cells: Sequence[str]) -> Sale:
        """What `_read` would make of a row whose codes were met before and whose values are plainly written.

        Nearly all rows of a till's file are such. Raises an error for any other row.
        """
        member, order, at, shop, fen, items, staff = self._plain_places
        bought_at = datetime.fromisoformat(cells[at])
        number, count = cells[order], cells[items] if items is not None else ""
        if len(cells) != self.width or bought_at.tzinfo or cells[at][4:8:3] != "--" or len(cells[at]) > 19:
            raise ValueError
        if not (FIRST_YEAR < bought_at.year < LAST_YEAR and number.isalnum() and number.isascii()):
            raise ValueError
        if len(number) > LONGEST_CODE or not (count.isdecimal() or not count) or len(count) > 9:
            raise ValueError
        store_id = self._stores[cells[shop]]
        return Sale(
            store_id,
            number,
            self._members[cells[member]],
            bought_at.replace(tzinfo=self.zones[store_id]).astimezone(UTC),
            bought_at.date(),
            amount(cells[fen]),
            self._staff[cells[staff]] if staff is not None else None,
            int(count) if count else None,
        )

    def _read(self, cells: Sequence[str]) -> Any:
        self.check_width(cells)
        number = self.text("member", cells)
        if not number or code_of("anonymous", number) is not None:
            return None
        order = code(self.needed("order", cells))
        store_id = self._store(self.text("store", cells))
        bought_at = moment(self.needed("bought_at", cells), epoch_1904=self.sheet.epoch_1904)
        place = self.zones[store_id]
        if bought_at.tzinfo is None:
            day = bought_at.date()
            bought_at = bought_at.replace(tzinfo=place)
        else:
            day = bought_at.astimezone(place).date()
        fen = amount(self.needed("amount", cells))
        text = self.text("items", cells)
        items = whole(text) if text else None
        staff = self._received_by(self.text("staff", cells))
        texts = [bounded(self.text(field, cells), LONGEST_TEXT) for field in _TEXTS]
        member: Any = self._members.get(number) or code(number)
        return Sale(store_id, order, member, bought_at.astimezone(UTC), day, fen, staff, items, *texts)

    def key(self, state: Sale) -> str:
        """Store and order number."""
        return f"{state[0]}/{state[1]}"

    def resolved(self, connection: Connection, states: Sequence[Any]) -> Sequence[Sale | Wrong]:
        """The sales with their members looked up by number."""
        unknown: set[Any] = {state.member_id for state in states if isinstance(state.member_id, str)}
        if not unknown:
            return states
        if len(self._members) > _ROOM:
            self._members.clear()
        self._members.update(rows_in(connection, _MEMBERS, [], list(unknown)))
        return [self._with_member(state) if isinstance(state.member_id, str) else state for state in states]

    def stored(self, connection: Connection, states: Mapping[str, Sale]) -> dict[str, Stored[Sale]]:
        """Those of the orders that are in the store."""
        found = stored_sales(connection, (state.key for state in states.values()))
        return {self.key(there.sale): Stored(there.id, there.sale) for there in found.values()}

    def fresh(self, state: Sale) -> Sale:
        """A new sale."""
        self._count_ahead(state.day)
        return state

    def over(self, before: Sale, state: Sale) -> Sale:
        """A row laid over a stored sale: empty cells change nothing."""
        return before if before == state else state.over(before)

    def add(self, tx: Transaction, states: Sequence[Sale]) -> None:
        """Store new sales, with their members' sums."""
        add_sales(tx, states)

    def change(self, tx: Transaction, changes: Sequence[tuple[Stored[Sale], Sale]]) -> None:
        """Change sales, and work their members' sums out again."""
        change_sales(tx, [(StoredSale(stored.id, stored.state), sale) for stored, sale in changes])

    def _store(self, text: str) -> int:
        found = self._stores.get(text)
        if found is None:
            found = self.people.store(text)
            if found is None:
                raise Wrong(N_("the store's code is missing, and there is more than one store, or none yet"))
            self._stores[text] = found
        return found

    def _received_by(self, text: str) -> int | None:
        if text not in self._staff:
            person = self.people.member_of_staff(text)
            self._staff[text] = person[0] if person else None
        return self._staff[text]

    def _with_member(self, state: Sale) -> Sale | Wrong:
        number: Any = state.member_id
        found = self._members.get(number)
        if found is None:
            self.field = "member"
            return Wrong(
                N_("there is no member {number}: correct the number, or import the members first"), number=number
            )
        return state._replace(member_id=found)

    def _count_ahead(self, day: date) -> None:
        if day >= self.tomorrow:
            self.noticed[AHEAD] += 1


_MEMBERS = "select number, id from member where number in"
