"""The supervisors' screens as kept, in both languages and sizes; and names that mean harm."""

from __future__ import annotations

import pytest

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.handover.tables import Handover
from core.store.engine import Store
from tests.tui import snapshots
from tests.tui.supervisors import Made, applied, office_of, run


def test_names_that_mean_harm_stay_text(lite: Store, screens: Made) -> None:
    office = office_of(lite, 4)
    office.change("00001", name="[/foo][b]x", last_promise="a\x1b[31mred")
    number = applied(office)
    with lite.write(SHELL) as tx:
        key = office.rows("select id from handover")[0][0]
        tx.update(Handover, key, {"reason": "[/foo]\u202e"})

    async def drive() -> None:
        async with screens(staff="S1M") as page:
            await page.press("f6", "enter", "down", "h")
            page.shows(number, "[/foo]")
            for line in page.lines:
                assert not set(line) & set("\x1b\u202e")

    run(drive())


SHOTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "handover": ("S1M", ("f6",)),
    "application": ("S1M", ("f6", "enter")),
    "application-agree": ("S1M", ("f6", "enter", "a")),
    "application-new": (
        "S1M",
        ("f6", "n", "2", *"s102", "enter", *"s103", "enter", "enter", "x", "enter"),
    ),
    "handover-log": ("S1M", ("f6", "l")),
    "board": ("S1M", ("b",)),
    "people": ("S1M", ("f9", "p", "e", "o", "p", "l", "e", "enter")),
    "who-changed": ("S1M", ("slash", *"00003", "enter", "y")),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SHOTS)
def test_the_screen_looks_as_kept(
    name: str, size: tuple[int, int], lang: str, lite: Store, screens: Made, clock: FixedClock
) -> None:
    applied(office_of(lite))
    staff, keys = SHOTS[name]

    async def drive() -> None:
        async with screens(lang=lang, size=size, staff=staff) as page:
            if name == "people":
                await page.press("f9")
                await page.type("人员" if lang == "zh" else "people")
                await page.press("enter")
            else:
                await page.press(*keys)
            await page.rest()
            snapshots.check(f"{name}-{lang}-{size[0]}", page.lines)

    run(drive())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_what_was_carried_out_looks_as_kept(
    size: tuple[int, int], lang: str, lite: Store, screens: Made, clock: FixedClock
) -> None:
    applied(office_of(lite), upto="file")

    async def drive() -> None:
        async with screens(lang=lang, size=size, staff="K01") as page:
            await page.press("f6", "enter")
            snapshots.check(f"application-filed-{lang}-{size[0]}", page.lines)
            for line in page.lines[1:4]:
                assert not line.endswith(".."), line

    run(drive())
