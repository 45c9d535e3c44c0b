"""Gifts from the command line: catalogue, stock, budget, ledger (R11.1)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.base.language import N_
from core.base.money import amount_text, parse_amount
from scripts.errand import Errand, command
from scripts.show import iso, json_answer, json_rows, say, worded_table


def parse_yuan(typed: str) -> int:
    """An amount in yuan typed as an option, in fen."""
    try:
        return parse_amount(str(typed))  # a default comes as a number
    except ValueError:
        raise typer.BadParameter(N_("write the amount in yuan, for example 88 or 12.50")) from None


Yuan = Annotated[int, typer.Option("--value", parser=parse_yuan, metavar="YUAN", help=N_("What it costs."))]
Shop = Annotated[str, typer.Option("--store", metavar="CODE", help=N_("Which store."))]
AnyShop = Annotated[str, typer.Option("--store", metavar="CODE", help=N_("This store only."))]
Code = Annotated[str, typer.Argument(metavar="CODE", help=N_("The gift's code."))]
Classes = Annotated[str, typer.Option("--classes", metavar="ABC", help=N_("For these value classes; all."))]
Ended = Annotated[bool, typer.Option("--ended", help=N_("It is not given any more."))]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))]


def letters(typed: str) -> tuple[str, ...]:
    """Value classes typed one after the other: ABC, or A, B."""
    return tuple(typed.replace(",", "").replace(" ", "").upper())


def listed(typed: str) -> tuple[str, ...]:
    """Codes typed with commas between them."""
    return tuple(part.strip() for part in typed.split(",") if part.strip())


def say_done(errand: Errand, answer: dict[str, Any], sentence: str) -> None:
    """Answer what was done: as JSON, or in a sentence marked with N_ about the same values."""
    if errand.json:
        json_answer(answer)
    else:
        say(errand.words.say(sentence, **answer))


@command("gift keep", N_("Put a gift into the catalogue, or change it."), json=True)
def gift_keep(
    errand: Errand,
    code: Code,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=N_("What it is called."))],
    value: Yuan,
    classes: Classes = "",
    occasions: Annotated[
        str, typer.Option("--occasions", metavar="CODES", help=N_("For these occasions; all."))
    ] = "",
    ended: Ended = False,
) -> None:
    """Keep a gift."""
    from core.gifts.forms import GiftForm
    from core.gifts.stock import keep_gift

    form = GiftForm(
        code=code,
        name=name,
        value=value,
        classes=letters(classes),
        occasions=listed(occasions),
        active=not ended,
    )
    say_done(errand, {"gift": keep_gift(errand.store, errand.actor, form)}, N_("Kept: {gift}."))


@command("gift receive", N_("Add to a store's stock of a gift."), json=True)
def gift_receive(
    errand: Errand,
    code: Code,
    count: Annotated[int, typer.Argument(metavar="N", help=N_("How many."))],
    store: Shop,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("Where they come from."))] = "",
) -> None:
    """Receive gifts."""
    from core.gifts.stock import receive_gifts

    quantity = receive_gifts(errand.store, errand.actor, code, store, count, note)
    _say_stock(errand, code, store, quantity)


@command("gift count", N_("Set a store's stock of a gift to what was counted, with a reason."), json=True)
def gift_count(
    errand: Errand,
    code: Code,
    count: Annotated[int, typer.Argument(metavar="N", help=N_("How many, without those put aside."))],
    store: Shop,
    reason: Why,
) -> None:
    """Count gifts."""
    from core.gifts.stock import count_gifts

    quantity = count_gifts(errand.store, errand.actor, code, store, count, reason)
    _say_stock(errand, code, store, quantity)


@command("gift budget", N_("What stores may give in a month; with --value, set it."), on=True, json=True)
def gift_budget(
    errand: Errand,
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help=N_("The month (this one)."))] = "",
    store: AnyShop = "",
    value_class: Annotated[
        str, typer.Option("--class", metavar="CLASS", help=N_("A, B, C, or - for members without a class."))
    ] = "",
    value: Annotated[
        int | None, typer.Option("--value", parser=parse_yuan, metavar="YUAN", help=N_("The new budget."))
    ] = None,
) -> None:
    """Show or set budgets."""
    from core.gifts.given import budgets
    from core.gifts.stock import set_budget
    from core.gifts.wording import class_words

    asked = month or f"{errand.today:%Y-%m}"
    if value is not None:
        set_budget(errand.store, errand.actor, store, asked, value_class, value)
    rows = [row for row in budgets(errand.store, errand.actor, asked) if store in ("", row.store)]
    if errand.json:
        json_rows(
            {
                "store": row.store,
                "month": row.month,
                "class": row.value_class,
                "amount": amount_text(row.amount),
                "spent": amount_text(row.spent),
            }
            for row in rows
        )
        return
    words = errand.words
    worded_table(
        words,
        (N_("store"), N_("month"), N_("class"), N_("budget"), N_("given"), N_("remaining")),
        [
            [
                row.store,
                row.month,
                class_words(row.value_class, words),
                *(amount_text(amount) for amount in (row.amount, row.spent, row.left)),
            ]
            for row in rows
        ],
        right=(3, 4, 5),
    )


@command("gift list", N_("The catalogue, and what each store has."), json=True)
def gift_list(
    errand: Errand,
    store: AnyShop = "",
    everything: Annotated[bool, typer.Option("--all", help=N_("Those not given any more too."))] = False,
) -> None:
    """List the catalogue with stock."""
    from core.gifts.given import stock

    rows = stock(errand.store, errand.actor, store, everything=everything)
    if errand.json:
        json_rows(
            {
                "gift": row.gift,
                "name": row.name,
                "value": amount_text(row.value),
                "classes": list(row.classes),
                "occasions": list(row.occasions),
                "active": row.active,
                "store": row.store,
                "quantity": row.quantity,
                "waiting": row.waiting,
            }
            for row in rows
        )
        return
    words = errand.words
    worded_table(
        words,
        (N_("store"), N_("gift"), N_("name"), N_("value"), N_("in stock"), N_("waiting"), N_("for")),
        [
            [
                row.store,
                row.gift,
                row.name,
                amount_text(row.value),
                str(row.quantity),
                str(row.waiting),
                " ".join((*row.classes, *row.occasions)),
            ]
            for row in rows
        ],
        right=(3, 4, 5),
    )


@command("gift ledger", N_("How stock moved, newest first."), json=True)
def gift_ledger(
    errand: Errand,
    gift: Annotated[str, typer.Option("--gift", metavar="CODE", help=N_("This gift only."))] = "",
    store: AnyShop = "",
) -> None:
    """Show the ledger."""
    from core.gifts.given import ledger
    from core.gifts.wording import MOVEMENTS

    rows = ledger(errand.store, errand.actor, gift, store, limit=100_000)
    if errand.json:
        json_rows(
            {
                "at": iso(row.at),
                "gift": row.gift,
                "store": row.store,
                "kind": row.kind.value,
                "change": row.change,
                "left": row.left,
                "by": row.by,
                "why": row.why,
            }
            for row in rows
        )
        return
    words = errand.words
    worded_table(
        words,
        (
            N_("at"),
            N_("store"),
            N_("gift"),
            N_("change"),
            N_("remaining"),
            N_("what"),
            N_("by"),
            N_("reason"),
        ),
        [
            [
                (iso(row.at) or "")[:16].replace("T", " "),
                row.store,
                row.gift,
                f"{row.change:+d}",
                str(row.left),
                words.say(MOVEMENTS[row.kind]),
                row.by,
                row.why,
            ]
            for row in rows
        ],
        right=(3, 4),
    )


def _say_stock(errand: Errand, gift: str, store: str, quantity: int) -> None:
    answer = {"gift": gift, "store": store, "quantity": quantity}
    say_done(errand, answer, N_("{store} has {quantity} {gift} now."))
