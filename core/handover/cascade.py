"""The cascade: what an application moves to whom, and what to look at before (R7.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from core.base.language import N_, NN_
from core.handover.facts import MemberFacts
from core.handover.tables import MemberOutcome
from core.handover.views import Cascade, Caution, PersonRow, Share
from core.members.rules import DORMANT, StageCuts

NAMED = 5
"""How many members a caution names."""

WEEK = timedelta(days=7)

NOTHING_LOOSE = (0, 0, 0)
"""Who does not leave keeps what they have in hand of other people's members."""

STAYS: Mapping[MemberOutcome, str] = {
    MemberOutcome.OWNER_CHANGED: NN_(
        "{count} has another account owner by now and stays: {members}",
        "{count} have another account owner by now and stay: {members}",
    ),
    MemberOutcome.CANCELLED: NN_(
        "{count} has cancelled the membership and stays: {members}",
        "{count} have cancelled their membership and stay: {members}",
    ),
    MemberOutcome.ELSEWHERE: NN_(
        "{count} is in another open application and stays until it is over: {members}",
        "{count} are in another open application and stay until it is over: {members}",
    ),
    MemberOutcome.LIMIT: NN_(
        "{count} has changed hands too often lately and stays, unless the manager says so: {members}",
        "{count} have changed hands too often lately and stay, unless the manager says so: {members}",
    ),
}
STAYS_SHORT: Mapping[MemberOutcome, str] = {
    MemberOutcome.OWNER_CHANGED: N_("another owner by now"),
    MemberOutcome.CANCELLED: N_("membership cancelled"),
    MemberOutcome.ELSEWHERE: N_("in another application"),
    MemberOutcome.LIMIT: N_("changed hands too often"),
}
"""Why a member stays, where room is small."""

LATELY = NN_("{count} has been handed over lately: {members}", "{count} have been handed over lately: {members}")
CALLBACKS = NN_(
    "{count} has a callback promised within the week: {members}",
    "{count} have a callback promised within the week: {members}",
)


def cascade_of(
    facts: Sequence[MemberFacts],
    successors: Mapping[int, PersonRow],
    cuts: StageCuts,
    now: datetime,
    loose: tuple[int, int, int] = NOTHING_LOOSE,
) -> Cascade:
    """The cascade of members whose `successor_id` is set."""
    moving = [one for one in facts if one.moves]
    shares = [
        _share(person, [one for one in moving if one.successor_id == key], cuts)
        for key, person in successors.items()
    ]
    return Cascade(
        members=len(moving),
        named=len(facts),
        shares=tuple(shares),
        classes=_classes(moving),
        dormant=_dormant(moving, cuts),
        follow_ups=sum(one.follow_ups for one in moving),
        callbacks=sum(one.callbacks for one in moving),
        problems=sum(one.problems for one in moving),
        complaints=sum(one.complaints for one in moving),
        measures=sum(one.measures for one in moving),
        gifts=sum(one.gifts for one in moving),
        promises=sum(bool(one.last_promise) for one in moving),
        loose_follow_ups=loose[0],
        loose_raised=loose[1],
        loose_measures=loose[2],
        warnings=tuple(_cautions(facts, moving, now)),
    )


def _share(person: PersonRow, moving: Sequence[MemberFacts], cuts: StageCuts) -> Share:
    return Share(
        code=person.code,
        name=person.name,
        store=person.store,
        members=len(moving),
        classes=_classes(moving),
        dormant=_dormant(moving, cuts),
        follow_ups=sum(one.follow_ups for one in moving),
        callbacks=sum(one.callbacks for one in moving),
        problems=sum(one.problems for one in moving),
        complaints=sum(one.complaints for one in moving),
        measures=sum(one.measures for one in moving),
        gifts=sum(one.gifts for one in moving),
        promises=sum(bool(one.last_promise) for one in moving),
    )


def _classes(members: Iterable[MemberFacts]) -> dict[str, int]:
    counted = Counter(one.value_class for one in members)
    return {name: counted.get(name, 0) for name in ("A", "B", "C", "")}


def _dormant(members: Iterable[MemberFacts], cuts: StageCuts) -> int:
    return sum(cuts.stage(one.last_on, one.joined_on) in DORMANT for one in members)


def _cautions(facts: Sequence[MemberFacts], moving: Sequence[MemberFacts], now: datetime) -> Iterable[Caution]:
    for fate, template in STAYS.items():
        yield from _caution(fate.value, template, [one for one in facts if one.fate is fate], moves=False)
    yield from _caution("lately", LATELY, [one for one in moving if one.lately], moves=True)
    soon = [one for one in moving if one.next_callback_at is not None and one.next_callback_at <= now + WEEK]
    soon.sort(key=lambda one: (one.next_callback_at, one.number))
    yield from _caution("callbacks", CALLBACKS, soon, moves=True)


def _caution(code: str, template: str, members: Sequence[MemberFacts], *, moves: bool) -> Iterable[Caution]:
    if members:
        named = tuple(f"{one.number} {one.name}".strip() for one in members[:NAMED])
        yield Caution(code, template, named, len(members), moves)
