"""Staff: who they are, taking on, roles, other stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.base.language import N_
from core.base.naming import ROLES, named
from scripts.errand import Errand, command
from scripts.show import iso, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.base.actor import Role

Code = Annotated[str, typer.Argument(metavar="CODE", help=N_("A staff code."))]
RoleCode = Literal["caller", "assistant", "store_manager", "manager", "service_desk", "admin"]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why; this is kept on record."))]


@command("staff list", N_("Everybody on the staff, with role, store, and whether they have a PIN."), json=True)
def staff_list(
    errand: Errand,
    left: Annotated[bool, typer.Option("--left", help=N_("Also those who have left."))] = False,
) -> None:
    """Print the staff."""
    from core.people.views import staff_accounts

    rows = staff_accounts(errand.store, errand.actor, left=left)
    words = errand.words
    if errand.json:
        json_rows(
            {
                "code": row.code,
                "name": row.name,
                "role": row.role,
                "store": row.store_code,
                "store_name": row.store_name,
                "language": row.language,
                "left_on": iso(row.left_on),
                "secret": row.has_secret,
                "locked_until": iso(row.locked_until),
            }
            for row in rows
        )
        return
    worded_table(
        words,
        (N_("code"), N_("name"), N_("role"), N_("store"), N_("PIN"), N_("left")),
        [
            [
                r.code,
                r.name,
                named(ROLES, r.role, words),
                f"{r.store_code} {r.store_name}",
                words.say(_pin_words(r.has_secret, r.locked_until is not None)),
                iso(r.left_on) or "",
            ]
            for r in rows
        ],
    )
    bare = sum(row.has_secret is False for row in rows if row.left_on is None)
    if any(row.has_secret for row in rows) and bare:
        say(
            words.plural(
                "{count} has no PIN: anybody can work as them (staff passwd CODE gives one).",
                "{count} have no PIN: anybody can work as them (staff passwd CODE gives one).",
                bare,
            )
        )


def _pin_words(has_secret: bool | None, locked: bool) -> str:
    if locked:
        return N_("locked")
    if has_secret is None:
        return ""
    return N_("yes") if has_secret else N_("no")


@command("staff add", N_("Take somebody on."))
def staff_add(
    errand: Errand,
    code: Code,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=N_("Their name."))],
    role: Annotated[RoleCode, typer.Option("--role", help=N_("What they do."))],
    store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("Where they work."))],
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option("--language", help=N_("The language of their screens."))
    ] = None,
    target: Annotated[
        int | None, typer.Option("--target", metavar="N", help=N_("Members a day (the policy's unless given)."))
    ] = None,
) -> None:
    """Take somebody on."""
    from core.people.actions import StaffForm, add_staff

    form = StaffForm(code, name, _role(role), store, language, target)
    added = add_staff(errand.store, errand.actor, form)
    say(errand.words.say(N_("{code} is on the staff. Next: `huifang staff passwd {code}`."), code=added))


@command("staff role", N_("Give somebody another role."))
def staff_role(
    errand: Errand,
    code: Code,
    role: Annotated[RoleCode, typer.Argument(metavar="ROLE", help=N_("What they do from now on."))],
    reason: Why = "",
) -> None:
    """Change a role."""
    from core.people.actions import change_role

    change_role(errand.store, errand.actor, code, _role(role), why=reason)
    words = errand.words
    say(words.say(N_("{code} is {role} now."), code=code, role=named(ROLES, role, words)))


@command("staff move", N_("Let somebody work for another store; their members stay theirs."))
def staff_move(
    errand: Errand,
    code: Code,
    store: Annotated[str, typer.Argument(metavar="STORE", help=N_("A store's code."))],
    reason: Why = "",
) -> None:
    """Move somebody."""
    from core.people.actions import move_staff

    move_staff(errand.store, errand.actor, code, store, why=reason)
    say(errand.words.say(N_("{code} works for {store} now; their members stay theirs."), code=code, store=store))


def _role(code: str) -> Role:
    from core.base.actor import Role

    return Role(code)
