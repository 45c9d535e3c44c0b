"""An entry of the audit trail, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.base.clock import DEFAULT_ZONE, zone
from core.base.language import N_, NN_, Catalogue
from core.base.naming import HANDOVER_KINDS, HANDOVER_STATES, ROLES, STATES, STATUSES, named
from core.base.rulebook import Rulebook
from core.members.endings import ended_words
from core.members.fields import GENDERS
from core.members.trail_fields import FIELDS, UNTOLD
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
    "raised_step": N_("its step"),
    "purchase": N_("purchase"),
    "measure": N_("recovery measure"),
    "ranking": N_("recovery ranking"),
    "recovery_place": N_("place in the ranking"),
    "held_out": N_("held out"),
    "gift": N_("gift"),
    "gift_stock": N_("gift's stock"),
    "gift_movement": N_("gift's stock"),
    "gift_budget": N_("gift budget"),
    "given": N_("gift given"),
    "offer": N_("offer"),
    "coupon": N_("coupon given"),
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
    (
        re.compile(r"(?P<count>\d+) members in (?P<number>\S+)"),
        NN_("{count} member in {number}", "{count} members in {number}"),
    ),
    (
        re.compile(r"(?P<count>\d+) members taken out of (?P<number>\S+)"),
        NN_("{count} member taken out of {number}", "{count} members taken out of {number}"),
    ),
    (
        re.compile(r"(?P<count>\d+) members decided by handover (?P<number>\S+)"),
        NN_("{count} member decided by {number}", "{count} members decided by {number}"),
    ),
    (
        re.compile(r"(?P<count>\d+) members given to other successors in (?P<number>\S+)"),
        NN_(
            "{count} member of {number} goes to another successor",
            "{count} members of {number} go to other successors",
        ),
    ),
    (
        re.compile(r"(?P<count>\d+) rows read, (?P<added>\d+) added, (?P<updated>\d+) updated"),
        NN_(
            "{count} row read, {added} added, {updated} updated",
            "{count} rows read, {added} added, {updated} updated",
        ),
    ),
    (
        re.compile(r"(?P<count>\d+) account owner changed by handover (?P<number>\S+)"),
        N_("account owner changed by {number}: {count}"),
    ),
    (
        re.compile(r"(?P<count>\d+) introductions ended by handover (?P<number>\S+)"),
        N_("introductions ended by {number}: {count}"),
    ),
    (
        re.compile(r"(?P<count>\d+) introductions by handover (?P<number>\S+)"),
        N_("introductions by {number}: {count}"),
    ),
    (
        re.compile(r"(?P<count>\d+) (recovery measures )?moved by handover (?P<number>\S+)"),
        N_("moved by {number}: {count}"),
    ),
    (
        re.compile(
            r"(?P<count>\d+) (recovery measures returned to owners|returned to their members' owners)"
            r" by handover (?P<number>\S+)"
        ),
        N_("given back to the members' owners by {number}: {count}"),
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
    table = "measure" if _about_measures(line) else line.table
    kind = words.say(TABLES[table]) if table in TABLES else table
    return f"{kind} {line.about}".rstrip()


def _about_measures(line: AuditLine) -> bool:
    """Whether it is one of those that handovers of before put under the members."""
    return line.table == "member" and line.deed is Deed.BULK and " recovery measures " in line.new


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
        case "rest_reason" | "closed_why":
            return ended_words(value, words, rulebook.outcomes if rulebook is not None else None)
        case "outcome" | "bad_reason":
            known = rulebook.outcomes.get(value) if rulebook is not None else None
            return known.name(words) if known is not None else words.say(value) if value else ""
    return value


def _many(text: str, words: Catalogue) -> str:
    """The summary of many rows at once, in words; one of another form stands for itself."""
    for form, sentence in _SUMMARIES:
        if found := form.fullmatch(text):
            return words.say(sentence, **found.groupdict())
    return text
