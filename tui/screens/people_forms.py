"""What the People screen asks: a new person, another role or store, a cover, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from core.base.language import N_
from core.base.naming import ROLES, named
from tui.jobs.people import NewPerson, PersonSeen, add_person, begin_cover, give_role, let_go, move_person
from tui.overlays import Option, Pick
from tui.paint import wrapped
from tui.picking import ENOUGH, PickNamed, ask_shop, staff_options
from tui.when import ask_days

if TYPE_CHECKING:
    from core.handover.clearance import Clearance
    from tui.screens.people import PeopleScreen


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
    """Who stands in, from when to when, why, then y."""
    app, say = screen.home, screen.words.say
    name, code = one.account.name, one.account.code
    names = {other.account.code: other.account.name for other in screen.things}

    def chosen(substitute: str | None) -> None:
        if substitute is None:
            return
        who = "" if substitute == ENOUGH else substitute
        ask_days(app, name, lambda first, last: reasoned(who, first, last))

    def reasoned(who: str, first: date, last: date) -> None:
        app.ask_text(say("Why? The reason stays on record."), then=lambda why: agreed(who, first, last, why))

    def agreed(who: str, first: date, last: date, why: str) -> None:
        text = say(
            "{substitute} works the list of {name} from {first} to {last}; then it comes back by itself.",
            substitute=names.get(who, who) or say("the store's pool"),
            name=name,
            first=app.dated(first),
            last=app.dated(last),
        )
        app.confirm(say("Begin the cover?"), text, lambda: screen.change(begin_cover(code, who, first, last, why)))

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
