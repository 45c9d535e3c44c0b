"""The handover log, the printed sheet, and who changed an application."""

from __future__ import annotations

from pathlib import Path

from core.handover import actions
from core.handover.forms import HandoverForm
from core.store.engine import Store
from tests.tui.supervisors import Made, applied, office_of, run


def test_the_sheet_is_printed_and_where_is_said(lite: Store, screens: Made, tmp_path: Path) -> None:
    applied(office_of(lite))

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter", "p")
            page.shows("handover-2026-0001.txt")

    run(drive())
    (sheet,) = tmp_path.glob("printed/*.txt")
    assert "承诺4" in sheet.read_text(encoding="utf-8")


def test_the_log_is_filtered_and_exported_for_a_purpose(lite: Store, screens: Made, tmp_path: Path) -> None:
    office = office_of(lite)
    applied(office, upto="file")
    form = HandoverForm(giver="S102", successors=("S103",), reason="=1+1", members=("90001",))
    actions.submit(lite, office["S102"], form)

    async def drive() -> None:
        async with screens(staff="K01") as page:
            await page.press("f6", "l")
            assert page.names == ["2026-0002", "2026-0001"]
            await page.press("f", "1")
            await page.type("s101")
            await page.press("enter")
            assert page.names == ["2026-0001"]
            page.shows("人员: S101")
            await page.press("f", "0", "f", "5", "2")
            assert page.names == ["2026-0002"]
            await page.press("f", "0", "f", "3")
            await page.type("2026-11-24")
            await page.press("enter")
            assert page.names == []
            page.shows("没有符合条件的申请")
            await page.press("f", "0", "f", "6")
            await page.type("00003")
            await page.press("enter")
            assert page.names == ["2026-0001"]
            await page.press("f", "0", "e")
            await page.type("年检")
            await page.press("enter")
            page.shows("2 份申请已写入")

    run(drive())
    (file,) = tmp_path.glob("printed/*.csv")
    text = file.read_text(encoding="utf-8-sig")
    assert "2026-0001" in text
    assert "'=1+1" in text
    assert office.rows("select why from audit_entry where field = 'export'") == [("年检",)]


def test_a_refused_export_says_so(lite: Store, screens: Made, tmp_path: Path) -> None:
    applied(office_of(lite))

    async def drive() -> None:
        async with screens(staff="S101") as page:
            await page.press("f9")
            await page.type("台账")
            await page.press("enter", "e")
            page.shows("您的角色无权做此事")

    run(drive())
    assert not list(tmp_path.glob("printed/*.csv"))


def test_who_changed_an_application_is_a_key_away(lite: Store, screens: Made) -> None:
    applied(office_of(lite), upto="file")

    async def drive() -> None:
        async with screens(staff="F01", lang="en") as page:
            await page.press("f6", "y")
            page.shows("Who changed this?", "application 2026-0001", "from draft to waits")
            assert page.app.screen.things[0].who == "钱进"
            await page.press("escape", "enter", "y")
            page.shows("application 2026-0001")
            assert not [one for one in page.app.screen.things if "_id" in one.what]

    run(drive())
