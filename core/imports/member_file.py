"""Files of members: read row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from core.base.clock import business_day
from core.base.errors import BadInput
from core.base.language import N_, NN_
from core.imports.columns import Kind, code_of
from core.imports.kinds import FileKind, Stored
from core.imports.member_store import (
    COLUMNS,
    add_members,
    change_member,
    phones_after,
    stored_members,
)
from core.imports.people_files import wrong_of
from core.imports.values import Wrong, birthday, code, day_of, phones_in
from core.members.fields import birthday_columns, parse_field
from core.members.tables import Member, Status
from core.store.engine import Store
from core.store.transaction import Transaction


class Remark(NamedTuple):
    """A field that could not be understood: what was typed, the problem's code, whether it still waits."""

    field: str
    typed: str
    problem: str
    waits: bool = True


class MemberState(NamedTuple):
    """A member as a file tells it: number, columns in the order of COLUMNS (None: not said), numbers, remarks.

    Numbers are (typed, E.164 or None); of a row just read they are not understood yet.
    """

    number: str
    values: tuple[Any, ...]
    phones: tuple[tuple[str, str | None], ...]
    remarks: tuple[Remark, ...]


_OPTIONAL = (
    "gender", "email", "wechat", "age_band", "occupation", "address", "source", "referrer", "card_number",
    "preferences", "body_size", "personality", "interests", "best_time", "anniversaries", "evaluation",
)  # fmt: skip
_CONSENTS = ("consent_call", "consent_sms", "consent_email")
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_STORE, _OWNER = _PLACE["store_id"], _PLACE["owner_id"]
_YEAR, _MONTH = _PLACE["birth_year"], _PLACE["birth_month"]
_BIRTH = slice(_YEAR, _YEAR + 4)
_FRESH: Mapping[str, Any] = {
    "status": Status.ACTIVE,
    "birth_calendar": "solar",
    **dict.fromkeys(_OPTIONAL, ""),
    **dict.fromkeys(_CONSENTS, True),
}
OWNER_KEPT = NN_(
    "{count} row names another account owner than the member has: the owner was left as it is, because only a"
    " handover changes it.",
    "{count} rows name another account owner than the member has: the owner was left as it is, because only a"
    " handover changes it.",
)
TO_FIX = NN_(
    "{count} cell could not be understood: it is on the list of profiles to put right.",
    "{count} cells could not be understood: they are on the list of profiles to put right.",
)


class MembersFile(FileKind[MemberState]):
    """Members by number."""

    kind = Kind.MEMBERS
    table = Member

    def __init__(self, store: Store, sheet: Any) -> None:
        super().__init__(store, sheet)
        self.today = business_day(store.clock.now())
        self.region = store.policy.phones.region

    def state(self, cells: Sequence[str]) -> MemberState:
        """A member from a row; a bad number or birthday does not lose the member."""
        self.check_width(cells)
        number = code(self.needed("number", cells))
        values = self._field("name", self.needed("name", cells)) | {
            "joined_on": day_of(self.needed("joined_on", cells), epoch_1904=self.sheet.epoch_1904)
        }
        values |= self._belonging(cells)
        for field in _CONSENTS:
            if text := self.text(field, cells):
                values |= self._field(field, text)
        remarks: list[Remark] = []
        for field in _OPTIONAL:
            if text := self.text(field, cells):
                values |= self._understood(field, text, remarks)
        values |= self._birthday(cells, remarks)
        phones = [(typed, None) for field in ("phone", "phone_2") for typed in self._phones(field, cells)]
        return MemberState(number, tuple(map(values.get, COLUMNS)), tuple(dict.fromkeys(phones)), tuple(remarks))

    def key(self, state: MemberState) -> str:
        """The member's number."""
        return state.number

    def stored(self, connection: Any, states: Mapping[str, MemberState]) -> dict[str, Stored[MemberState]]:
        """The members of those numbers."""
        return {
            number: Stored(key, MemberState(number, values, phones, tuple(Remark(*remark) for remark in remarks)))
            for number, (key, values, phones, remarks) in stored_members(connection, list(states)).items()
        }

    def fresh(self, state: MemberState) -> MemberState:
        """A new member, with what the file leaves open. Raises Wrong where no store can be told."""
        values = tuple(
            _FRESH.get(name) if value is None else value for name, value in zip(COLUMNS, state.values, strict=True)
        )
        if values[_STORE] is None:
            values = (*values[:_STORE], self._usual_store(values[_OWNER]), *values[_STORE + 1 :])
        phones, problems = phones_after((), state.phones, self.region)
        remarks = self._new_remarks((), state.remarks, problems)
        return MemberState(state.number, values, phones, remarks)

    def over(self, before: MemberState, state: MemberState) -> MemberState:
        """A row laid over a member: empty cells change nothing, numbers are added, the owner stays."""
        values = [old if new is None else new for old, new in zip(before.values, state.values, strict=True)]
        if before.values[_OWNER] is not None and values[_OWNER] != before.values[_OWNER]:
            values[_OWNER] = before.values[_OWNER]
            self.noticed[OWNER_KEPT] += 1
        if state.values[_MONTH] is not None:
            values[_BIRTH] = state.values[_BIRTH]
            same_day = before.values[_MONTH : _MONTH + 3] == state.values[_MONTH : _MONTH + 3]
            if state.values[_YEAR] is None and same_day:
                values[_YEAR] = before.values[_YEAR]
        phones, problems = phones_after(before.phones, state.phones, self.region)
        remarks = self._new_remarks(before.remarks, state.remarks, problems)
        return MemberState(before.number, tuple(values), phones, remarks)

    def rebased(self, now: MemberState, before: MemberState, after: MemberState) -> MemberState:
        """The change made to a member whom somebody may have changed meanwhile."""
        triples = zip(now.values, before.values, after.values, strict=True)
        values = tuple(current if old == new else new for current, old, new in triples)
        added = tuple(phone for phone in after.phones if phone not in before.phones)
        phones, _ = phones_after(now.phones, added, self.region)
        remarks = tuple(dict.fromkeys([*now.remarks, *after.remarks[len(before.remarks) :]]))
        return MemberState(now.number, values, phones, remarks)

    def add(self, tx: Transaction, states: Sequence[MemberState]) -> None:
        """Store new members with their numbers, name keys and fixes: a few statements a batch."""
        add_members(tx, states, self.store.policy)

    def change(self, tx: Transaction, changes: Sequence[tuple[Stored[MemberState], MemberState]]) -> None:
        """Change members field by field, as their history shows it (R6.3)."""
        for stored, state in changes:
            change_member(tx, stored.id, stored.state, state, self.store.policy)

    def _belonging(self, cells: Sequence[str]) -> dict[str, Any]:
        owner = self.people.member_of_staff(self.text("owner", cells))
        status = self.text("status", cells)
        found = code_of("status", status) if status else None
        if status and found is None:
            raise Wrong(
                N_("{status} is no membership status: write active, frozen, cancelled or pending"), status=status
            )
        store = self.text("store", cells)
        return {
            "store_id": self.people.store(store) if store else None,
            "owner_id": owner[0] if owner else None,
            "status": Status(found) if found else None,
        }

    def _usual_store(self, owner_id: int | None) -> int:
        """The store of a new member whose row names none: the owner's, else the only one."""
        self.field = "store"
        owned = (store for staff, store in self.people.staff.values() if staff == owner_id)
        found = next(owned, None) or self.people.store("")
        if found is None:
            raise Wrong(N_("the store's code is missing, and there is more than one store, or none yet"))
        return found

    def _field(self, field: str, text: str) -> dict[str, Any]:
        try:
            return parse_field(field, text, self.today)
        except BadInput as error:
            raise wrong_of(error) from error

    def _understood(self, field: str, text: str, remarks: list[Remark]) -> dict[str, Any]:
        try:
            return parse_field(field, text, self.today)
        except BadInput as error:
            remarks.append(Remark(field, text[:200], error.code))
            return {}

    def _birthday(self, cells: Sequence[str], remarks: list[Remark]) -> dict[str, Any]:
        calendar = self.text("birth_calendar", cells)
        text = self.text("birthday", cells)
        if not text:
            return {}
        lunar = code_of("calendar", calendar) == "lunar" if calendar else False
        try:
            found = birthday(text, self.today, lunar=lunar, epoch_1904=self.sheet.epoch_1904)
        except BadInput as error:
            remarks.append(Remark("birthday", text[:200], error.code))
            return {}
        return birthday_columns(found)

    def _phones(self, field: str, cells: Sequence[str]) -> Sequence[str]:
        self.text(field, cells)  # refuses an error cell
        place = self.layout.places.get(field)
        return phones_in(cells[place]) if place is not None and place < len(cells) else ()

    def _new_remarks(
        self, before: Sequence[Remark], said: Sequence[Remark], problems: Sequence[tuple[str, str]]
    ) -> tuple[Remark, ...]:
        """The remarks before, and those new ones on fields and texts that nobody remarked on yet."""
        known = {(remark.field, remark.typed) for remark in before}
        kept = list(before)
        for remark in [*said, *(Remark("phone", typed, problem) for typed, problem in problems)]:
            waiting = any(r.waits and r.field == remark.field for r in kept)
            if (remark.field, remark.typed) not in known and not waiting:
                kept.append(remark)
                self.noticed[TO_FIX] += 1
        return tuple(kept)
