"""The use cases of calls, in one place for the faces."""

from __future__ import annotations

from core.calls.corrections import last_record, take_back
from core.calls.drafts import discard_draft, drafts, pending_draft, save_draft
from core.calls.forms import CallForm, DraftForm, RaisedForm
from core.calls.opening import dial, open_call
from core.calls.storing import log_call
from core.calls.views import CallResult, CallSheet, DialLine, DraftRow, LastRecord, TakenBack

__all__ = [
    "CallForm",
    "CallResult",
    "CallSheet",
    "DialLine",
    "DraftForm",
    "DraftRow",
    "LastRecord",
    "RaisedForm",
    "TakenBack",
    "dial",
    "discard_draft",
    "drafts",
    "last_record",
    "log_call",
    "open_call",
    "pending_draft",
    "save_draft",
    "take_back",
]
