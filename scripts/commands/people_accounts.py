"""Accounts of staff: PINs and passwords, what wrong tries have locked, logins tied to them."""

from __future__ import annotations

from typing import Annotated

import typer

from core.base.errors import BadInput
from core.base.language import N_
from scripts.commands.people import Code
from scripts.errand import Errand, command
from scripts.show import say


@command("staff passwd", N_("Change your own PIN, or give somebody a new one (for CODE)."))
def staff_passwd(
    errand: Errand,
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help=N_("Whose PIN to set (your own unless given)."))
    ] = None,
    generate: Annotated[
        bool, typer.Option("--generate", help=N_("Make one by chance and print it once."))
    ] = False,
) -> None:
    """Set a secret; it is read from HUIFANG_SECRET_FILE or typed unseen, never an argument."""
    from core.people.accounts import change_secret, reset_secret

    words, who = errand.words, errand.signed_in
    if code is None or code == errand.as_code:
        present = errand.answers.ask(words, words.say(N_("Present PIN or password:"))) if _has_one(errand) else ""
        change_secret(errand.store, who, present, _new_secret(errand), errand.terminal)
        say(words.say(N_("Your PIN is changed.")))
        return
    given = reset_secret(errand.store, errand.actor, code, None if generate else _new_secret(errand))
    if generate:
        say(words.say(N_("PIN of {code}, to be told them once: {pin}"), code=code, pin=str(given)))
    say(words.say(N_("{code} changes it at the first sign-in."), code=code))


def _has_one(errand: Errand) -> bool:
    from core.people.signin import has_secret

    return has_secret(errand.store, errand.signed_in)


def _new_secret(errand: Errand) -> str:
    words = errand.words
    typed = errand.answers.ask(words, words.say(N_("New PIN or password:")))
    if errand.answers.ask(words, words.say(N_("The new one again:"))) != typed:
        raise BadInput("secret.differ", N_("The two differ: nothing was changed."), field="secret")
    return typed


@command("staff unlock", N_("Open an account that wrong tries have locked; its PIN stays."))
def staff_unlock(errand: Errand, code: Code) -> None:
    """Open a locked account."""
    from core.people.accounts import unlock_account

    opened = unlock_account(errand.store, errand.actor, code)
    said = N_("{code} can sign in again.") if opened else N_("{code} was not locked.")
    say(errand.words.say(said, code=code))


@command("staff tie", N_("Tie an OS login or an SSH key's fingerprint to an account: only the PIN is asked."))
def staff_tie(
    errand: Errand,
    code: Code,
    login: Annotated[
        str, typer.Option("--login", metavar="NAME", help=N_("An OS login, or a fingerprint (SHA256:...)."))
    ],
    remove: Annotated[bool, typer.Option("--remove", help=N_("Untie it."))] = False,
) -> None:
    """Tie or untie a login."""
    from core.people.accounts import tie_login, untie_login

    if remove:
        gone = untie_login(errand.store, errand.actor, code, login)
        said = N_("{login} is no longer tied to {code}.") if gone else N_("{login} was not tied to {code}.")
    else:
        tie_login(errand.store, errand.actor, code, login)
        said = N_("{login} is tied to {code}.")
    say(errand.words.say(said, login=login, code=code))
