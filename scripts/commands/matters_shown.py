"""How complaints, problems and suggestions are answered: in words for people, as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.base.language import N_, Catalogue
from core.base.naming import named
from scripts.errand import Errand
from scripts.show import facts, iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.complaints.views import MatterFilter, MatterRow, MatterSheet


def answer(errand: Errand, sheet: MatterSheet) -> None:
    """A step's answer: how it stands now."""
    if errand.json:
        json_answer(sheet_json(sheet))
    else:
        show(sheet, errand.words)


def row_json(row: MatterRow) -> dict[str, Any]:
    """One of them as `--json` lists it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "urgency": row.urgency,
        "category": row.category,
        "matter": row.matter,
        "member": row.number or None,
        "name": row.name,
        "contact": row.contact,
        "channel": row.channel,
        "store": row.store,
        "owner": row.owner or None,
        "about": row.about or None,
        "product": row.product,
        "raised_at": iso(row.raised_at),
        "promised_on": iso(row.promised_on),
        "due_at": iso(row.due_at),
        "late": row.late,
        "level": row.level,
        "round": row.round,
        "score": row.score,
        "resolution": row.resolution,
    }


def sheet_json(sheet: MatterSheet) -> dict[str, Any]:
    """One of them whole as `--json` prints it."""
    return row_json(sheet.row) | {
        "demand": sheet.demand,
        "evidence": sheet.evidence,
        "answer_due_at": iso(sheet.answer_due_at),
        "resolve_due_at": iso(sheet.resolve_due_at),
        "acts": [act.value for act in sheet.acts],
        "steps": [
            {
                "step": step.act,
                "state": step.state,
                "by": step.by,
                "at": iso(step.at),
                "text": step.text,
                "promised_at": iso(step.promised_at),
                "told": step.told,
                "score": step.score,
                "to": step.to_name or None,
                "level": step.level,
                "round": step.round,
            }
            for step in sheet.steps
        ],
    }


def list_them(errand: Errand, wanted: MatterFilter, limit: int) -> None:
    """Print a list."""
    from core.complaints.views import list_matters
    from core.complaints.wording import STATES, category_words

    rows = list_matters(errand.store, errand.actor, wanted, limit=limit)
    if errand.json:
        json_rows(row_json(row) for row in rows)
        return
    words = errand.words
    worded_table(
        words,
        (N_("number"), N_("deadline"), N_("who"), N_("about"), N_("state"), N_("owner"), N_("what")),
        [
            [
                str(row.id),
                _due(row, words),
                row.name,
                category_words(row.category, words),
                named(STATES, row.state, words),
                row.owner_name or "-",
                row.matter,
            ]
            for row in rows
        ],
        right=(0,),
    )


def _due(row: MatterRow, words: Catalogue) -> str:
    when = (iso(row.due_at) or "-")[:16].replace("T", " ")
    late = words.say(N_("late"))
    return f"{when} {late}" if row.late else when


def show_them(errand: Errand, number: int, kind: str) -> None:
    """Print one. Raises NotFound where the number belongs to another kind."""
    from core.calls.matters import unknown
    from core.complaints.views import matter_sheet

    sheet = matter_sheet(errand.store, errand.actor, number)
    if sheet.row.kind != kind:
        raise unknown(number)
    answer(errand, sheet)


def show(sheet: MatterSheet, words: Catalogue) -> None:
    """One of them in words."""
    from core.complaints.wording import CHANNELS, KINDS, STATES, URGENCIES, category_words, step_words

    row = sheet.row
    about = (category_words(row.category, words), row.product, row.about_name)
    say(f"{named(KINDS, row.kind, words)} {row.id}  {named(STATES, row.state, words)}  {_due(row, words)}")
    facts(
        (
            (words.say(N_("what")), row.matter),
            (words.say(N_("who")), f"{row.name} {row.number} {row.contact}".strip()),
            (words.say(N_("asks for")), sheet.demand),
            (words.say(N_("evidence")), sheet.evidence),
            (words.say(N_("about")), " ".join(filter(None, about))),
            (words.say(N_("how fast")), named(URGENCIES, row.urgency, words)),
            (words.say(N_("came in")), named(CHANNELS, row.channel, words)),
            (words.say(N_("store")), row.store_name),
            (words.say(N_("owner")), row.owner_name),
            (words.say(N_("went up to")), row.higher_name),
            (words.say(N_("put right")), row.resolution),
        )
    )
    for step in sheet.steps:
        when = (iso(step.at) or "")[:16].replace("T", " ")
        say(f"  {when}  {step_words(step.facts(), words)}  {step.by_name}".rstrip())
