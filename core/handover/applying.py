"""From a filled-in form to members and successors: checked, split, and ready to be stored (R7.1, R7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput
from core.base.language import N_, NN_
from core.base.text import clean
from core.handover.facts import MemberFacts, facts_of_giver, facts_of_members
from core.handover.forms import HandoverForm
from core.handover.recording import active_staff
from core.handover.rules import Lot, split_by_store, split_evenly
from core.handover.tables import Kind
from core.members.lookup import MEMBER, SHOP, STAFF
from core.people.access import Right, require
from core.people.views import no_person
from core.store.engine import Store

_AT_ONCE = 500
_CLASSES = frozenset({"A", "B", "C", ""})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A form understood: rows of people and store, and the members with their successors."""

    kind: Kind
    giver_id: int
    store_id: int
    to_store_id: int | None
    reason: str
    successors: dict[int, sa.Row[*tuple[Any, ...]]]
    members: tuple[MemberFacts, ...]


def prepared(store: Store, c: Connection, actor: Actor, form: HandoverForm, *, draft: bool = False) -> Prepared:
    """The form understood. Raises NotFound, NotAllowed, and BadInput naming the field; a draft may lack much."""
    now = store.clock.now()
    day = business_day(now)
    giver = _giver(c, form.giver)
    require(actor, Right.APPLY_HANDOVER, owner_id=giver.id, store_id=giver.store_id)
    kind = _kind(form)
    people = active_staff(c, day)
    pick = _picker(people, giver.id)
    successors = [pick(code) for code in dict.fromkeys(form.successors)]
    facts = _chosen(store, c, form, kind, giver)
    split = _assigned(form, facts, successors, pick, draft)
    to_store = _to_store(c, form, kind, giver.store_id)
    reason = clean(form.reason)
    if not draft:
        _demand(kind, reason, facts, form)
    named = {**dict.fromkeys(successors), **dict.fromkeys(split.values())}
    return Prepared(
        kind=kind,
        giver_id=giver.id,
        store_id=giver.store_id,
        to_store_id=to_store,
        reason=reason,
        successors={key: people[key] for key in named},
        members=tuple(replace(one, successor_id=split[one.id]) for one in facts if one.id in split),
    )


def _giver(c: Connection, code: str) -> sa.Row[*tuple[Any, ...]]:
    if not code.strip():
        raise BadInput("handover.giver", N_("Name whose members change hands."), field="giver")
    row = c.execute(
        sa.select(STAFF.c.id, STAFF.c.code, STAFF.c.name, STAFF.c.store_id).where(STAFF.c.code == code.strip())
    ).first()
    if row is None:
        raise no_person(code)
    return row


def _kind(form: HandoverForm) -> Kind:
    try:
        return Kind(form.kind)
    except ValueError:
        raise BadInput(
            "handover.kind", N_("A handover is one of: members, leaving, moving."), field="kind"
        ) from None


def _picker(people: Mapping[int, sa.Row[*tuple[Any, ...]]], giver: int) -> Callable[[str], int]:
    by_code = {row.code: key for key, row in people.items()}

    def pick(code: str) -> int:
        key = by_code.get(code.strip())
        if key is None:
            raise BadInput(
                "handover.successor",
                N_("{code} can't take members over: name somebody who works here."),
                field="successors",
                code=code,
            )
        if key == giver:
            raise BadInput(
                "handover.to_self", N_("Members can't be handed over to who gives them."), field="successors"
            )
        return key

    return pick


def _chosen(
    store: Store, c: Connection, form: HandoverForm, kind: Kind, giver: sa.Row[*tuple[Any, ...]]
) -> Sequence[MemberFacts]:
    """The members the form is about. Raises BadInput naming those that the giver does not keep."""
    if kind is Kind.LEAVING or form.classes:
        kept = facts_of_giver(c, giver.id, store.policy, store.clock.now())
        if kind is Kind.LEAVING:
            return kept
        if unknown := set(form.classes) - _CLASSES:
            raise BadInput(
                "handover.classes",
                N_("There is no value class {value}: A, B or C."),
                field="classes",
                value=sorted(unknown)[0],
            )
        return [one for one in kept if one.value_class in form.classes]
    numbers = [number.strip() for number in form.members if number.strip()]
    numbers += [number for number in form.by_hand if number not in numbers]
    ids: dict[str, int] = {}
    for some in _portions(list(dict.fromkeys(numbers))):
        rows = c.execute(
            sa.select(MEMBER.c.number, MEMBER.c.id).where(
                MEMBER.c.number.in_(some), MEMBER.c.owner_id == giver.id, MEMBER.c.status != "cancelled"
            )
        )
        ids.update((number, key) for number, key in rows)
    if strangers := [number for number in numbers if number not in ids]:
        raise BadInput(
            "handover.strangers",
            N_("{giver} does not keep {count} of these members, such as {numbers}: leave them out."),
            field="members",
            giver=giver.name,
            count=len(strangers),
            numbers=", ".join(strangers[:5]),
        )
    found: list[MemberFacts] = []
    for some_ids in _portions(list(ids.values())):
        found += facts_of_members(c, giver.id, some_ids, store.policy, store.clock.now())
    return found


def _portions(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _assigned(
    form: HandoverForm,
    facts: Sequence[MemberFacts],
    successors: list[int],
    pick: Callable[[str], int],
    draft: bool,
) -> dict[int, int]:
    """{member: successor} as the form splits them."""
    by_number = {one.number: one for one in facts}
    if strangers := [number for number in form.by_hand if number not in by_number]:
        raise BadInput(
            "handover.by_hand",
            N_("Member {number} is not in this application: leave them out of the distribution."),
            field="by_hand",
            number=strangers[0],
        )
    by_hand = {by_number[number].id: pick(code) for number, code in form.by_hand.items()}
    rest = [one for one in facts if one.id not in by_hand]
    if not rest or (draft and not successors and not form.by_store):
        return by_hand
    lots = [Lot(one.id, one.value_class, one.store, (-one.amount, one.number)) for one in rest]
    match form.split:
        case "store":
            wanted = {code: [pick(taker) for taker in takers] for code, takers in form.by_store.items()}
            return split_by_store(lots, wanted, successors) | by_hand
        case "hand":
            raise BadInput(
                "handover.unassigned",
                NN_(
                    "{count} member has no successor yet, {number}: name one.",
                    "{count} members have no successor yet, such as {number}: name one for each.",
                ),
                field="by_hand",
                count=len(rest),
                number=rest[0].number,
            )
    if not successors:
        raise BadInput("handover.no_successor", N_("Name who takes the members over."), field="successors")
    return split_evenly(lots, successors) | by_hand


def _to_store(c: Connection, form: HandoverForm, kind: Kind, now_at: int) -> int | None:
    if kind is not Kind.MOVING:
        return None
    found: int | None = c.execute(sa.select(SHOP.c.id).where(SHOP.c.code == form.to_store.strip())).scalar()
    if found is None or found == now_at:
        raise BadInput("handover.to_store", N_("Name the other store that the person moves to."), field="to_store")
    return found


def _demand(kind: Kind, reason: str, facts: Sequence[MemberFacts], form: HandoverForm) -> None:
    if not reason:
        raise BadInput("handover.reason", N_("Say why the members change hands."), field="reason")
    if kind is Kind.MEMBERS and not facts:
        raise BadInput(
            "handover.no_members", N_("Name the members to hand over, or a value class."), field="members"
        )
