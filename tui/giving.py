"""Taking a measure and giving a gift from any screen: one key each, in a window over it (R5.8, R11.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.base.days import near_day
from core.base.money import amount_short
from core.gifts.actions import GiveForm
from core.gifts.wording import occasion_words
from core.recovery.measures import MeasureForm
from tui.jobs.recovery import (
    Done,
    MeasureTaken,
    ProposalsRead,
    Proposed,
    Taken,
    give,
    give_offer,
    read_proposals,
    take,
)
from tui.overlays import Option, Pick

if TYPE_CHECKING:
    from tui.screens.base import HuifangScreen

KEYS = "123456789abcdefhijklm"
COUPON, DISSATISFIED = "coupon", "dissatisfied"


def ask_measure(screen: HuifangScreen, number: str, name: str, call: str = "") -> None:
    """Ask what shall bring a member back; a key takes it at once."""
    home = screen.home
    say = home.words.say
    if home.session is None:
        return
    known = home.session.rulebook.measures
    options = [Option(code, kind.key, kind.name(home.words)) for code, kind in known.items()]

    def taken(code: str, note: str = "") -> None:
        form = MeasureForm(number=number, code=code, note=note, call_id=call)
        home.gateway.ask(screen, MeasureTaken, take(form), write=True)

    def chosen(code: str | None) -> None:
        if not code:
            home.tell(say("No measure yet: it waits under Recovery."), "late")
        elif known[code].needs_note:
            home.ask_text(say("Why is {name} left alone?", name=name), then=lambda note: taken(code, note))
        else:
            taken(code)

    title = say("What shall bring {name} back?", name=name)
    home.push_screen(Pick(title, say("A key takes it at once. Esc: later."), options), chosen)


def measure_taken(screen: HuifangScreen, taken: Taken) -> None:
    """Say it, and choose the gift or the coupon where the measure is one."""
    row, home = taken.row, screen.home
    book = home.session.rulebook if home.session is not None else None
    name = book.measures[row.code].name(home.words) if book is not None else row.code
    day = near_day(row.due_on, home.local(home.clock.now()).date(), home.words)
    said = home.words.say("{measure} for {name}, due {day}.", measure=name, name=row.name, day=day)
    home.tell(said, "good")
    if taken.gift or taken.coupon:
        ask_gift(screen, row.number, taken.call, "recovery" if taken.gift else COUPON)


def ask_gift(screen: HuifangScreen, number: str, call: str = "", occasion: str = "") -> None:
    """Ask what is given to a member; `occasion` narrows it, `coupon` to offers.

    With `dissatisfied` it asks only where policy gives something to a new member who was not satisfied.
    """
    screen.home.gateway.ask(screen, ProposalsRead, read_proposals(number, call, occasion))


def offer_gifts(screen: HuifangScreen, asked: Proposed) -> None:
    """Show what may be given; a key gives it."""
    home, found = screen.home, asked.found
    say, words = home.words.say, home.words
    options = _options(screen, asked)
    if not options:
        why = say("Nothing can be given to {name} now: no gift in stock, no budget, no offer.", name=found.name)
        if asked.occasion not in (COUPON, DISSATISFIED):
            home.tell(why, "late")
        return

    def chosen(code: str | None) -> None:
        if not code:
            return
        kind, first, second = code.split("\t")
        if kind == "offer":
            home.gateway.ask(screen, Done, give_offer(found.number, first, second, words), write=True)
            return
        form = GiveForm(number=found.number, gift=second, occasion=first, call_id=asked.call)
        home.gateway.ask(screen, Done, give(form, words), write=True)

    title = say("What is given to {name}?", name=found.name)
    home.push_screen(Pick(title, say("A key gives it. Esc: back."), options), chosen)


def _options(screen: HuifangScreen, asked: Proposed) -> list[Option]:
    home, found = screen.home, asked.found
    words, say = home.words, home.words.say
    if home.session is None:
        return []
    book = home.session.rulebook
    rows: list[tuple[str, str, str]] = []
    if asked.occasion != COUPON:
        wanted = {asked.occasion}
        if asked.occasion == DISSATISFIED:
            wanted = {code for code in found.due if book.gift_occasions[code].dissatisfied_new_days is not None}
        for row in found.choices:
            if row.can_give and (not asked.occasion or row.occasion in wanted):
                mark = "* " if row.occasion in found.due else ""
                remark = say("{count} left, budget {left}", count=row.quantity, left=amount_short(row.left))
                what = f"{mark}{occasion_words(row.occasion, book, words)}: {row.name}"
                code = f"gift\t{row.occasion}\t{row.gift}"
                rows.append((code, what, f"{amount_short(row.value)}  {remark}"))
    if asked.occasion in ("", COUPON):
        for offer in found.offers:
            reason = offer.reasons[0] if offer.reasons else ""
            off = say("{value} off from {least}", value=amount_short(offer.value), least=amount_short(offer.least))
            off = "" if off == offer.name else off
            rows.append((f"offer\t{offer.code}\t{reason}", offer.name, off))
    return [Option(code, key, text, remark) for key, (code, text, remark) in zip(KEYS, rows, strict=False)]
