"""What the People screen asks: a new person, another role or store, a cover, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.base.clock import business_day
from core.base.language import N_
from core.base.naming import ROLES, named
from tui.jobs.people import NewPerson, PersonSeen, add_person, begin_cover, give_role, let_go, move_person
from tui.overlays import AskText, Option, Pick
from tui.paint import wrapped
from tui.picking import ENOUGH, PickNamed, ask_shop, staff_options
from tui.screens.handover_log import day_of
from tui.when import day_said

if TYPE_CHECKING:
    from core.handover.clearance import Clearance
    from tui.screens.people import PeopleScreen

MOST_DAYS = 400


def _pick_role(screen: PeopleScreen, title: str, roles: tuple[str, ...], then: Callable[[str], None]) -> None:
    options = [Option(role, str(place), named(ROLES, role, screen.words)) for place, role in enumerate(roles, 1)]

    screen.home.ask_choice(title, options, then)


def ask_new_person(screen: PeopleScreen, roles: tuple[str, ...]) -> None:
    """Code, name, role, store, then y."""
    app, say = screen.home, screen.words.say

    def coded(code: str) -> None:
        app.ask_text(say("The name of {code}", code=code), then=lambda name: called(code, name))

    def called(code: str, name: str) -> None:
        _pick_role(screen, say("What does {name} do?", name=name), roles, lambda role: placed(code, name, role))

    def placed(code: str, name: str, role: str) -> None:
        ask_shop(app, say("Where does {name} work?", name=name), lambda shop: agreed(code, name, role, shop))

    def agreed(code: str, name: str, role: str, shop: str) -> None:
        text = say(
            "{name} ({code}) joins store {store} as {role}. After this give them a PIN (p).",
            name=name,
            code=code,
            store=shop,
            role=named(ROLES, role, screen.words),
        )
        new = NewPerson(code, name, role, shop)
        app.confirm(say("Take them on?"), text, lambda: screen.change(add_person(new)))

    app.ask_text(say("The staff code of the new colleague (one word)"), then=coded)


def ask_role(screen: PeopleScreen, one: PersonSeen, roles: tuple[str, ...]) -> None:
    """Another role, why, then y."""
    app, say = screen.home, screen.words.say
    name, code = one.account.name, one.account.code

    def chosen(role: str) -> None:
        app.ask_text(say("Why? The reason stays on record."), then=lambda why: agreed(role, why))

    def agreed(role: str, why: str) -> None:
        text = say("{name} is {role} from the next action on.", name=name, role=named(ROLES, role, screen.words))
        app.confirm(say("Another role?"), text, lambda: screen.change(give_role(code, role, why)))

    others = tuple(role for role in roles if role != one.account.role)
    _pick_role(screen, say("What does {name} do?", name=name), others, chosen)


def ask_move(screen: PeopleScreen, one: PersonSeen) -> None:
    """Another store, why, then y."""
    app, say = screen.home, screen.words.say
    name, code = one.account.name, one.account.code

    def chosen(shop: str) -> None:
        app.ask_text(say("Why? The reason stays on record."), then=lambda why: agreed(shop, why))

    def agreed(shop: str, why: str) -> None:
        text = say("{name} works for store {store} from now on and keeps their members.", name=name, store=shop)
        app.confirm(say("Another store?"), text, lambda: screen.change(move_person(code, shop, why)))

    ask_shop(app, say("Where does {name} work?", name=name), chosen)


def ask_cover(screen: PeopleScreen, one: PersonSeen) -> None:
    """Who stands in, how long, why, then y."""
    app, say = screen.home, screen.words.say
    name, code = one.account.name, one.account.code
    today = business_day(app.clock.now())

    def named_day(typed: str) -> date | None:
        return day_of(typed) or day_said(app, typed)

    def chosen(substitute: str | None) -> None:
        if substitute is None:
            return
        who = "" if substitute == ENOUGH else substitute

        def echo(typed: str) -> tuple[str, bool]:
            day = named_day(typed)
            if day is None or not today <= day <= today + timedelta(days=MOST_DAYS):
                return say(
                    "A day from today on, such as {day}, friday, +3d.", day=today + timedelta(days=7)
                ), False
            return say("from today until {day}, both included", day=day), True

        window = AskText(
            say("Until which day is {name} away?", name=name), say("Enter: take it. Esc: back."), echo=echo
        )
        app.push_screen(window, lambda typed: until(who, typed) if typed else None)

    def until(who: str, typed: str) -> None:
        app.ask_text(say("Why? The reason stays on record."), then=lambda why: agreed(who, typed, why))

    def agreed(who: str, typed: str, why: str) -> None:
        day = named_day(typed)
        assert day is not None
        text = say(
            "{substitute} works the list of {name} until {day}; then it comes back by itself.",
            substitute=who or say("the store's pool"),
            name=name,
            day=day,
        )
        app.confirm(say("Begin the cover?"), text, lambda: screen.change(begin_cover(code, who, today, day, why)))

    title = say("Who works the list of {name}?", name=name)
    pool = say("nobody: the store's pool takes the rows")
    app.push_screen(PickNamed(app, title, staff_options(app, (code,)), pool), chosen)


MOST_ITEMS = 9

CLEAR = N_("Nothing keeps {name}: the account closes today, the records stay.")


def show_clearance(screen: PeopleScreen, found: Clearance) -> None:
    """What somebody has in hand: with nothing, y lets them go; else it leads to an application."""
    from core.handover.clearance import SOURCES

    app, say = screen.home, screen.words.say
    if found.clear:

        def agreed(why: str) -> None:
            app.confirm(
                say("Let {name} go?", name=found.name),
                say(CLEAR, name=found.name),
                lambda: screen.change(let_go(found.code, why)),
            )

        app.ask_text(say("Why does {name} leave? The reason stays on record.", name=found.name), then=agreed)
        return
    counts = [f"{say(source.name)} {found.counts[source.kind]}" for source in SOURCES if found.counts[source.kind]]
    options = [
        Option("apply", "h", say("hand everything over"), say("an application for all of it")),
        Option("", "", "", ""),
    ]
    names = {source.kind: say(source.name) for source in SOURCES}
    options += [
        Option("", "", f"{item.ref} {item.name}", f"{names[item.kind]}  {item.what} {item.since[:10]}")
        for item in found.items[:MOST_ITEMS]
    ]
    title = say("{name} still has in hand: {counts}", name=found.name, counts=", ".join(counts))

    def chosen(code: str | None) -> None:
        if code == "apply":
            screen.hand_over(found.code)

    hint = say("They leave once this is empty. h: hand over. Esc: back.")
    app.push_screen(Pick("\n".join(wrapped(title, 70)), hint, options), chosen)
