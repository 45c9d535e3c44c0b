"""PINs and passwords: hashing, checking and making them (R15.1). Nothing here keeps or shows one."""

from __future__ import annotations

import secrets as chance
import unicodedata
from base64 import b64encode
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from core.base.errors import BadInput
from core.base.language import N_

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class Cost(NamedTuple):
    """What argon2id takes: rounds, KiB, lanes."""

    rounds: int
    memory: int
    lanes: int


COST = Cost(3, 65536, 4)
"""What one check costs (argon2id): RFC 9106's choice where memory is scarce, 64 MiB for about 0.15 seconds."""

LONGEST = 128
ONE_TIME_DIGITS = 8


class Secret(str):
    """A typed PIN or password: a text that tracebacks and logs show as asterisks."""

    __slots__ = ()

    def __new__(cls, typed: str) -> Secret:
        """The text as it is compared: full-width digits and letters count as plain ones."""
        return super().__new__(cls, unicodedata.normalize("NFKC", typed)[: LONGEST + 1])

    def __repr__(self) -> str:
        return "'***'"


def hashed(secret: str) -> str:
    """The hash to keep."""
    return _hasher().hash(Secret(secret))


def matches(kept: str | None, secret: str) -> bool:
    """Whether the secret is the one of that hash; without a hash it takes as long, and the answer is no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept or _stand_in(), Secret(secret)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether a hash was made at another cost than today's and should be made anew."""
    return _hasher().check_needs_rehash(kept)


def demand_good(secret: str, code: str, least: int) -> None:
    """Raise BadInput unless the secret is fit for the staff member with that code; the text is never quoted."""
    typed = Secret(secret)
    if not least <= len(typed) <= LONGEST:
        raise BadInput(
            "secret.length",
            N_("A PIN or password has at least {least} characters (and at most {most}): choose a longer one."),
            field="secret",
            least=least,
            most=LONGEST,
        )
    steps = {ord(after) - ord(before) for before, after in pairwise(typed)}
    if steps in ({0}, {1}, {-1}) or typed.casefold() == code.casefold():
        raise BadInput(
            "secret.easy",
            N_("That PIN is one of the first anybody would try: choose one that is no row and no staff code."),
            field="secret",
        )


def one_time() -> Secret:
    """A PIN made by chance, to be handed over once and changed at the first sign-in."""
    while True:
        made = Secret("".join(chance.choice("0123456789") for _ in range(ONE_TIME_DIGITS)))
        if len(set(made)) > ONE_TIME_DIGITS // 2:
            return made


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # loaded by whoever signs in, not by whoever opens the program

    return PasswordHasher(COST.rounds, COST.memory, COST.lanes)


def _stand_in() -> str:
    """A hash that nothing matches, at today's cost: so that an account which is not there takes as long."""
    salt, digest = (b64encode(bytes(size)).rstrip(b"=").decode() for size in (16, 32))
    cost = f"m={COST.memory},t={COST.rounds},p={COST.lanes}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
