"""Files of purchases: the kind that may have ten million rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from core.base.clock import business_day, zone
from core.base.language import N_
from core.imports.columns import Kind, code_of
from core.imports.kinds import FileKind, Stored
from core.imports.sheets import Sheet
from core.imports.values import LONGEST_TEXT, Wrong, amount, bounded, code, moment, whole
from core.purchases.driver import rows_in
from core.purchases.recording import StoredSale, add_sales, change_sales, stored_sales
from core.purchases.rules import Sale
from core.store.engine import Store
from core.store.transaction import Transaction

AHEAD = N_("{count} purchases are dated after today: check the dates of the file.")
_ROOM = 200_000


class PurchasesFile(FileKind[Sale]):
    """Purchases by store and order number. Until it is looked up, `member_id` of a row holds the number itself."""

    kind = Kind.PURCHASES

    def __init__(self, store: Store, sheet: Sheet) -> None:
        super().__init__(store, sheet)
        self.tomorrow = business_day(store.clock.now()) + timedelta(days=1)
        self.zones = {key: zone(name) for key, name in self.people.zones.items()}
        self._texts: tuple[str, ...] = ("goods", "category", "payment", "occasion")
        if not any(field in self.layout.places for field in self._texts):
            self._texts = ()
        self._places = self.layout.places
        self._members: dict[str, int] = {}
        self._stores: dict[str, int] = {}
        self._staff: dict[str, int] = {}

    def state(self, cells: Sequence[str]) -> Any:
        """A sale from a row, with the member's number where its id is not known yet; None without a member."""
        if len(cells) > self.width:
            self.check_width(cells)
        number = self.text("member", cells)
        member: Any = self._members.get(number)
        if member is None:
            if not number or code_of("anonymous", number) is not None:
                return None
            member = code(number)
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
        texts = [bounded(self.text(field, cells), LONGEST_TEXT) for field in self._texts]
        return Sale(store_id, order, member, bought_at.astimezone(UTC), day, fen, staff, items, *texts)

    def text(self, field: str, cells: Sequence[str]) -> str:
        """As everywhere, but without looking twice at the plain cells that most of them are."""
        place = self._places.get(field, -1)
        if not 0 <= place < len(cells):
            self.field = field
            return ""
        text = cells[place]
        if text.isalnum() and text.isascii():
            self.field = field
            return text
        return super().text(field, cells)

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
        if not text:
            return None
        found = self._staff.get(text)
        if found is None:
            person = self.people.member_of_staff(text)
            assert person is not None
            found = self._staff[text] = person[0]
        return found

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
