"""Offers and coupons from the command line (R11.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from core.base.language import N_
from core.base.money import amount_text
from scripts.commands.gifts import Classes, Ended, Why, letters, listed, parse_yuan
from scripts.errand import Errand, command, parse_day
from scripts.show import iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.gifts.views import CouponRow

Code = Annotated[str, typer.Argument(metavar="CODE", help=N_("The offer's code."))]
Coupon = Annotated[str, typer.Argument(metavar="COUPON", help=N_("The coupon's number."))]


@command("offer keep", N_("Make an offer, or change it."), on=True, json=True)
def offer_keep(
    errand: Errand,
    code: Code,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=N_("What it is called."))],
    value: Annotated[
        int, typer.Option("--value", parser=parse_yuan, metavar="YUAN", help=N_("What it takes off a purchase."))
    ],
    until: Annotated[date, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("The last day."))],
    since: Annotated[
        date | None,
        typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("The first day (today unless given).")),
    ] = None,
    least: Annotated[
        int,
        typer.Option(
            "--least", parser=parse_yuan, metavar="YUAN", help=N_("From this amount on."), show_default=False
        ),
    ] = 0,
    days: Annotated[int, typer.Option("--days", metavar="N", help=N_("How long a coupon holds."))] = 30,
    classes: Classes = "",
    reasons: Annotated[
        str, typer.Option("--reasons", metavar="CODES", help=N_("For these reasons for staying away; all."))
    ] = "",
    ended: Ended = False,
) -> None:
    """Keep an offer."""
    from core.gifts.forms import OfferForm
    from core.gifts.offers import keep_offer

    form = OfferForm(
        code=code,
        name=name,
        value=value,
        from_on=since or errand.today,
        until_on=until,
        days=days,
        least=least,
        classes=letters(classes),
        reasons=listed(reasons),
        active=not ended,
    )
    kept = keep_offer(errand.store, errand.actor, form)
    if errand.json:
        json_answer({"offer": kept})
    else:
        say(errand.words.say(N_("Kept: {gift}."), gift=kept))


@command("offer list", N_("Offers that run, and how many coupons were used."), on=True, json=True)
def offer_list(
    errand: Errand,
    everything: Annotated[bool, typer.Option("--all", help=N_("Those that are over too."))] = False,
) -> None:
    """List offers."""
    from core.gifts.offers import offers

    rows = offers(errand.store, errand.actor, everything=everything)
    if errand.json:
        json_rows(
            {
                "offer": row.code,
                "name": row.name,
                "value": amount_text(row.value),
                "least": amount_text(row.least),
                "classes": list(row.classes),
                "reasons": list(row.reasons),
                "from": iso(row.from_on),
                "until": iso(row.until_on),
                "days": row.days,
                "active": row.active,
                "given": row.given,
                "used": row.used,
            }
            for row in rows
        )
        return
    words = errand.words
    worded_table(
        words,
        (
            N_("offer"),
            N_("name"),
            N_("value"),
            N_("from"),
            N_("until"),
            N_("given"),
            N_("used"),
            N_("for"),
        ),
        [
            [
                row.code,
                row.name,
                amount_text(row.value),
                str(row.from_on),
                str(row.until_on),
                str(row.given),
                str(row.used),
                " ".join((*row.classes, *row.reasons)),
            ]
            for row in rows
        ],
        right=(2, 5, 6),
    )


@command("offer give", N_("Give a member a coupon of an offer."), on=True, at=True, json=True)
def offer_give(
    errand: Errand,
    code: Code,
    member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("For whom."))],
    reason: Annotated[
        str, typer.Option("--reason", metavar="CODE", help=N_("Why the member stays away (data/reasons.toml)."))
    ] = "",
) -> None:
    """Give a coupon."""
    from core.gifts.coupons import give_coupon

    _show(errand, [give_coupon(errand.store, errand.actor, member, code, reason)])


@command("offer use", N_("Take a coupon at the till."), on=True, at=True, json=True)
def offer_use(
    errand: Errand,
    coupon: Coupon,
    order: Annotated[str, typer.Option("--order", metavar="TEXT", help=N_("The purchase it was used with."))] = "",
) -> None:
    """Use a coupon."""
    from core.gifts.coupons import use_coupon

    _show(errand, [use_coupon(errand.store, errand.actor, coupon, order)])


@command("offer withdraw", N_("Take back a coupon that was not used, with a reason."), on=True, at=True, json=True)
def offer_withdraw(
    errand: Errand,
    coupon: Coupon,
    reason: Why,
) -> None:
    """Withdraw a coupon."""
    from core.gifts.coupons import withdraw_coupon

    _show(errand, [withdraw_coupon(errand.store, errand.actor, coupon, reason)])


@command("offer coupons", N_("Coupons that can be used, newest first."), on=True, json=True)
def offer_coupons(
    errand: Errand,
    member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("This member only."))] = "",
    everything: Annotated[bool, typer.Option("--all", help=N_("Those that are over too."))] = False,
) -> None:
    """List coupons."""
    from core.gifts.coupons import coupons

    found = coupons(errand.store, errand.actor, member=member, everything=everything, limit=100_000)
    _show(errand, found)


def _show(errand: Errand, rows: Iterable[CouponRow]) -> None:
    from core.gifts.wording import COUPON_STATES

    if errand.json:
        json_rows(
            {
                "coupon": row.number,
                "member": row.member,
                "name": row.name,
                "offer": row.offer,
                "value": amount_text(row.value),
                "least": amount_text(row.least),
                "reason": row.reason,
                "store": row.store,
                "given_on": iso(row.given_on),
                "expires_on": iso(row.expires_on),
                "state": "expired" if row.expired else row.state.value,
                "used_on": iso(row.used_on),
                "used_with": row.used_with,
            }
            for row in rows
        )
        return
    words = errand.words
    worded_table(
        words,
        (
            N_("coupon"),
            N_("number"),
            N_("name"),
            N_("offer"),
            N_("value"),
            N_("given"),
            N_("good until"),
            N_("state"),
        ),
        [
            [
                row.number,
                row.member,
                row.name,
                row.offer_name,
                amount_text(row.value),
                str(row.given_on),
                str(row.expires_on),
                words.say(N_("expired")) if row.expired else words.say(COUPON_STATES[row.state]),
            ]
            for row in rows
        ],
        right=(4,),
    )
