"""Pictures of the screens: `python -m scripts.dev.pictures FOLDER` drives them and writes SVG and PNG files.

Needs rsvg-convert and a font with Han characters. The store is the one of tests/tui, made anew each time.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from tui import terminal

terminal.prepare(os.environ)  # before Textual is imported: the terminal's own sixteen colours

from rich.cells import cell_len  # noqa: E402
from rich.style import Style  # noqa: E402
from textual.strip import Strip  # noqa: E402

from core.base.clock import FixedClock  # noqa: E402
from core.base.rulebook import load_rulebook  # noqa: E402
from core.base.settings import Settings  # noqa: E402
from core.store import migrate  # noqa: E402
from core.store.engine import Store  # noqa: E402

FONT = "DejaVu Sans Mono, WenQuanYi Micro Hei Mono, Noto Sans Mono CJK SC, monospace"
WIDE, HIGH = 9, 20
FORE, BACK = "#d0d0d0", "#1c1c1c"
PALETTE = (
    "#000000", "#cc4444", "#4e9a06", "#c4a000", "#3465a4", "#8a5a9a", "#06989a", "#d3d7cf",
    "#666a66", "#ef2929", "#8ae234", "#fce94f", "#729fcf", "#ad7fa8", "#34e2e2", "#ffffff",
)  # fmt: skip

SHOTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("today", ()),
    ("today-filter", ("f",)),
    ("today-why", ("w",)),
    ("today-skip", ("s",)),
    ("help", ("question_mark",)),
    ("palette", ("f9",)),
    ("call", ("enter",)),
    ("call-welcome", ("down", "enter", "tab")),
    ("call-dialled", ("enter", "d")),
    ("call-recovery", ("down", "down", "enter", "1", "3")),
    ("call-problem", ("down", "enter", "2")),
    ("call-callback", ("down", "enter", "3", *"+3d")),
    ("call-profile", ("down", "enter", "e")),
    ("review", ("down", "down", "down", "enter")),
    ("member", ("f4",)),
    ("find", ("slash", *"139")),
)


async def shoot(folder: Path, lang: str, size: tuple[int, int], name: str, keys: tuple[str, ...]) -> None:
    """One picture of one screen."""
    from tests.tui.conftest import NOW, monday
    from tests.tui.pages import opened

    with tempfile.TemporaryDirectory() as place:
        clock = FixedClock(NOW)
        store = Store(f"sqlite:///{place}/store.db", clock, load_rulebook())
        migrate.init(store)
        monday(store)
        settings = Settings(home=Path(place), database=f"sqlite:///{place}/store.db", lang=None, staff=None)
        async with opened(settings, clock, lang=lang, size=size, staff="W1") as page:
            await page.press(*keys)
            await page.rest()
            svg = drawn(page.app.screen._compositor.render_strips(), size)
        store.close()
    path = folder / f"{name}-{lang}-{size[0]}.svg"
    path.write_text(svg, encoding="utf-8")
    if shutil.which("rsvg-convert"):
        subprocess.run(["rsvg-convert", "-o", path.with_suffix(".png"), path], check=True)


def drawn(strips: list[Strip], size: tuple[int, int]) -> str:
    """The screen as SVG, every character in its own cell, in the colours of a plain dark terminal."""
    width, height = size[0] * WIDE, size[1] * HIGH
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        f'<rect width="{width}" height="{height}" fill="{BACK}"/>',
        f'<g font-family="{FONT}" font-size="15">',
    ]
    for y, strip in enumerate(strips):
        x = 0
        for text, style, _ in strip:
            cells = cell_len(text)
            fore, back = colours(style)
            if back != BACK:
                parts.append(
                    f'<rect x="{x * WIDE}" y="{y * HIGH}" width="{cells * WIDE}" height="{HIGH}" fill="{back}"/>'
                )
            if style is not None and style.underline:
                line = (y + 1) * HIGH - 2
                parts.append(f'<rect x="{x * WIDE}" y="{line}" width="{cells * WIDE}" height="1" fill="{fore}"/>')
            for character in text:
                if character != " ":
                    weight = ' font-weight="bold"' if style is not None and style.bold else ""
                    place = f'x="{x * WIDE}" y="{y * HIGH + HIGH - 5}"'
                    parts.append(f'<text {place} fill="{fore}"{weight}>{escape(character)}</text>')
                x += cell_len(character)
    return "\n".join([*parts, "</g></svg>"])


def colours(style: Style | None) -> tuple[str, str]:
    """The text's and the ground's colour."""
    fore, back = FORE, BACK
    if style is not None:
        if style.color is not None and not style.color.is_default:
            fore = PALETTE[style.color.number or 0]
        if style.bgcolor is not None and not style.bgcolor.is_default:
            back = PALETTE[style.bgcolor.number or 0]
        if style.dim:
            fore = "#8a8a8a"
        if style.reverse:
            fore, back = back, fore
    return fore, back


async def shoot_docs(folder: Path) -> None:
    """The pictures of the documentation, from the demo's store: {today,call,member}.{zh,en}.svg."""
    from core.base.language import catalogue
    from scripts.demo import make
    from tests.tui.conftest import NOW
    from tests.tui.pages import opened

    for lang in ("zh", "en"):
        with tempfile.TemporaryDirectory() as place:
            url = f"sqlite:///{place}/store.db"
            staff = make(url, NOW, catalogue(lang))
            settings = Settings(home=Path(place), database=url, lang=None, staff=None)
            for name, keys in (("today", ()), ("call", ("enter",)), ("member", ("f4",))):
                size = (120, 36) if name == "today" else (100, 30)
                async with opened(settings, FixedClock(NOW), lang=lang, size=size, staff=staff) as page:
                    await page.press(*keys)
                    await page.rest()
                    svg = drawn(page.app.screen._compositor.render_strips(), size)
                    if name == "call":
                        await page.press("escape")
                (folder / f"{name}.{lang}.svg").write_text(svg, encoding="utf-8")


def main() -> int:
    """Make all pictures, or those whose name was given after the folder; `--docs` those of the documentation."""
    if sys.argv[1:] == ["--docs"]:
        folder = Path(__file__).resolve().parents[2] / "docs" / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(shoot_docs(folder))
        return 0
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    only = set(sys.argv[2:])
    started = datetime.now(UTC)
    for lang in ("zh", "en"):
        for size in ((80, 24), (120, 40)):
            for name, keys in SHOTS:
                if not only or name in only:
                    asyncio.run(shoot(folder, lang, size, name, keys))
    print(f"{folder}: {(datetime.now(UTC) - started).seconds} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
