"""What gifts call things, for screens, commands and reports."""

from __future__ import annotations

from core.base.language import N_, Catalogue
from core.base.rulebook import Rulebook
from core.gifts.tables import CouponState, GivenState, Movement

STATES = {
    GivenState.RESERVED: N_("put aside"),
    GivenState.SENT: N_("sent"),
    GivenState.COLLECTED: N_("collected"),
    GivenState.RETURNED: N_("given back"),
}

COUPON_STATES = {
    CouponState.OPEN: N_("good"),
    CouponState.USED: N_("used"),
    CouponState.WITHDRAWN: N_("withdrawn"),
}

MOVEMENTS = {
    Movement.RECEIVED: N_("received"),
    Movement.GIVEN: N_("given"),
    Movement.RETURNED: N_("given back"),
    Movement.COUNTED: N_("counted"),
    Movement.LOST: N_("lost"),
}


def occasion_words(code: str, rulebook: Rulebook, words: Catalogue) -> str:
    """What an occasion is called."""
    occasion = rulebook.gift_occasions.get(code)
    return occasion.name(words) if occasion is not None else code


def class_words(value_class: str, words: Catalogue) -> str:
    """A value class, or that there is none."""
    return value_class if value_class in ("A", "B", "C") else words.say("no class")
