"""The handover sheet, to print: text, and PDF where the extra `huifang[pdf]` is installed (R7.6)."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from core.base.actor import Actor
from core.base.clock import DEFAULT_ZONE, zone
from core.base.errors import Refused
from core.base.language import N_, Catalogue
from core.base.naming import HANDOVER_STATES, STAGES, named
from core.base.outside import written
from core.base.resources import data_folder
from core.base.text import cells, fit, harmless
from core.handover.log import handover_sheet, member_lines
from core.handover.views import HandoverSheet, MemberLine
from core.handover.wording import ACTS, KINDS
from core.store.engine import Store


def sheet_text(store: Store, actor: Actor, number: str, words: Catalogue) -> str:
    """The sheet as text: head, steps, and each member with class and last promise. Raises NotFound."""
    return "\n".join(_lines(*_content(store, actor, number, words), words)) + "\n"


def sheet_pdf(store: Store, actor: Actor, number: str, words: Catalogue, path: Path | str) -> Path:
    """Write the sheet as PDF. Raises NotFound, BadInput for an unwritable file, Refused without extra or font."""
    try:
        typst = importlib.import_module("typst")
    except ImportError:
        raise Refused(
            "sheet.no_pdf",
            N_("PDF needs an extra part of the program: pip install 'huifang[pdf]'. Text works without it."),
        ) from None
    font = _font(typst)
    head, steps, members = _content(store, actor, number, words)
    given = {
        "title": words.say("Handover sheet {number}", number=number),
        "head": json.dumps(head, ensure_ascii=False),
        "steps": json.dumps(steps, ensure_ascii=False),
        "members": json.dumps(members, ensure_ascii=False),
        "headings": json.dumps(_headings(words), ensure_ascii=False),
        "signatures": json.dumps(_signatures(words), ensure_ascii=False),
        "lang": words.lang,
        "font": font,
    }
    made: bytes = typst.compile(str(data_folder() / "sheets" / "handover.typ"), sys_inputs=given)
    target = Path(path)
    with written(target):
        target.write_bytes(made)
    return target


FONTS = (
    *("Noto Sans CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Source Han Sans SC", "Noto Serif CJK SC"),
    *("PingFang SC", "Microsoft YaHei", "SimHei", "SimSun"),
)
"""Fonts with Chinese characters, the first one there is taken."""


def _font(typst: Any) -> str:
    """A font of this machine that has Chinese characters, which every sheet has. Raises Refused."""
    there = set(typst.Fonts(include_system_fonts=True).families())
    for name in FONTS:
        if name in there:
            return name
    raise Refused(
        "sheet.no_font",
        N_("PDF needs a font with Chinese characters: install one (Debian: apt install fonts-noto-cjk)."),
    )


Pairs = list[list[str]]


def _content(store: Store, actor: Actor, number: str, words: Catalogue) -> tuple[Pairs, Pairs, Pairs]:
    """(label and value pairs, steps, members) in words, harmless to print."""
    sheet = handover_sheet(store, actor, number)
    members = member_lines(store, actor, number)
    return _head(sheet, words), [*_steps(sheet, words)], [_member(line, words) for line in members]


def _head(sheet: HandoverSheet, words: Catalogue) -> Pairs:
    row = sheet.row
    takers = words.say(", ").join(f"{name} ({code}) {count}" for code, name, count in row.successors)
    pairs = [
        (words.say("application"), row.number),
        (words.say("kind"), named(KINDS, row.kind, words)),
        (words.say("state"), named(HANDOVER_STATES, row.state, words)),
        (words.say("gives"), f"{row.giver_name} ({row.giver}), {row.store_name}"),
        (words.say("takes"), takers),
        (words.say("moves to"), row.to_store),
        (words.say("members"), str(row.members)),
        (words.say("of these moved"), "" if row.moved is None else str(row.moved)),
        (words.say("reason"), row.reason),
    ]
    return [[label, harmless(value)] for label, value in pairs if value]


def _steps(sheet: HandoverSheet, words: Catalogue) -> Iterator[list[str]]:
    for line in sheet.steps:
        yield [_when(line.at), named(ACTS, line.step, words), harmless(line.by_name), harmless(line.comment)]


def _member(line: MemberLine, words: Catalogue) -> list[str]:
    last = line.last_purchase_on.isoformat() if line.last_purchase_on else "-"
    note = words.say(line.problem) if line.problem else ""
    return [
        line.number,
        harmless(line.name),
        line.value_class.value if line.value_class else "-",
        named(STAGES, line.stage, words),
        last,
        harmless(line.last_promise) or "-",
        harmless(f"{line.successor_name}" if not note else f"({note})"),
    ]


def _headings(words: Catalogue) -> list[str]:
    texts = ("number", "name", "class", "stage", "last purchase", "last promise", "to")
    return [words.say(text) for text in texts]


def _signatures(words: Catalogue) -> list[str]:
    return [words.say("Gives:"), words.say("Takes:"), words.say("Store manager:"), words.say("Manager:")]


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(zone(DEFAULT_ZONE)):%Y-%m-%d %H:%M}"


def _lines(head: Pairs, steps: Pairs, members: Pairs, words: Catalogue) -> Iterator[str]:
    yield words.say("Handover sheet {number}", number=head[0][1])
    yield ""
    yield from _columns(head)
    yield ""
    yield from _columns(steps)
    yield ""
    yield from _columns([_headings(words), *members])
    yield ""
    yield "    ".join(f"{label} ________________" for label in _signatures(words))


def _columns(rows: Pairs) -> Iterator[str]:
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
