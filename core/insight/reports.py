"""The reports there are, by code; each is made by a function of the store, the reader, the days, the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, NotFound
from core.base.language import N_, Catalogue
from core.base.report import Asked, Report
from core.members.lookup import SHOP
from core.people.access import Right, reach, refusal
from core.people.views import shop_id
from core.store.again import retried

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from core.store.engine import Store

REPORTS: Mapping[str, str] = {
    "satisfaction": "core.insight.report_satisfaction:satisfaction_report",
    "complaints": "core.insight.report_complaints:complaints_report",
    "reasons": "core.insight.report_reasons:reasons_report",
    "recovery": "core.insight.report_recovery:recovery_report",
    "gifts": "core.insight.report_gifts:gifts_report",
}
"""Where the function of each report in `core.base.report.TITLES` is; it is imported when it is asked for."""

LONGEST = 3660
"""How many days a report spans at most."""


@retried()
def make_report(store: Store, actor: Actor, code: str, asked: Asked, words: Catalogue) -> Report:
    """One report. Raises NotFound for no such report or store, BadInput for the days, NotAllowed."""
    if code not in REPORTS:
        raise NotFound(
            "report.unknown",
            N_("There is no report {code}: name one of {codes}."),
            code=code,
            codes=", ".join(REPORTS),
        )
    if asked.since > asked.until or (asked.until - asked.since).days > LONGEST:
        raise BadInput(
            "report.days", N_("A report goes from a day to a later one, ten years at most."), field="since"
        )
    module, _, name = REPORTS[code].partition(":")
    maker: Callable[[Store, Actor, Asked, Catalogue], Report] = getattr(import_module(module), name)
    return maker(store, actor, asked, words)


def usual_days(store: Store) -> tuple[date, date]:
    """The days of a report for which none are named: the twelve months up to today."""
    today = business_day(store.clock.now())
    first = date(today.year - 1, today.month, 1)
    return (date(first.year + first.month // 12, first.month % 12 + 1, 1), today)


def stores_of(
    c: Connection, actor: Actor, asked: Asked, right: Right = Right.SEE_REPORTS
) -> tuple[int | None, str]:
    """(the one store a report is about, or None for all; its name). Raises NotAllowed, NotFound."""
    limit = reach(actor, right)
    wanted = shop_id(c, asked.store) if asked.store else limit.store_id
    if limit.store_id is not None and wanted != limit.store_id:
        raise refusal(actor, right)
    return wanted, store_name(c, wanted)


def store_name(c: Connection, store_id: int | None) -> str:
    """What a report says it is about: a store's name, nothing for all of them."""
    if store_id is None:
        return ""
    name: str = c.execute(sa.select(SHOP.c.name).where(SHOP.c.id == store_id)).scalar_one()
    return name


def scope_words(store: Store, actor: Actor, right: Right, asked: Asked, words: Catalogue) -> str:
    """As `store_name`, for a report that those may read too who see only their own members."""
    limit = reach(actor, right)
    if limit.owner_id is not None:
        return words.say("own members")
    with store.read() as c:
        return store_name(c, shop_id(c, asked.store) if asked.store else limit.store_id)
