"""The staff on record."""

from __future__ import annotations

from core.base.language import N_
from core.base.naming import ROLES, named
from scripts.errand import Errand, command
from scripts.show import json_rows, table


@command("staff list", N_("Everybody on the staff, with role and store."), json=True)
def staff_list(errand: Errand) -> None:
    """Print the staff."""
    from core.people.views import staff_rows

    rows = staff_rows(errand.store)
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
            }
            for row in rows
        )
        return
    headings = [words.say(text) for text in (N_("code"), N_("name"), N_("role"), N_("store"))]
    table(
        headings, [[r.code, r.name, named(ROLES, r.role, words), f"{r.store_code} {r.store_name}"] for r in rows]
    )
