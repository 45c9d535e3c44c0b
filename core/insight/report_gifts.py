"""The gift report: what was given for what, stock and budget by store, what offers brought (R11.1, R11.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.language import Catalogue
from core.base.report import TITLES, Asked, Kind, Report, ReportColumn, Section, Value
from core.gifts.wording import class_words, occasion_words
from core.insight.reports import stores_of
from core.people.access import Right
from core.store.engine import Store
from core.store.sql import statement

_DAYS = ("since", "until")
_SHOP = "(:store = 0 or {}.store_id = :store)"

_GIVEN = """
    select {key} as key, count(*) as given, sum(case when v.state <> 'returned' then 1 else 0 end) as kept,
        sum(case when v.state = 'collected' then 1 else 0 end) as collected,
        sum(case when v.state = 'returned' then 1 else 0 end) as returned,
        coalesce(sum(case when v.state <> 'returned' then v.value end), 0) as value
    from given v join gift g on g.id = v.gift_id join store t on t.id = v.store_id
    where v.given_on >= :since and v.given_on <= :until and {shop}
    group by {key} order by count(*) desc, {key}
"""
_BUDGETS = f"""
    select t.name as store, b.month, b.value_class, b.amount, b.spent from gift_budget b
        join store t on t.id = b.store_id
    where b.month >= :first and b.month <= :last and {_SHOP.format("b")}
    order by b.month desc, t.code, b.value_class
"""
_STOCK = f"""
    select t.name as store, g.name as gift, k.quantity,
        (select count(*) from given v where v.gift_id = k.gift_id and v.store_id = k.store_id
            and v.state in ('reserved', 'sent')) as waiting
    from gift_stock k join gift g on g.id = k.gift_id join store t on t.id = k.store_id
    where g.active and {_SHOP.format("k")} order by t.code, g.code
"""
_OFFERS = f"""
    select o.name, count(*) as given, sum(case when c.state = 'used' then 1 else 0 end) as used,
        sum(case when c.state = 'open' and c.expires_on < :until then 1 else 0 end) as expired,
        coalesce(sum(case when c.state = 'used' then o.value end), 0) as value
    from coupon c join offer o on o.id = c.offer_id
    where c.given_on >= :since and c.given_on <= :until and c.state <> 'withdrawn' and {_SHOP.format("c")}
    group by o.id, o.name order by count(*) desc, o.name
"""


def gifts_report(store: Store, actor: Actor, asked: Asked, words: Catalogue) -> Report:
    """What was given in the days asked for, and how stock and budgets stand. Raises NotFound, NotAllowed."""
    with store.sweep() as c:
        shop, scope = stores_of(c, actor, asked, Right.SEE_GIFTS)
        bound = {"since": asked.since, "until": asked.until, "store": shop or 0}
        months = {"first": f"{asked.since:%Y-%m}", "last": f"{asked.until:%Y-%m}", "store": shop or 0}
        book = store.rulebook
        sections = (
            _given(c, bound, words, "occasion", "v.occasion", lambda code: occasion_words(code, book, words)),
            _given(c, bound, words, "gift", "g.name", str),
            _given(c, bound, words, "store", "t.name", str),
            _offers(c, bound, words),
            _budgets(c, months, words),
            _stock(c, {"store": shop or 0}, words),
        )
    return Report("gifts", words.say(TITLES["gifts"]), asked.since, asked.until, scope, sections)


def _given(
    c: Connection, bound: Mapping[str, Any], words: Catalogue, what: str, key: str, named: Callable[[str], str]
) -> Section:
    titles = {"occasion": words.say("By occasion"), "gift": words.say("By gift"), "store": words.say("By store")}
    heads = {"occasion": words.say("occasion"), "gift": words.say("gift"), "store": words.say("store")}
    columns = (
        ReportColumn(heads[what], what),
        ReportColumn(words.say("given"), "given", Kind.COUNT, bar=True),
        ReportColumn(words.say("collected"), "collected", Kind.COUNT),
        ReportColumn(words.say("given back"), "returned", Kind.COUNT),
        ReportColumn(words.say("value"), "value", Kind.AMOUNT),
    )
    text = _GIVEN.format(key=key, shop=_SHOP.format("v"))
    rows = tuple(
        (named(row.key), row.given, row.collected, row.returned, int(row.value))
        for row in c.execute(statement(text, days=_DAYS), bound)
    )
    return Section(titles[what], f"{what}s", columns, rows, "", words.say("No gift was given in these days."))


def _offers(c: Connection, bound: Mapping[str, Any], words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("offer"), "offer"),
        ReportColumn(words.say("given"), "given", Kind.COUNT),
        ReportColumn(words.say("used"), "used", Kind.COUNT),
        ReportColumn(words.say("share used"), "share", Kind.SHARE, bar=True),
        ReportColumn(words.say("expired"), "expired", Kind.COUNT),
        ReportColumn(words.say("value"), "value", Kind.AMOUNT),
    )
    rows = tuple(
        (row.name, row.given, row.used, row.used / row.given, row.expired, int(row.value))
        for row in c.execute(statement(_OFFERS, days=_DAYS), bound)
    )
    return Section(
        words.say("Coupons"), "offers", columns, rows, "", words.say("No coupon was given in these days.")
    )


def _budgets(c: Connection, bound: Mapping[str, Any], words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("month"), "month"),
        ReportColumn(words.say("store"), "store"),
        ReportColumn(words.say("class"), "class"),
        ReportColumn(words.say("budget"), "budget", Kind.AMOUNT),
        ReportColumn(words.say("given"), "spent", Kind.AMOUNT),
        ReportColumn(words.say("share used"), "share", Kind.SHARE, bar=True),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            row.month,
            row.store,
            class_words(row.value_class, words),
            row.amount,
            row.spent,
            row.spent / row.amount if row.amount else None,
        )
        for row in c.execute(sa.text(_BUDGETS), bound)
    )
    return Section(words.say("Budgets"), "budgets", columns, rows, "", words.say("No budget was touched yet."))


def _stock(c: Connection, bound: Mapping[str, Any], words: Catalogue) -> Section:
    columns = (
        ReportColumn(words.say("store"), "store"),
        ReportColumn(words.say("gift"), "gift"),
        ReportColumn(words.say("in stock"), "quantity", Kind.COUNT, bar=True),
        ReportColumn(words.say("put aside"), "waiting", Kind.COUNT),
    )
    rows = tuple((row.store, row.gift, row.quantity, row.waiting) for row in c.execute(sa.text(_STOCK), bound))
    return Section(words.say("Stock today"), "stock", columns, rows, "", words.say("No gift is in stock."))
