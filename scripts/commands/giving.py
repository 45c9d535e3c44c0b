"""Giving from the command line: propose, put aside, send, collect, take back (R11.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from core.base.language import N_
from core.base.money import amount_text
from scripts.commands.gifts import AnyShop, Code, Why
from scripts.errand import Errand, command
from scripts.show import iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.gifts.views import GivenRow

Given = Annotated[int, typer.Argument(metavar="ID", help=N_("The gift given, as `gift given` names it."))]


@command("gift give", N_("Put a gift aside for a member."), on=True, at=True, json=True)
def gift_give(
    errand: Errand,
    code: Code,
    member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("For whom."))],
    occasion: Annotated[
        str, typer.Option("--occasion", metavar="CODE", help=N_("What for (data/gift_occasions.toml)."))
    ],
    store: Annotated[
        str, typer.Option("--store", metavar="CODE", help=N_("From this store's stock (the member's own)."))
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("What else to know."))] = "",
    call: Annotated[str, typer.Option("--call", metavar="UUID", help=N_("The call it came from."))] = "",
) -> None:
    """Give a gift."""
    from core.gifts.actions import GiveForm, give_gift

    form = GiveForm(number=member, gift=code, occasion=occasion, store=store, note=note, call_id=call)
    _show(errand, [give_gift(errand.store, errand.actor, form)])


@command("gift send", N_("Say that a gift is on its way."), on=True, at=True, json=True)
def gift_send(errand: Errand, given: Given) -> None:
    """Send a gift."""
    from core.gifts.actions import send_gift

    _show(errand, [send_gift(errand.store, errand.actor, given)])


@command("gift collect", N_("Say that the member has a gift."), on=True, at=True, json=True)
def gift_collect(errand: Errand, given: Given) -> None:
    """Collect a gift."""
    from core.gifts.actions import collect_gift

    _show(errand, [collect_gift(errand.store, errand.actor, given)])


@command("gift return", N_("Take a gift back into stock, with a reason."), on=True, at=True, json=True)
def gift_return(
    errand: Errand,
    given: Given,
    reason: Why,
) -> None:
    """Return a gift."""
    from core.gifts.actions import return_gift

    _show(errand, [return_gift(errand.store, errand.actor, given, reason)])


@command("gift given", N_("Who was given what, newest first."), json=True)
def gift_given(
    errand: Errand,
    waiting: Annotated[
        bool, typer.Option("--waiting", help=N_("Only what the member does not have yet."))
    ] = False,
    store: AnyShop = "",
    member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("This member only."))] = "",
) -> None:
    """List gifts given."""
    from core.gifts.given import given
    from core.gifts.views import GivenFilter

    wanted = GivenFilter(waiting=waiting, store=store, member=member, limit=100_000)
    _show(errand, given(errand.store, errand.actor, wanted))


@command("gift propose", N_("What may be given to a member now, and what policy proposes."), on=True, json=True)
def gift_propose(
    errand: Errand, member: Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The member."))]
) -> None:
    """Propose gifts."""
    from core.gifts.proposals import proposals
    from core.gifts.wording import occasion_words

    found = proposals(errand.store, errand.actor, member)
    if errand.json:
        json_answer(
            {
                "member": found.number,
                "due": list(found.due),
                "choices": [
                    {
                        "occasion": row.occasion,
                        "gift": row.gift,
                        "name": row.name,
                        "value": amount_text(row.value),
                        "quantity": row.quantity,
                        "budget_left": amount_text(row.left),
                        "can_give": row.can_give,
                    }
                    for row in found.choices
                ],
                "offers": [row.code for row in found.offers],
            }
        )
        return
    words, book = errand.words, errand.store.rulebook
    due = ", ".join(occasion_words(code, book, words) for code in found.due)
    say(words.say(N_("Policy proposes: {occasions}"), occasions=due or words.say(N_("nothing now"))))
    worded_table(
        words,
        (N_("occasion"), N_("gift"), N_("name"), N_("value"), N_("in stock")),
        [
            [
                occasion_words(row.occasion, book, words),
                row.gift,
                row.name,
                amount_text(row.value),
                str(row.quantity),
            ]
            for row in found.choices
        ],
        right=(3, 4),
    )


def _show(errand: Errand, rows: Iterable[GivenRow]) -> None:
    from core.gifts.wording import STATES, occasion_words

    if errand.json:
        json_rows(
            {
                "id": row.id,
                "member": row.number,
                "name": row.name,
                "gift": row.gift,
                "gift_name": row.gift_name,
                "store": row.store,
                "occasion": row.occasion,
                "occasion_key": row.occasion_key,
                "value": amount_text(row.value),
                "state": row.state.value,
                "given_on": iso(row.given_on),
                "given_by": row.given_by,
                "sent_at": iso(row.sent_at),
                "collected_at": iso(row.collected_at),
                "returned_at": iso(row.returned_at),
                "note": row.note,
            }
            for row in rows
        )
        return
    words, book = errand.words, errand.store.rulebook
    worded_table(
        words,
        (
            N_("id"),
            N_("day"),
            N_("number"),
            N_("name"),
            N_("gift"),
            N_("for"),
            N_("value"),
            N_("state"),
            N_("by"),
        ),
        [
            [
                str(row.id),
                str(row.given_on),
                row.number,
                row.name,
                row.gift_name,
                occasion_words(row.occasion, book, words),
                amount_text(row.value),
                words.say(STATES[row.state]),
                row.given_by,
            ]
            for row in rows
        ],
        right=(0, 6),
    )
