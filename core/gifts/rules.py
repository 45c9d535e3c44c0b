"""Gifts without a store: what they may become, what makes one occasion, when policy proposes one. Pure (R11.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.base.errors import Refused
from core.base.language import N_, Word
from core.base.policy import Gifts
from core.base.rulebook import GiftOccasion
from core.gifts.tables import GivenState
from core.gifts.wording import STATES

MOVES: Mapping[GivenState, frozenset[GivenState]] = {
    GivenState.RESERVED: frozenset({GivenState.SENT, GivenState.COLLECTED, GivenState.RETURNED}),
    GivenState.SENT: frozenset({GivenState.COLLECTED, GivenState.RETURNED}),
    GivenState.COLLECTED: frozenset({GivenState.RETURNED}),
    GivenState.RETURNED: frozenset(),
}
"""What a gift given may become: put aside, on its way, in the member's hands, back in the store."""

CLASSES = ("A", "B", "C")
NO_CLASS = "-"


@dataclass(frozen=True, slots=True)
class Receiver:
    """What the proposals need to know of a member; `birthday` is (month, day) by the solar calendar.

    `dissatisfied_on` is the day of the last call in which they were not satisfied, `new_until` the last day they
    count as new for that.
    """

    value_class: str
    social_reach: bool
    joined_on: date
    last_on: date
    away: bool
    birthday: tuple[int, int] | None = None
    dissatisfied_on: date | None = None
    dissatisfied_new: bool = False


def demand_move(state: GivenState, to: GivenState) -> None:
    """Let a gift go on. Raises Refused where that can't follow."""
    if to not in MOVES[state]:
        raise Refused(
            "given.state",
            N_("This gift is {state}: that can't be done with it any more."),
            state=Word(STATES[state]),
        )


def occasion_key(occasion: GiftOccasion, day: date, last_on: date, birthday: tuple[int, int] | None) -> str:
    """What makes it one occasion: a year, a month, the time since a purchase, or the whole life."""
    match occasion.per:
        case "life":
            return "once"
        case "month":
            return f"{day:%Y-%m}"
        case "cycle":
            return last_on.isoformat()
    if occasion.birthday_days is not None and birthday is not None:
        return str(nearest_birthday(birthday, day).year)
    return str(day.year)


def nearest_birthday(birthday: tuple[int, int], day: date) -> date:
    """The birthday next to a day, before or after it; 29 February is the 28th in other years."""
    found = [_in_year(birthday, year) for year in (day.year - 1, day.year, day.year + 1)]
    return min(found, key=lambda one: (abs((one - day).days), one))


def _in_year(birthday: tuple[int, int], year: int) -> date:
    try:
        return date(year, *birthday)
    except ValueError:
        return date(year, birthday[0], 28)


def proposed(
    receiver: Receiver, occasions: Mapping[str, GiftOccasion], day: date, had: Collection[tuple[str, str]]
) -> Iterator[str]:
    """The occasions for which policy proposes a gift today, but those it was given for already.

    `had` are (occasion, key) of gifts that did not come back.
    """
    for code, occasion in occasions.items():
        key = occasion_key(occasion, day, receiver.last_on, receiver.birthday)
        if (code, key) not in had and _due(receiver, occasion, day):
            yield code


def _due(receiver: Receiver, occasion: GiftOccasion, day: date) -> bool:
    if occasion.classes and receiver.value_class not in occasion.classes:
        return occasion.key_regular and receiver.social_reach
    if occasion.birthday_days is not None:
        within = timedelta(days=occasion.birthday_days)
        near = None if receiver.birthday is None else nearest_birthday(receiver.birthday, day)
        return near is not None and abs(near - day) <= within
    if occasion.dissatisfied_new_days is not None:
        said = receiver.dissatisfied_on
        recent = said is not None and said + timedelta(days=occasion.dissatisfied_new_days) >= day
        return recent and receiver.dissatisfied_new
    if occasion.key_regular:
        return receiver.value_class in ("A", "B") or receiver.social_reach
    return occasion.recovery and receiver.away


def budget_of(value_class: str, rule: Gifts) -> int:
    """The monthly budget of policy for members of a class, in fen."""
    yuan = {"A": rule.budget_a, "B": rule.budget_b, "C": rule.budget_c}.get(value_class, rule.budget_new)
    return yuan * 100


def suits(codes: str, code: str) -> bool:
    """Whether a list of codes parted by spaces names one, or is empty: for all."""
    return not codes or code in codes.split()
