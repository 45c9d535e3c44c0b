"""The handover log as an export of the command line: one row an application, its steps in one cell (R7.4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlmodel import SQLModel

import core.handover.tables  # noqa: F401
from core.base.actor import Actor
from core.base.clock import zone
from core.base.language import Catalogue
from core.base.naming import HANDOVER_STATES, named
from core.base.rulebook import Rulebook
from core.handover.recording import visible
from core.handover.wording import ACTS, KINDS
from core.imports.export_rows import Record, Selection
from core.members.lookup import SHOP, STAFF

_TABLES = SQLModel.metadata.tables
_HANDOVER, _STEP = _TABLES["handover"], _TABLES["handover_step"]
_OF_STEP = ("act", "at", "comment", "detail", "by_code")
_TO = "to "


def handover_rows(actor: Actor, rulebook: Rulebook, words: Catalogue, *, masked: bool) -> Selection:
    """Applications, oldest first; no member is named in it."""
    headings = (
        words.say("application"),
        words.say("kind"),
        words.say("state"),
        words.say("gives"),
        words.say("name"),
        words.say("store"),
        words.say("applicant"),
        words.say("takes"),
        words.say("members"),
        words.say("of these moved"),
        words.say("reason"),
        words.say("submitted"),
        words.say("executed"),
        words.say("steps"),
    )
    by = STAFF.alias("by")
    statement = (
        sa.select(_HANDOVER, STAFF.c.code.label("giver"), STAFF.c.name.label("giver_name"))
        .add_columns(SHOP.c.code.label("shop"), SHOP.c.time_zone, by.c.name.label("who"))
        .add_columns(
            *(_STEP.c[name].label(f"step_{name}") for name in ("act", "at", "comment", "detail", "by_code"))
        )
        .select_from(
            _HANDOVER.join(STAFF, STAFF.c.id == _HANDOVER.c.giver_id)
            .join(SHOP, SHOP.c.id == _HANDOVER.c.store_id)
            .join(_STEP, _STEP.c.handover_id == _HANDOVER.c.id)
            .outerjoin(by, by.c.id == _STEP.c.by_id)
        )
        .where(visible(actor))
        .order_by(_HANDOVER.c.id, _STEP.c.place)
    )

    def records(rows: Iterable[Row[Any]]) -> Iterator[Record]:
        for _, group in groupby(rows, key=attrgetter("number")):
            yield _application(list(group), words)

    return Selection(headings, statement, records)


def _application(steps: list[Row[Any]], words: Catalogue) -> Record:
    row = steps[-1]
    details = [json.loads(step.step_detail) for step in steps]
    submitted = [one for one, step in zip(details, steps, strict=True) if step.step_act.value == "submit"]
    shares: dict[str, int] = submitted[-1] if submitted else {}
    return (
        row.number,
        named(KINDS, row.kind, words),
        named(HANDOVER_STATES, row.state, words),
        row.giver,
        row.giver_name,
        row.shop,
        row.applicant_code,
        "; ".join(f"{name.removeprefix(_TO)} {count}" for name, count in shares.items()),
        sum(shares.values()),
        next((one["members"] for one in reversed(details) if "introductions_ended" in one), None),
        row.reason,
        _wall(row.submitted_at, row.time_zone),
        _wall(row.executed_at, row.time_zone),
        "; ".join(_step(step, words) for step in steps),
    )


def _step(step: Row[Any], words: Catalogue) -> str:
    at = step.step_at.astimezone(zone(step.time_zone))
    said = f"{at:%Y-%m-%d %H:%M} {named(ACTS, step.step_act, words)} {step.who or step.step_by_code}"
    return f"{said} ({step.step_comment})" if step.step_comment else said


def _wall(moment: Any, place: str) -> Any:
    return None if moment is None else moment.astimezone(zone(place)).replace(tzinfo=None)
