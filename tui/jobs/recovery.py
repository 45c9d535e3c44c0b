"""Jobs of recovery and gifts, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.base.clock import business_day
from core.base.days import near_day
from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.base.language import Catalogue
    from core.gifts.actions import GiveForm
    from core.gifts.views import Proposals
    from core.recovery.measures import MeasureForm
    from core.recovery.views import MeasureRow

CALLS_DAYS = 120
"""Of cycles due in so many days calls without a measure are shown."""


class Done(Answer[str]):
    """Something was done; what, in the user's words."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What may be given to a member, with the call it is asked in and the occasion that is meant, if any."""

    found: Proposals
    call: str
    occasion: str


class ProposalsRead(Answer[Proposed]):
    """What may be given to a member was read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A measure taken; `gift` and `coupon` say what is chosen with it."""

    row: MeasureRow
    call: str
    gift: bool
    coupon: bool


class MeasureTaken(Answer[Taken]):
    """A measure was taken."""


class RowsRead(Answer[tuple[str, Sequence[Any]]]):
    """One list of a screen was read: its name and its rows."""


def take(form: MeasureForm) -> Callable[[Desk], Taken]:
    """Take a measure (R5.8)."""

    def job(desk: Desk) -> Taken:
        from core.recovery.measures import take_measure

        kind = desk.store.rulebook.measures[form.code]
        return Taken(take_measure(desk.store, desk.actor, form), form.call_id, kind.gift, kind.coupon)

    return job


def end_measure(measure: int, said: str, *, done: bool, words: Catalogue) -> Callable[[Desk], str]:
    """Say that a measure was done, or drop it."""

    def job(desk: Desk) -> str:
        from core.recovery.measures import drop_measure, finish_measure

        row = (finish_measure if done else drop_measure)(desk.store, desk.actor, measure, said)
        if done:
            return words.say("Done for {name}: {result}", name=row.name, result=row.result)
        return words.say("Dropped for {name}: {result}", name=row.name, result=row.result)

    return job


def move_measure(measure: int, *, due_on: date | None, owner: str, words: Catalogue) -> Callable[[Desk], str]:
    """Give a measure another day or owner."""

    def job(desk: Desk) -> str:
        from core.recovery.measures import change_measure

        row = change_measure(desk.store, desk.actor, measure, due_on=due_on, owner=owner)
        day = near_day(row.due_on, business_day(desk.store.clock.now()), words)
        return words.say("{name}: due {day}, {owner}", name=row.name, day=day, owner=row.owner_name)

    return job


def read_measures(view: str) -> Callable[[Desk], tuple[str, Sequence[Any]]]:
    """Measures to do, late ones, those that are over, or calls without one."""

    def job(desk: Desk) -> tuple[str, Sequence[Any]]:
        from core.recovery.lists import measures, unanswered
        from core.recovery.views import MeasureFilter

        if view == "unmeasured":
            since = business_day(desk.store.clock.now()) - timedelta(days=CALLS_DAYS)
            return view, unanswered(desk.store, desk.actor, since)
        wanted = MeasureFilter(everything=view == "over", late=view == "late", limit=1000)
        rows = measures(desk.store, desk.actor, wanted)
        if view == "over":
            rows = tuple(row for row in rows if row.closed_at is not None)
        return view, rows

    return job


def read_proposals(number: str, call: str, occasion: str) -> Callable[[Desk], Proposed]:
    """What may be given to a member now (R11.1, R11.2)."""

    def job(desk: Desk) -> Proposed:
        from core.gifts.proposals import proposals

        return Proposed(proposals(desk.store, desk.actor, number), call, occasion)

    return job


def give(form: GiveForm, words: Catalogue) -> Callable[[Desk], str]:
    """Put a gift aside for a member."""

    def job(desk: Desk) -> str:
        from core.gifts.actions import give_gift

        row = give_gift(desk.store, desk.actor, form)
        return words.say("Put aside for {name}: {gift}.", name=row.name, gift=row.gift_name)

    return job


def give_offer(number: str, offer: str, reason: str, words: Catalogue) -> Callable[[Desk], str]:
    """Give a member a coupon; its number is said."""

    def job(desk: Desk) -> str:
        from core.gifts.coupons import give_coupon

        row = give_coupon(desk.store, desk.actor, number, offer, reason)
        return words.say(
            "Coupon {number} for {name}: {offer}, good until {day}.",
            number=row.number,
            name=row.name,
            offer=row.offer_name,
            day=near_day(row.expires_on, business_day(desk.store.clock.now()), words),
        )

    return job


def move_gift(given: int, deed: str, said: str, words: Catalogue) -> Callable[[Desk], str]:
    """A gift is sent, collected, or comes back."""

    def job(desk: Desk) -> str:
        from core.gifts.actions import collect_gift, return_gift, send_gift
        from core.gifts.wording import STATES

        if deed == "return":
            row = return_gift(desk.store, desk.actor, given, said)
        else:
            row = (collect_gift if deed == "collect" else send_gift)(desk.store, desk.actor, given)
        state = words.say(STATES[row.state])
        return words.say("{gift} for {name}: {state}.", gift=row.gift_name, name=row.name, state=state)

    return job


def receive(gift: str, store: str, count: int, words: Catalogue) -> Callable[[Desk], str]:
    """Add to a store's stock."""

    def job(desk: Desk) -> str:
        from core.gifts.stock import receive_gifts

        quantity = receive_gifts(desk.store, desk.actor, gift, store, count)
        return words.say("{store} has {quantity} {gift} now.", store=store, quantity=quantity, gift=gift)

    return job


def read_gifts(view: str) -> Callable[[Desk], tuple[str, Sequence[Any]]]:
    """Gifts to hand out, stock, budgets, all gifts given, or coupons."""

    def job(desk: Desk) -> tuple[str, Sequence[Any]]:
        from core.gifts.coupons import coupons
        from core.gifts.given import budgets, given, stock
        from core.gifts.views import GivenFilter

        store, actor = desk.store, desk.actor
        match view:
            case "stock":
                return view, stock(store, actor)
            case "budget":
                return view, budgets(store, actor)
            case "coupons":
                return view, coupons(store, actor, everything=True, limit=1000)
        return view, given(store, actor, GivenFilter(waiting=view == "waiting", limit=1000))

    return job
