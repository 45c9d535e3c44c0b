"""Deciding on an application: the sentence that says what will happen, and another distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.base.language import N_
from tui.handover_face import split_options
from tui.jobs.handover import Acted
from tui.jobs.handover_apply import Split, distribute
from tui.overlays import Option
from tui.picking import ask_people, ask_person

if TYPE_CHECKING:
    from core.handover.views import HandoverSheet
    from tui.app import HuifangApp
    from tui.screens.handover_open import ApplicationScreen

QUESTIONS = {
    "submit": N_("Submit {number} again?"),
    "review": N_("Agree to {number} as the store manager?"),
    "approve": N_("Approve {number}?"),
    "execute": N_("Carry {number} out?"),
}
AFTER = {
    "submit": N_("After this the store manager reviews it."),
    "review": N_("After this the manager approves it."),
    "approve": N_("This happens at once and cannot be undone."),
    "execute": N_("This happens at once and cannot be undone."),
}
LATER = N_("It is carried out in a step of its own.")


class Doing(Protocol):
    """Does an act, with a comment and the reason of an exception."""

    def __call__(self, name: str, comment: str = "", override: str = "") -> None: ...


def ask_agreement(app: HuifangApp, sheet: HandoverSheet, act: str, do: Doing) -> None:
    """Say in one sentence what will happen, and ask for y; at approval first what goes beyond the limit."""
    limited = sheet.cascade is not None and any(one.code == "limit" for one in sheet.cascade.warnings)
    if act == "approve" and limited:
        _ask_limit(app, sheet, do)
    else:
        _confirm(app, sheet, act, do, "")


def _confirm(app: HuifangApp, sheet: HandoverSheet, act: str, do: Doing, override: str) -> None:
    from core.handover.wording import cascade_words

    say = app.words.say
    said = cascade_words(sheet.cascade, app.words) if sheet.cascade is not None else ""
    after = AFTER[act]
    if act == "approve" and app.session is not None:
        after = after if app.session.rulebook.policy.handover.execute_on_approval else LATER
    app.confirm(
        say(QUESTIONS[act], number=sheet.row.number), f"{said} {say(after)}", lambda: do(act, override=override)
    )


def _ask_limit(app: HuifangApp, sheet: HandoverSheet, do: Doing) -> None:
    """Members that changed hands too often: leave them, or say why they move all the same (R7.6)."""
    from core.handover.wording import caution_words

    assert sheet.cascade is not None
    say = app.words.say
    caution = next(one for one in sheet.cascade.warnings if one.code == "limit")
    options = [
        Option("stay", "1", say("leave them where they are")),
        Option("move", "2", say("hand them over all the same: say why")),
    ]

    def chosen(code: str) -> None:
        if code == "stay":
            _confirm(app, sheet, "approve", do, "")
        else:
            app.ask_text(
                say("Why do they change hands again so soon?"),
                then=lambda why: _confirm(app, sheet, "approve", do, why),
            )

    app.ask_choice(caution_words(caution, app.words), options, chosen)


def ask_distribution(screen: ApplicationScreen, sheet: HandoverSheet) -> None:
    """Ask how the members are to be shared; who takes them may be changed too."""
    app = screen.home
    say = app.words.say
    options = [
        *split_options(app.words),
        Option("hand", "3", say("the member under the cursor to somebody else")),
        Option("takers", "4", say("other successors, evenly")),
    ]
    member = screen.row
    version, number = sheet.row.version, sheet.row.number

    def share(how: str, takers: tuple[str, ...] = (), by_hand: dict[str, str] | None = None) -> None:
        split = Split(number, version, how, takers, by_hand or {})
        app.gateway.ask(screen, Acted, distribute(split), write=True, excuse=screen.failed)

    def chosen(code: str) -> None:
        if code in ("even", "store"):
            share(code)
        elif code == "takers":
            ask_people(app, lambda takers: share("even", takers), but=sheet.row.giver)
        elif code == "hand" and member is not None:
            title = say("Who takes {name}?", name=member.value.name)
            ask_person(app, title, lambda code: share("hand", (), {member.key: code}), but=(sheet.row.giver,))

    app.ask_choice(say("Who takes whom?"), options, chosen)
