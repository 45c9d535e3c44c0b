"""Codes that people type for one of several things: what is none of them is told with those there are."""

from __future__ import annotations

from collections.abc import Collection

from core.base.errors import BadInput
from core.base.text import clean

_SHOWN = 40
"""Characters of a wrong code that are told again."""


def demand_one_of(known: Collection[str], typed: str, template: str, *, error: str, field: str) -> None:
    """Raise BadInput `error` at `field` unless that was typed; `template` takes {code} and {codes}."""
    if typed not in known:
        raise BadInput(error, template, field=field, code=clean(typed)[:_SHOWN], codes=", ".join(known))
