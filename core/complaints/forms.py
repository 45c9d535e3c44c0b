"""What the faces hand to the use cases of problems, complaints and suggestions: plain values, checked there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.calls.forms import RaisedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeForm:
    """Something taken down outside a call's record, from any channel (R9.1).

    `number` is the member's; without it `said_by` and `contact` note who it was. `store` is a store's code, by
    default the member's, else the taker's own.
    """

    what: RaisedForm
    number: str = ""
    said_by: str = ""
    contact: str = ""
    channel: str = "hotline"
    store: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One step: what was done or said, a moment promised (or the same in words), told or not, score, who gets it.

    `version` is that of the sheet that was looked at: where somebody has acted since, nothing happens.
    """

    text: str = ""
    promised_at: datetime | None = None
    promised: str = ""
    told: bool = False
    score: int | None = None
    to: str = ""
    version: int | None = None
