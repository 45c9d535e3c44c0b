"""The gift report against the rows themselves, counted one by one (R11.1, R11.2, R14.3)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.base.clock import FixedClock
from core.base.errors import NotAllowed
from core.base.language import catalogue
from core.base.report import Asked, Report
from core.gifts.actions import GiveForm, collect_gift, give_gift, return_gift
from core.gifts.coupons import give_coupon, use_coupon
from core.gifts.forms import OfferForm
from core.gifts.offers import keep_offer
from core.imports.report_file import write_report
from core.insight.reports import make_report
from tests.calls.desk import TODAY, Desk

WHOLE = Asked(date(2026, 11, 1), date(2026, 12, 31))


def table(report: Report, code: str) -> list[tuple[Any, ...]]:
    """The rows of one section."""
    return [row for section in report.sections if section.code == code for row in section.rows]


def busy(shop: Desk, clock: FixedClock) -> None:
    """Six gifts, of which some are collected and one came back; three coupons, of which one is used."""
    for n in range(10, 14):
        shop.member(str(n), value_class="B", last_on=date(2026, 3, n))
    gave = [
        give_gift(shop.store, shop.fang, GiveForm(number=number, gift=gift, occasion=occasion)).id
        for number, gift, occasion in (
            ("1", "SCARF", "birthday"),
            ("1", "TEA", "key_account"),
            ("2", "TEA", "recovery"),
            ("10", "SCARF", "recovery"),
            ("11", "SCARF", "recovery"),
            ("12", "TEA", "other"),
        )
    ]
    collect_gift(shop.store, shop.fang, gave[0])
    collect_gift(shop.store, shop.fang, gave[2])
    return_gift(shop.store, shop.fang, gave[3], "退回")
    keep_offer(
        shop.store,
        shop.boss,
        OfferForm(code="X", name="券", value=3_000, from_on=TODAY, until_on=TODAY + timedelta(days=20)),
    )
    made = [give_coupon(shop.store, shop.fang, number, "X", "price").number for number in ("1", "2", "10")]
    use_coupon(shop.store, shop.fang, made[0])
    clock.advance(days=30)


def test_every_number_of_the_gift_report(shop: Desk, clock: FixedClock) -> None:
    busy(shop, clock)
    report = make_report(shop.store, shop.boss, "gifts", WHOLE, catalogue("en"))
    rows, names = shop.rows("given"), {row["id"]: row["name"] for row in shop.rows("gift")}
    for code, key in (("occasions", lambda r: r["occasion"]), ("gifts", lambda r: names[r["gift_id"]])):
        given, collected, returned, value = (Counter[str]() for _ in range(4))
        for row in rows:
            given[key(row)] += 1
            collected[key(row)] += row["state"] == "collected"
            returned[key(row)] += row["state"] == "returned"
            value[key(row)] += row["value"] * (row["state"] != "returned")
        book = shop.store.rulebook.gift_occasions
        wanted = {
            (book[k].en if code == "occasions" else k, given[k], collected[k], returned[k], value[k])
            for k in given
        }
        assert set(table(report, code)) == wanted
    assert table(report, "offers") == [("券", 3, 1, 1 / 3, 2, 3_000)]
    assert [row[:1] + row[2:5] for row in table(report, "budgets")] == [
        ("2026-11", "A", 300_000, 10_000),
        ("2026-11", "B", 200_000, 10_000),
        ("2026-11", "C", 100_000, 2_000),
    ]
    assert [(row[1], row[2], row[3]) for row in table(report, "stock")] == [("丝巾", 1, 1), ("茶", 0, 2)]


def test_whose_gifts_a_report_is_about(shop: Desk, clock: FixedClock) -> None:
    busy(shop, clock)
    assert table(make_report(shop.store, shop.lei, "gifts", WHOLE, catalogue("zh")), "gifts") == []
    with pytest.raises(NotAllowed):
        make_report(shop.store, shop.lei, "gifts", Asked(WHOLE.since, WHOLE.until, "S1"), catalogue("zh"))


@pytest.mark.parametrize("code", ["gifts", "recovery"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reports_as_files(shop: Desk, clock: FixedClock, tmp_path: Path, code: str, lang: str) -> None:
    busy(shop, clock)
    report = make_report(shop.store, shop.boss, code, WHOLE, catalogue(lang))
    for name in ("r.html", "r.csv", "r.xlsx"):
        file = write_report(shop.store, shop.boss, report, tmp_path / name, catalogue(lang), purpose="test")
        assert file.stat().st_size > 200
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert report.title in html
    assert ("<svg" in html) == any(
        section.rows and any(c.bar for c in section.columns) for section in report.sections
    )
