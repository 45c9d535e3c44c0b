"""What a manager writes down about a gift or an offer, checked before it is kept (R11.1, R11.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.base.choices import demand_one_of
from core.base.errors import BadInput
from core.base.language import N_
from core.base.rulebook import Rulebook
from core.base.text import clean
from core.gifts.rules import CLASSES, NO_CLASS

_LONGEST = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftForm:
    """A gift of the catalogue; `value` in fen, `classes` and `occasions` by code, none named means all."""

    code: str
    name: str
    value: int
    classes: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferForm:
    """An offer: `value` off a purchase of at least `least`, in fen; coupons hold `days` days, up to `until_on`."""

    code: str
    name: str
    value: int
    from_on: date
    until_on: date
    days: int = 30
    least: int = 0
    classes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    active: bool = True


def checked_gift(form: GiftForm, rulebook: Rulebook) -> dict[str, Any]:
    """The columns of a gift. Raises BadInput naming the field."""
    code, name = _code_and_name(form)
    if form.value < 0:
        raise BadInput("gift.amount", N_("A budget is not below zero."), field="value")
    _demand_known("classes", form.classes, CLASSES)
    _demand_known("occasions", form.occasions, tuple(rulebook.gift_occasions))
    return {
        "code": code,
        "name": name,
        "value": form.value,
        "classes": " ".join(form.classes),
        "occasions": " ".join(form.occasions),
        "active": form.active,
    }


def checked_offer(form: OfferForm, rulebook: Rulebook) -> dict[str, Any]:
    """The columns of an offer. Raises BadInput naming the field."""
    code, name = _code_and_name(form)
    if form.value <= 0 or form.least < 0:
        raise BadInput("offer.value", N_("An offer takes something off a purchase: name how much."), field="value")
    if form.from_on > form.until_on or not 1 <= form.days <= _LONGEST:
        raise BadInput(
            "offer.days", N_("An offer runs from a day to a later one, its coupons for days."), field="until"
        )
    _demand_known("classes", form.classes, (*CLASSES, NO_CLASS))
    _demand_known("reasons", form.reasons, tuple(rulebook.reasons))
    return {
        "code": code,
        "name": name,
        "value": form.value,
        "least": form.least,
        "classes": " ".join(form.classes),
        "reasons": " ".join(form.reasons),
        "from_on": form.from_on,
        "until_on": form.until_on,
        "days": form.days,
        "active": form.active,
    }


def _code_and_name(form: GiftForm | OfferForm) -> tuple[str, str]:
    code, name = clean(form.code), clean(form.name)
    if not code or " " in code or len(code) > 40:
        raise BadInput("gift.code", N_("A gift has a code without spaces, such as SCARF."), field="code")
    if not name:
        raise BadInput("gift.name", N_("A gift has a name."), field="name")
    return code, name


def _demand_known(field: str, named: Sequence[str], known: Sequence[str]) -> None:
    for one in named:
        none = N_("There is no {code!r} here: use some of {codes}.")
        demand_one_of(known, one, none, error="gift.for", field=field)
