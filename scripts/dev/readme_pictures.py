"""The README's pictures: `python -m scripts.dev.readme_pictures` opens the demo and writes docs/pictures/*.svg."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from core.base.clock import FixedClock
from core.base.language import catalogue
from core.base.settings import Settings
from scripts.demo import make
from scripts.dev.pictures import drawn

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
SHOTS: tuple[tuple[str, tuple[int, int], tuple[str, ...]], ...] = (
    ("today", (80, 24), ("down", "down")),
    ("call", (80, 24), ("down", "down", "enter", "tab")),
    ("today-wide", (120, 40), ("down",)),
)


async def shoot(lang: str, name: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    """One picture."""
    from tests.tui.pages import opened

    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/demo.db"
        staff = make(url, NOW, catalogue(lang))
        settings = Settings(home=Path(place), database=url, lang=None, staff=None)
        async with opened(settings, FixedClock(NOW), lang=lang, size=size, staff=staff) as page:
            await page.press(*keys)
            await page.rest()
            svg = drawn(page.app.screen._compositor.render_strips(), size)
    (FOLDER / f"{name}-{lang}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    """Make them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for lang in ("zh", "en"):
        for name, size, keys in SHOTS:
            asyncio.run(shoot(lang, name, size, keys))


if __name__ == "__main__":
    main()
