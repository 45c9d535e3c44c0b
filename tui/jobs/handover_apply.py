"""Jobs for a new application and for sharing its members out, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.handover.forms import HandoverForm
    from core.handover.views import HandoverSheet, Preview
    from core.people.views import ShopRow, StaffRow


@dataclass(frozen=True, slots=True)
class Split:
    """Another distribution: evenly or by store among `takers`, or `by_hand` {member: staff code}."""

    number: str
    version: int
    how: str
    takers: tuple[str, ...] = ()
    by_hand: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """Who and what may be named in a form: people who work here, and the stores."""

    staff: tuple[StaffRow, ...]
    shops: tuple[ShopRow, ...]


class AroundRead(Answer[Around]):
    """People and stores were read."""


class FormPreviewed(Answer["Preview"]):
    """What a form would do."""


class Applied(Answer["HandoverSheet"]):
    """An application was made."""


def read_around() -> Callable[[Desk], Around]:
    """People and stores, to be named in a form."""

    def job(desk: Desk) -> Around:
        from core.people.views import shop_rows

        return Around(desk.staff(), shop_rows(desk.store))

    return job


def distribute(split: Split) -> Callable[[Desk], HandoverSheet]:
    """Give members of an application to other successors (R7.2)."""

    def job(desk: Desk) -> HandoverSheet:
        from core.handover.actions import adjust

        given = split.by_hand or _split(desk, split)
        return adjust(desk.store, desk.actor, split.number, given, version=split.version)

    return job


def _split(desk: Desk, split: Split) -> dict[str, str]:
    from core.handover.log import member_lines
    from core.handover.rules import Lot, split_by_store, split_evenly
    from core.people.views import staff_rows

    lines = member_lines(desk.store, desk.actor, split.number)
    codes = list(split.takers) or sorted({line.successor for line in lines})
    lots = [
        Lot(place, line.value_class.value if line.value_class else "", line.store, (0, line.number))
        for place, line in enumerate(lines)
    ]
    if split.how == "store":
        works = {row.code: row.store_code for row in staff_rows(desk.store)}
        here: dict[str, list[int]] = {}
        for place, code in enumerate(codes):
            here.setdefault(works.get(code, ""), []).append(place)
        given = split_by_store(lots, here, range(len(codes)))
    else:
        given = split_evenly(lots, range(len(codes)))
    return {lines[member].number: codes[taker] for member, taker in given.items()}


def preview_form(form: HandoverForm) -> Callable[[Desk], Preview]:
    """What the form would move to whom (R7.6)."""

    def job(desk: Desk) -> Preview:
        from core.handover.log import preview

        return preview(desk.store, desk.actor, form)

    return job


def apply(form: HandoverForm, *, draft: bool) -> Callable[[Desk], HandoverSheet]:
    """Apply for a handover, or keep a draft (R7.1)."""

    def job(desk: Desk) -> HandoverSheet:
        from core.handover.actions import submit

        return submit(desk.store, desk.actor, form, draft=draft)

    return job
