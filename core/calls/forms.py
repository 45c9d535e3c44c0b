"""What the faces hand to the use cases of calls: plain values, checked by the use case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RaisedForm:
    """A problem or complaint taken down: kind and urgency by the codes of `core.calls.tables`.

    `about` is the code of the staff member it is about; `promised_on` another day than the policy proposes for a
    problem.
    """

    matter: str
    kind: str = "problem"
    category: str = ""
    urgency: str = "normal"
    demand: str = ""
    evidence: str = ""
    product: str = ""
    about: str = ""
    promised_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallForm:
    """One attempt, as the caller took it down (R5.1).

    `call_id` is a UUID made by the client (the sheet's): the same one sent twice is stored once.
    Times are aware; without them the call is now. `covered` names follow-ups; None means every due purpose of the
    member's row. `phone_id` or `dialled` name the number; without them it is the first usable one. `profile`
    are changed fields of the member. `opened` says that the form comes from an open call screen, whose
    outcome is stored even where the claim has gone to somebody else meanwhile.
    """

    call_id: str
    number: str
    outcome: str
    reasons: tuple[str, ...] = ()
    scores: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    promise: str = ""
    callback_at: datetime | None = None
    callback_text: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, str] = field(default_factory=dict)
    profile_version: int | None = None
    profile_why: str = ""
    covered: tuple[int, ...] | None = None
    channel: str = ""
    phone_id: int | None = None
    dialled: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    raised: tuple[RaisedForm, ...] = ()
    override_reason: str = ""
    opened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftForm:
    """What stands in an unsaved call (R5.6). `left` says that the caller put it aside with Escape.

    It is kept only from the `terminal` that holds the member, where one is named.
    """

    number: str
    call_id: str
    content: Mapping[str, Any]
    started_at: datetime | None = None
    left: bool = False
    terminal: str = ""
