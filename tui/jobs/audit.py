"""The job of the audit screen, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from core.base.clock import business_day
from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.base.language import Catalogue
    from core.base.rulebook import Rulebook
    from core.members.trail_words import AuditLine

MOST = 300


@dataclass(frozen=True, slots=True)
class Trace:
    """One change: when (UTC), who, what in words, and why."""

    at: datetime
    who: str
    what: str
    why: str


class TraceRead(Answer[tuple[Trace, ...]]):
    """Who changed a record."""


def read_trace(kind: str, key: str, lang: str) -> Callable[[Desk], tuple[Trace, ...]]:
    """Who changed a record: the member or application of that number, the staff member of that code (R6.3).

    Of a member, whoever may see the trail sees what belongs to it too: phones, follow-ups, calls. Of somebody on
    the staff, what was changed about them and what they did.
    """

    def job(desk: Desk) -> tuple[Trace, ...]:
        words = desk.words(lang)
        read = {"member": _of_member, "handover": _of_application, "staff": _of_person}[kind]
        return tuple(_trace(line, words, desk.store.rulebook) for line in read(desk, key))

    return job


def _of_member(desk: Desk, number: str) -> list[AuditLine]:
    from core.members.trail import TrailQuery, audit_of, trail
    from core.members.views import member_card
    from core.people.access import Right, Scope, scope

    if scope(desk.actor.role, Right.SEE_AUDIT) is not Scope.NONE:
        return list(islice(trail(desk.store, desk.actor, TrailQuery(member=number)), MOST))
    card = member_card(desk.store, desk.actor, number, business_day(desk.store.clock.now()))
    return list(audit_of(desk.store, desk.actor, "member", str(card.id), MOST))


def _of_application(desk: Desk, number: str) -> list[AuditLine]:
    from core.handover.trace import audit_of_application

    return list(audit_of_application(desk.store, desk.actor, number, MOST))


def _of_person(desk: Desk, code: str) -> list[AuditLine]:
    from core.members.trail import TrailQuery, trail

    return list(islice(trail(desk.store, desk.actor, TrailQuery(person=code)), MOST))


def _trace(line: AuditLine, words: Catalogue, rulebook: Rulebook) -> Trace:
    from core.members.trail_words import line_words

    return Trace(line.at, line.who, line_words(line, words, rulebook), line.why or _cause_words(line.cause, words))


def _cause_words(cause: str, words: Catalogue) -> str:
    """What it came of, where nobody gave a reason: a handover by its number, or a call, which has none."""
    kind, _, number = cause.partition(" ")
    if kind == "handover" and number:
        return words.say("application {number}", number=number)
    return words.say("came of a call") if cause else ""
