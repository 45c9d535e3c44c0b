"""An entry of the audit trail, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.base.language import N_, Catalogue
from core.members.fields import LABELS
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
    "seal": N_("seal"),
    "audit_entry": N_("store as a whole"),
}
"""What people read for a table; one that is not here stands for itself."""

DEEDS: Mapping[Deed, str] = {
    Deed.INSERT: N_("added"),
    Deed.UPDATE: N_("changed"),
    Deed.DELETE: N_("removed"),
    Deed.BULK: N_("many at once"),
    Deed.READ: N_("looked at"),
}


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the trail; `at` in UTC, `who` a name (a code where there is none), numbers masked."""

    id: int
    at: datetime
    who: str
    who_code: str
    deed: Deed
    table: str
    row_key: str
    field: str
    old: str
    new: str
    why: str
    cause: str


def line_words(line: AuditLine, words: Catalogue) -> str:
    """What was done, in one sentence: the record, the field, and the values before and after."""
    record = record_words(line, words)
    label = field_words(line.field, words)
    match line.deed:
        case Deed.UPDATE:
            return words.say(
                "{record}: {field} from {old} to {new}",
                record=record,
                field=label,
                old=line.old or "-",
                new=line.new or "-",
            )
        case Deed.INSERT if line.field:
            return words.say("{record}: {field} {new}", record=record, field=label, new=line.new)
        case Deed.INSERT:
            return words.say("{record} added: {new}", record=record, new=line.new)
        case Deed.DELETE:
            return words.say("{record} removed", record=record)
        case Deed.READ:
            return words.say("{record} looked at: {field} {new}", record=record, field=label, new=line.new)
        case _:
            return words.say("{record}: {new}", record=record, new=line.new)


def record_words(line: AuditLine, words: Catalogue) -> str:
    """The record an entry is about: its kind, and its key where there is one."""
    kind = words.say(TABLES[line.table]) if line.table in TABLES else line.table
    return kind if line.row_key in ("", "*") else f"{kind} {line.row_key}"


def field_words(field: str, words: Catalogue) -> str:
    """A field as profiles name it; another one stands for itself."""
    return words.say(LABELS[field]) if field in LABELS else field
