"""Files of stores and of staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Role
from core.base.clock import DEFAULT_ZONE
from core.base.errors import BadInput
from core.base.language import N_, NN_
from core.handover.clearance import Clearance, clearance_of, see_off
from core.imports.columns import Kind, code_of
from core.imports.kinds import FileKind, Stored
from core.imports.values import LONGEST_NAME, Wrong, bounded, code, day_of, whole
from core.members.fields import parse_consent
from core.people.tables import Staff, Store
from core.people.views import named_person
from core.store.transaction import Transaction


class StoreState(NamedTuple):
    """A store as a file tells it."""

    code: str
    name: str
    city: str | None
    time_zone: str | None
    works_weekends: bool | None


class StoresFile(FileKind[StoreState]):
    """Stores by code."""

    kind = Kind.STORES
    table = Store

    def state(self, cells: Sequence[str]) -> StoreState:
        """A store from a row."""
        self.check_width(cells)
        return StoreState(
            code(self.needed("code", cells)),
            bounded(self.needed("name", cells), LONGEST_NAME),
            bounded(self.text("city", cells), LONGEST_NAME) or None,
            self._zone(cells),
            _yes_or_no(self.text("works_weekends", cells)),
        )

    def key(self, state: StoreState) -> str:
        """The store's code."""
        return state.code

    def stored(self, connection: Connection, states: Mapping[str, StoreState]) -> dict[str, Stored[StoreState]]:
        """The stores of those codes."""
        table: sa.Table = Store.__table__  # type: ignore[attr-defined]
        rows = connection.execute(
            sa.select(table.c.id, *(table.c[name] for name in StoreState._fields)).where(
                table.c.code.in_(list(states))
            )
        )
        return {row.code: Stored(row.id, StoreState(*row[1:])) for row in rows}

    def fresh(self, state: StoreState) -> StoreState:
        """A new store, in the usual time zone unless the file says another."""
        return state._replace(
            city=state.city or "",
            time_zone=state.time_zone or DEFAULT_ZONE,
            works_weekends=bool(state.works_weekends),
        )

    def add(self, tx: Transaction, states: Sequence[StoreState]) -> None:
        """Store new stores, each with its own entry in the audit trail."""
        for state in states:
            tx.insert(Store, **state._asdict())

    def change(self, tx: Transaction, changes: Sequence[tuple[Stored[StoreState], StoreState]]) -> None:
        """Change stores."""
        for stored, state in changes:
            tx.update(Store, stored.id, state._asdict())

    def _zone(self, cells: Sequence[str]) -> str | None:
        text = self.text("time_zone", cells)
        if not text:
            return None
        try:
            return ZoneInfo(text).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Wrong(N_("there is no time zone {zone}: write one like Asia/Shanghai"), zone=text) from error


class StaffState(NamedTuple):
    """A staff member as a file tells it."""

    code: str
    name: str
    role: Role
    store_id: int | None
    language: str | None
    daily_target: int | None
    left_on: date | None


class StaffFile(FileKind[StaffState]):
    """Staff by code."""

    kind = Kind.STAFF
    table = Staff

    def state(self, cells: Sequence[str]) -> StaffState:
        """A staff member from a row."""
        self.check_width(cells)
        return StaffState(
            code(self.needed("code", cells)),
            bounded(self.needed("name", cells), LONGEST_NAME),
            self._role(cells),
            self._store(cells),
            self._language(cells),
            self._target(cells),
            self._left_on(cells),
        )

    def key(self, state: StaffState) -> str:
        """The staff member's code."""
        return state.code

    def stored(self, connection: Connection, states: Mapping[str, StaffState]) -> dict[str, Stored[StaffState]]:
        """The staff of those codes."""
        table: sa.Table = Staff.__table__  # type: ignore[attr-defined]
        rows = connection.execute(
            sa.select(table.c.id, *(table.c[name] for name in StaffState._fields)).where(
                table.c.code.in_(list(states))
            )
        )
        return {row.code: Stored(row.id, StaffState(*row[1:])) for row in rows}

    def resolved(self, connection: Connection, states: Sequence[StaffState]) -> Sequence[StaffState | Wrong]:
        """The staff; whoever should leave and still has something in hand stays (R7.2)."""
        leaving = {state.code: state for state in states if state.left_on is not None}
        kept: dict[str, Wrong] = {}
        for code_, there in self.stored(connection, leaving).items():
            if there.state.left_on != leaving[code_].left_on:
                found = clearance_of(connection, named_person(connection, code_))
                if not found.clear:
                    kept[code_] = _still_has(found)
        if kept:
            self.field = "left_on"
        return [kept.get(state.code, state) if state.left_on is not None else state for state in states]

    def add(self, tx: Transaction, states: Sequence[StaffState]) -> None:
        """Store new staff, each with its own entry in the audit trail."""
        for state in states:
            tx.insert(Staff, **state._asdict())

    def change(self, tx: Transaction, changes: Sequence[tuple[Stored[StaffState], StaffState]]) -> None:
        """Change staff; a leaver's clearance list is looked at again. Raises NotCleared."""
        for stored, state in changes:
            if state.left_on is not None and state.left_on != stored.state.left_on:
                see_off(tx, named_person(tx.connection, state.code))
            tx.update(Staff, stored.id, state._asdict())

    def _role(self, cells: Sequence[str]) -> Role:
        text = self.needed("role", cells)
        found = code_of("role", text)
        if found is None:
            raise Wrong(
                N_("{role} is no role: write one of {roles}"),
                role=text,
                roles=", ".join(Role),
            )
        return Role(found)

    def _store(self, cells: Sequence[str]) -> int:
        found = self.people.store(self.text("store", cells))
        if found is None:
            raise Wrong(N_("the store's code is missing, and there is more than one store, or none yet"))
        return found

    def _language(self, cells: Sequence[str]) -> str | None:
        text = self.text("language", cells)
        found = code_of("language", text) if text else None
        if text and found is None:
            raise Wrong(N_("{language} is no language of this program: write zh or en"), language=text)
        return found

    def _target(self, cells: Sequence[str]) -> int | None:
        text = self.text("daily_target", cells)
        target = whole(text) if text else None
        if target is not None and target < 1:
            raise Wrong(N_("this is no number of calls a day"))
        return target

    def _left_on(self, cells: Sequence[str]) -> date | None:
        text = self.text("left_on", cells)
        return day_of(text, epoch_1904=self.sheet.epoch_1904) if text else None


def _still_has(found: Clearance) -> Wrong:
    return Wrong(
        NN_(
            "{name} still has {count} thing in hand (huifang staff clearance {code}): hand it over first",
            "{name} still has {count} things in hand (huifang staff clearance {code}): hand them over first",
        ),
        name=found.name,
        code=found.code,
        count=found.total,
    )


def _yes_or_no(text: str) -> bool | None:
    if not text:
        return None
    try:
        return parse_consent(text)
    except BadInput as error:
        raise Wrong(error.template, **error.params) from error


def wrong_of(error: BadInput) -> Wrong:
    """A field's refusal as a remark on a cell."""
    params: dict[str, Any] = error.params
    return Wrong(error.template, **params)
