"""A store on a server: the rights of its terminals, and moving a store there and back."""

from __future__ import annotations

from typing import Annotated

import typer

from core.base.language import N_
from scripts.errand import Errand, command
from scripts.show import say


@command("roles", N_("Give the database role of the terminals its rights: all work, but no change of records."))
def roles(
    errand: Errand,
    role: Annotated[str, typer.Option("--role", metavar="NAME", help=N_("The role's name."))] = "huifang_app",
    sql: Annotated[bool, typer.Option("--sql", help=N_("Only print the SQL."))] = False,
) -> None:
    """Grant the rights, or print what would."""
    from core.schema import METADATA
    from core.store.roles import grant, statements

    if sql:
        say("\n".join(f"{text};" for text in statements(METADATA.sorted_tables, role)))
        return
    grant(errand.store, METADATA.sorted_tables, role)
    say(
        errand.words.say(
            N_("The role {role} has its rights. Next: create role NAME login password '...' in role {role};"),
            role=role,
        )
    )
