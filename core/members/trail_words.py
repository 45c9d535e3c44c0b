"""An entry of the audit trail, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.base.clock import DEFAULT_ZONE, zone
from core.base.language import N_, Catalogue
from core.base.naming import HANDOVER_KINDS, HANDOVER_STATES, ROLES, STATES, STATUSES, named
from core.base.rulebook import Rulebook
from core.members.fields import GENDERS, LABELS
from core.store.tables import Deed

TABLES: Mapping[str, str] = {
    "member": N_("member"),
    "member_phone": N_("phone"),
    "profile_fix": N_("profile to correct"),
    "follow_up": N_("follow-up"),
    "call": N_("call"),
    "call_purpose": N_("call's purpose"),
    "draft": N_("draft"),
    "raised": N_("problem or complaint"),
    "purchase": N_("purchase"),
    "staff": N_("staff"),
    "store": N_("store"),
    "calendar_day": N_("calendar"),
    "class_cut": N_("value classes"),
    "plan_run": N_("plan"),
    "claim": N_("claim"),
    "cover": N_("cover"),
    "handover": N_("handover"),
    "handover_member": N_("handover's member"),
    "handover_step": N_("handover's step"),
    "staff_secret": N_("PIN of"),
    "staff_login": N_("login"),
    "seal": N_("seal"),
    "audit_entry": N_("store as a whole"),
}
"""What people read for a table; one that is not here stands for itself."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")

_SUMMARIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?P<count>\d+) members in (?P<number>\S+)"), N_("{count} members in {number}")),
    (
        re.compile(r"(?P<count>\d+) members taken out of (?P<number>\S+)"),
        N_("{count} members taken out of {number}"),
    ),
    (
        re.compile(r"(?P<count>\d+) members decided by handover (?P<number>\S+)"),
        N_("{count} members decided by {number}"),
    ),
    (
        re.compile(r"(?P<count>\d+) members given to other successors in (?P<number>\S+)"),
        N_("{count} members of {number} go to other successors"),
    ),
    (
        re.compile(r"(?P<read>\d+) rows read, (?P<added>\d+) added, (?P<updated>\d+) updated"),
        N_("{read} rows read, {added} added, {updated} updated"),
    ),
    (re.compile(r"(?P<count>\d+) (?P<what>\w+) to (?P<file>.+)"), N_("{count} {what} written to {file}")),
)

DEEDS: Mapping[Deed, str] = {
    Deed.INSERT: N_("added"),
    Deed.UPDATE: N_("changed"),
    Deed.DELETE: N_("removed"),
    Deed.BULK: N_("many at once"),
    Deed.READ: N_("looked at"),
}


FIELDS: Mapping[str, str] = {
    **LABELS,
    "phones_revealed": N_("contact data"),
    "code": N_("code"),
    "number": N_("number"),
    "member_id": N_("member"),
    "store_id": N_("store"),
    "to_store_id": N_("moves to"),
    "staff_id": N_("staff"),
    "assignee_id": N_("on the list of"),
    "closed_by": N_("closed by"),
    "closed_at": N_("closed"),
    "closed_why": N_("closed because"),
    "raised_by": N_("taken down by"),
    "raised_at": N_("taken down"),
    "caller_id": N_("caller"),
    "giver_id": N_("gives"),
    "applicant_id": N_("applied"),
    "successor_id": N_("successor"),
    "away_id": N_("away"),
    "substitute_id": N_("stands in"),
    "from_on": N_("from"),
    "until_on": N_("until"),
    "ended_at": N_("ended"),
    "role": N_("role"),
    "left_on": N_("leaves"),
    "language": N_("language"),
    "daily_target": N_("calls a day"),
    "locked_until": N_("locked until"),
    "secret": N_("PIN or password"),
    "kind": N_("kind"),
    "state": N_("state"),
    "reason": N_("reason"),
    "round": N_("round"),
    "override": N_("exception"),
    "submitted_at": N_("submitted"),
    "executed_at": N_("executed"),
    "act": N_("step"),
    "handover_id": N_("handover"),
    "by_id": N_("who"),
    "comment": N_("comment"),
    "programme": N_("programme"),
    "cycle": N_("cycle"),
    "due_on": N_("due"),
    "due_at": N_("due"),
    "closes_on": N_("closes"),
    "attempts": N_("attempts"),
    "skips": N_("passed over"),
    "not_before": N_("not before"),
    "tried_parts": N_("tried in"),
    "promise": N_("promise"),
    "last_promise": N_("last promise"),
    "last_call_at": N_("last call"),
    "last_reached_on": N_("last reached"),
    "rest_until": N_("rests until"),
    "rest_reason": N_("rests because"),
    "outcome": N_("outcome"),
    "note": N_("note"),
    "matter": N_("matter"),
    "category": N_("about"),
    "urgency": N_("urgency"),
    "bad_at": N_("marked on"),
    "export": N_("export"),
    "digest": N_("seal"),
    "city": N_("city"),
    "works_weekends": N_("works on weekends"),
    "day": N_("day"),
    "amount": N_("amount"),
    "goods": N_("goods"),
    "value_class": N_("value class"),
    "dialable": N_("can be dialled"),
    "completeness": N_("completeness"),
    "dialled": N_("number dialled"),
    "channel": N_("way"),
    "started_at": N_("began"),
    "reached": N_("reached"),
    "reasons": N_("reasons"),
    "callback_at": N_("callback"),
    "corrects": N_("corrects"),
    "correction_why": N_("reason"),
    "problem": N_("problem"),
    "opened_at": N_("taken down"),
    "time_zone": N_("time zone"),
    "working": N_("working day"),
    "why": N_("reason"),
    "skipped_on": N_("passed over"),
    "promised_on": N_("promised by"),
    "withdrawn_at": N_("withdrawn"),
    "said_by": N_("complainant"),
    "contact": N_("contact data"),
    "demand": N_("demand"),
    "evidence": N_("evidence"),
    "product": N_("product"),
    "about_id": N_("about whom"),
    "level": N_("level"),
    "escalated_to": N_("went up to"),
    "escalate_at": N_("goes up"),
    "answer_due_at": N_("answer due"),
    "answered_at": N_("answered"),
    "resolve_due_at": N_("settled by"),
    "resolved_at": N_("settled"),
    "resolution": N_("what was done"),
    "score": N_("score"),
}
"""What people read for the field of any record; one that is not here stands for itself."""

UNTOLD = frozenset(
    {
        "id",
        "version",
        "created_at",
        "updated_at",
        "stored_at",
        "state_since",
        "digest",
        "detail",
        "e164",
        "place",
        "applicant_code",
        "answers",
        "effects",
        "call_id",
        "last4",
        "position",
        "made_at",
        "actor_code",
        "by_code",
    }
)
"""Fields of a new record that say nothing to people: keys, seals, and when, which stands before the line."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the trail; `at` in UTC, `who` a name (a code where there is none), contact data masked.

    `about` is the record's name where it has one, else its key; `facts` are the values of a new record.
    """

    id: int
    at: datetime
    who: str
    who_code: str
    deed: Deed
    table: str
    row_key: str
    about: str
    field: str
    old: str
    new: str
    facts: tuple[tuple[str, str], ...]
    why: str
    cause: str


def line_words(line: AuditLine, words: Catalogue, rulebook: Rulebook | None = None) -> str:
    """What was done, in one sentence: the record, the field, and the values before and after."""
    record = record_words(line, words)
    label = field_words(line.field, words)
    old, new = (value_words(line.table, line.field, v, words, rulebook) for v in (line.old, line.new))
    match line.deed:
        case Deed.UPDATE:
            return words.say(
                "{record}: {field} from {old} to {new}", record=record, field=label, old=old or "-", new=new or "-"
            )
        case Deed.INSERT if line.field:
            return words.say("{record}: {field} {new}", record=record, field=label, new=new)
        case Deed.INSERT:
            return words.say("{record} added: {new}", record=record, new=fact_words(line, words, rulebook) or new)
        case Deed.DELETE:
            return words.say("{record} removed", record=record)
        case Deed.READ:
            return words.say("{record} looked at: {field} {new}", record=record, field=label, new=new)
        case _:
            return words.say("{record}: {new}", record=record, new=_many(line.new, words))


def record_words(line: AuditLine, words: Catalogue) -> str:
    """The record an entry is about: its kind, and its name or key where there is one."""
    kind = words.say(TABLES[line.table]) if line.table in TABLES else line.table
    return f"{kind} {line.about}".rstrip()


def field_words(field: str, words: Catalogue) -> str:
    """A field as profiles name it; another one stands for itself."""
    return words.say(FIELDS[field]) if field in FIELDS else field


def fact_words(line: AuditLine, words: Catalogue, rulebook: Rulebook | None = None) -> str:
    """The values of a new record side by side, without those that say nothing."""
    told = (
        (field_words(name, words), value_words(line.table, name, value, words, rulebook))
        for name, value in line.facts
        if name not in UNTOLD and value not in ("", "None")
    )
    return "; ".join(f"{label}: {value}" for label, value in told)


def value_words(table: str, field: str, value: str, words: Catalogue, rulebook: Rulebook | None = None) -> str:
    """A value as people read it: codes by name, moments on the clock of the default time zone."""
    if _MOMENT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone(zone(DEFAULT_ZONE)):%Y-%m-%d %H:%M}"
    if value in ("yes", "no"):
        return words.say("yes") if value == "yes" else words.say("no")
    match field:
        case "role":
            return named(ROLES, value, words)
        case "status":
            return named(STATUSES, value, words)
        case "gender":
            return named(dict(GENDERS), value, words) if value else ""
        case "state":
            names = HANDOVER_STATES if table.startswith("handover") else STATES
            return named(names, value, words)
        case "kind" if table == "handover":
            return named(HANDOVER_KINDS, value, words)
        case "phones_revealed":
            return ", ".join(field_words(part, words) for part in dict.fromkeys(value.split()))
        case "programme" if rulebook is not None and value in rulebook.programmes:
            return rulebook.programmes[value].name(words)
        case "outcome" | "bad_reason" | "rest_reason" | "closed_why":
            known = rulebook.outcomes.get(value) if rulebook is not None else None
            return known.name(words) if known is not None else words.say(value) if value else ""
    return value


def _many(text: str, words: Catalogue) -> str:
    """The summary of many rows at once, in words; one of another form stands for itself."""
    for form, sentence in _SUMMARIES:
        if found := form.fullmatch(text):
            return words.say(sentence, **found.groupdict())
    return text
