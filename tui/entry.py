"""What stands in an open call before it is saved: plain state, no widgets; drafts are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.base.rulebook import Outcome, Reason, Rulebook

if TYPE_CHECKING:
    from core.calls.forms import CallForm, DraftForm, RaisedForm
    from core.calls.views import CallSheet


@dataclass(slots=True)
class RaisedEntry:
    """A problem or complaint being taken down; `about` is a staff code or a name."""

    matter: str = ""
    kind: str = "problem"
    category: str = ""
    urgency: str = "normal"
    demand: str = ""
    evidence: str = ""
    product: str = ""
    about: str = ""

    def form(self) -> RaisedForm:
        """It as core takes it."""
        from core.calls.forms import RaisedForm

        return RaisedForm(**{name: getattr(self, name) for name in RAISED})

    def content(self) -> dict[str, str]:
        """It as a draft keeps it."""
        return {name: getattr(self, name) for name in RAISED if getattr(self, name)}


RAISED = ("matter", "kind", "category", "urgency", "demand", "evidence", "product", "about")


@dataclass(slots=True)
class CallEntry:
    """The call as far as it has been taken down."""

    outcome: str = ""
    reasons: list[str] = field(default_factory=list)
    scores: dict[str, int] = field(default_factory=dict)
    note: str = ""
    promise: str = ""
    callback_text: str = ""
    callback_at: datetime | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, str] = field(default_factory=dict)
    profile_why: str = ""
    channel: str = ""
    raised: list[RaisedEntry] = field(default_factory=list)
    override_reason: str = ""
    phone_id: int | None = None
    started_at: datetime | None = None

    def content(self) -> dict[str, Any]:
        """The entry as a draft keeps it: only what was filled in."""
        kept: dict[str, Any] = {
            "outcome": self.outcome,
            "reasons": list(self.reasons),
            "scores": dict(self.scores),
            "note": self.note,
            "promise": self.promise,
            "callback_text": self.callback_text,
            "callback_at": self.callback_at.isoformat() if self.callback_at else "",
            "answers": dict(self.answers),
            "profile": dict(self.profile),
            "profile_why": self.profile_why,
            "channel": self.channel,
            "raised": [raised.content() for raised in self.raised],
            "override_reason": self.override_reason,
            "phone_id": self.phone_id,
            "started_at": self.started_at.isoformat() if self.started_at else "",
        }
        return {name: value for name, value in kept.items() if value not in ("", None, [], {})}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> CallEntry:
        """The entry a draft kept; what is not understood is left out, never an error."""
        entry = cls()
        for name in ("outcome", "note", "promise", "callback_text", "profile_why", "channel", "override_reason"):
            if isinstance(content.get(name), str):
                setattr(entry, name, content[name])
        for name in ("callback_at", "started_at"):
            setattr(entry, name, _moment(content.get(name)))
        entry.reasons = [str(code) for code in content.get("reasons") or ()]
        entry.scores = {str(k): int(v) for k, v in (content.get("scores") or {}).items()}
        entry.answers = dict(content.get("answers") or {})
        entry.profile = {str(k): str(v) for k, v in (content.get("profile") or {}).items()}
        phone = content.get("phone_id")
        entry.phone_id = phone if isinstance(phone, int) else None
        entry.raised = [
            RaisedEntry(**{name: str(value) for name, value in raised.items() if name in RAISED})
            for raised in content.get("raised") or ()
        ]
        return entry

    def draft(self, sheet: CallSheet, *, left: bool) -> DraftForm:
        """The entry as a draft of that sheet's call."""
        from core.calls.forms import DraftForm

        return DraftForm(
            number=sheet.number,
            call_id=sheet.call_id,
            content=self.content(),
            started_at=self.started_at or sheet.opened_at,
            left=left,
        )

    def form(self, sheet: CallSheet, now: datetime) -> CallForm:
        """The entry as the record of that sheet's call, ended now."""
        from core.calls.forms import CallForm

        return CallForm(
            call_id=sheet.call_id,
            number=sheet.number,
            outcome=self.outcome,
            reasons=tuple(self.reasons),
            scores=dict(self.scores),
            note=self.note.strip(),
            promise=self.promise.strip(),
            callback_at=self.callback_at,
            callback_text="" if self.callback_at else self.callback_text,
            answers={name: value for name, value in self.answers.items() if value not in ("", None, False)},
            profile=dict(self.profile),
            profile_version=sheet.member.version,
            profile_why=self.profile_why,
            channel=self.channel,
            phone_id=self.phone_id,
            started_at=self.started_at,
            ended_at=now if self.started_at else None,
            raised=tuple(raised.form() for raised in self.raised if raised.matter),
            override_reason=self.override_reason,
            opened=True,
        )


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def saves_at_once(outcome: Outcome) -> bool:
    """Whether an outcome needs nothing more: nobody was spoken to, and it asks for no words."""
    return not (outcome.reached or outcome.needs_note or outcome.asks_channel or outcome.opens_problem)


def on_keys(rulebook: Rulebook) -> list[Outcome]:
    """The outcomes that stand on the screen, in the order of their keys: 1 to 9, then 0."""
    keyed = [outcome for outcome in rulebook.outcomes.values() if outcome.key]
    return sorted(keyed, key=lambda outcome: "1234567890".find(outcome.key[0]))


def others(rulebook: Rulebook) -> list[Outcome]:
    """The outcomes that stand under `o`."""
    return [outcome for outcome in rulebook.outcomes.values() if not outcome.key]


def reason_of(rulebook: Rulebook, key: str) -> Reason | None:
    """The reason on that key."""
    return next((reason for reason in rulebook.reasons.values() if reason.key == key), None)
