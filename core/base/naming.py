"""The names that people read for the codes that core and `--json` use."""

from __future__ import annotations

from core.base.language import N_, Catalogue

STAGES = {
    "new": N_("new member"),
    "regular": N_("regular"),
    "dormant_3m": N_("away 3 months"),
    "dormant_6m": N_("away 6 months"),
    "lost": N_("lost"),
}
STATUSES = {
    "pending": N_("pending"),
    "active": N_("active"),
    "frozen": N_("frozen"),
    "cancelled": N_("cancelled"),
}
ROLES = {
    "caller": N_("caller"),
    "assistant": N_("assistant"),
    "store_manager": N_("store manager"),
    "manager": N_("manager"),
    "service_desk": N_("service desk"),
    "admin": N_("administrator"),
}
STATES = {
    "open": N_("open"),
    "done": N_("done"),
    "covered": N_("covered"),
    "expired": N_("expired"),
    "returned": N_("came back"),
    "withdrawn": N_("withdrawn"),
}
HANDOVER_KINDS = {
    "members": N_("change of owner"),
    "leaving": N_("leaving"),
    "moving": N_("move to another store"),
}
HANDOVER_STATES = {
    "draft": N_("draft"),
    "submitted": N_("waits for the store manager"),
    "reviewed": N_("waits for the manager"),
    "approved": N_("approved"),
    "executed": N_("executed, waits for filing"),
    "filed": N_("filed"),
    "refused": N_("sent back"),
    "withdrawn": N_("taken back"),
}
VERDICTS = {
    "listed": N_("on the list"),
    "resting": N_("resting"),
    "later": N_("later"),
    "not": N_("not on the list"),
}


PLAN_STEPS = {
    "close": N_("closing what is over"),
    "dated": N_("finding what falls due"),
    "month": N_("laying out the month"),
    "classes": N_("cutting the classes"),
    "record": N_("keeping the record"),
}


def named(names: dict[str, str], code: str, words: Catalogue) -> str:
    """The name of a code; a code without one stands for itself."""
    return words.say(names[code]) if code in names else code
