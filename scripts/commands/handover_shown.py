"""How handovers are answered: in words for people, as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.base.language import N_, Catalogue
from scripts.errand import Errand
from scripts.show import facts, iso, json_rows, say, table, worded_table

if TYPE_CHECKING:
    from core.handover.views import Cascade, HandoverRow, HandoverSheet

_COUNTED = (
    "members",
    "named",
    "classes",
    "dormant",
    "follow_ups",
    "callbacks",
    "problems",
    "complaints",
    "measures",
    "gifts",
    "promises",
)


def answer(errand: Errand, sheet: HandoverSheet) -> None:
    """An act's answer: the application as it stands now."""
    if errand.json:
        json_rows([as_json(sheet)])
    else:
        show(sheet, errand.words)


def as_json(sheet: HandoverSheet) -> dict[str, Any]:
    """An application as `--json` prints it."""
    row = sheet.row
    return {
        "id": row.number,
        "state": row.state,
        "kind": row.kind,
        "from": row.giver,
        "to": [code for code, _, _ in row.successors],
        "shares": {code: count for code, _, count in row.successors},
        "members": row.members,
        "moved": row.moved,
        "reason": row.reason,
        "next": [person.code for person in row.next_actors],
        "steps": [
            {"step": step.step, "by": step.by, "at": iso(step.at), "comment": step.comment}
            | ({"moved": step.moved} if step.moved else {})
            for step in sheet.steps
        ],
        "cascade": cascade_json(sheet.cascade),
    }


def cascade_json(cascade: Cascade | None) -> dict[str, Any] | None:
    """A cascade as `--json` prints it."""
    if cascade is None:
        return None
    return {name: getattr(cascade, name) for name in _COUNTED} | {
        "shares": [
            {"to": share.code, "members": share.members, "classes": share.classes} for share in cascade.shares
        ],
        "warnings": [
            {"code": one.code, "count": one.count, "moves": one.moves, "members": list(one.members)}
            for one in cascade.warnings
        ],
    }


def show_preview(errand: Errand, cascade: Cascade) -> None:
    """What a form would do."""
    if errand.json:
        json_rows([cascade_json(cascade) or {}])
        return
    show_cascade(cascade, errand.words)


def show_cascade(cascade: Cascade, words: Catalogue) -> None:
    """What moves to whom, and what to look at before."""
    from core.handover.wording import cascade_words, caution_words, loose_words

    say(cascade_words(cascade, words))
    headings = [words.say(N_("to")), words.say(N_("members")), "A", "B", "C", words.say(N_("dormant"))]
    rows = [
        [f"{one.name} ({one.code})", *map(str, (one.members, *(one.classes[k] for k in "ABC"), one.dormant))]
        for one in cascade.shares
    ]
    table(headings, rows, right=(1, 2, 3, 4, 5))
    for caution in cascade.warnings:
        say(caution_words(caution, words))
    if loose := loose_words(cascade, words):
        say(loose)


def show(sheet: HandoverSheet, words: Catalogue) -> None:
    """An application in words."""
    from core.handover.wording import ACTS, KINDS, next_words, state_words

    row = sheet.row
    say(f"{row.number}  {words.say(KINDS[row.kind])}  {state_words(row, words)}")
    takers = ", ".join(f"{name} ({code}) {count}" for code, name, count in row.successors)
    facts(
        (
            (words.say(N_("gives")), f"{row.giver_name} ({row.giver})"),
            (words.say(N_("takes")), takers),
            (words.say(N_("moves to")), row.to_store),
            (words.say(N_("members")), str(row.members)),
            (words.say(N_("of these moved")), "" if row.moved is None else str(row.moved)),
            (words.say(N_("reason")), row.reason),
        )
    )
    for step in sheet.steps:
        when = (iso(step.at) or "")[:16].replace("T", " ")
        say(f"  {when}  {words.say(ACTS[step.step])}  {step.by_name}  {step.comment}".rstrip())
    if sheet.cascade is not None:
        show_cascade(sheet.cascade, words)
    say(next_words(row, words))


def show_log(rows: Sequence[HandoverRow], words: Catalogue) -> None:
    """The log as a table."""
    from core.handover.wording import KINDS, state_words

    worded_table(
        words,
        (N_("number"), N_("day"), N_("kind"), N_("from"), N_("to"), N_("members"), N_("state")),
        [
            [
                row.number,
                (iso(row.created_at) or "")[:10],
                words.say(KINDS[row.kind]),
                row.giver_name,
                " ".join(name for _, name, _ in row.successors),
                str(row.members),
                state_words(row, words),
            ]
            for row in rows
        ],
        right=(5,),
    )
