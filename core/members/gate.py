"""The one contact gate for calls, SMS and e-mail (R4.8). Pure: facts and a moment in, yes or no with every reason.

A reason is a `no` (nothing but a change of the facts helps), a `rest` (it ends by itself) or outside the
`window` (dialling asks for confirmation). Overriding one needs a typed reason, which the action records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from core.base.clock import DEFAULT_ZONE, zone
from core.base.language import N_
from core.base.policy import Contact
from core.members.tables import Status

Span = tuple[time, time]


class Channel(StrEnum):
    """How a member is contacted."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"


class Contacting(StrEnum):
    """What for: service rests on the contract, marketing on consent."""

    SERVICE = "service"
    MARKETING = "marketing"


class Hold(StrEnum):
    """What a reason amounts to."""

    NO = "no"
    REST = "rest"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gate must know. `consent` is that for the channel; `address` whether there is a number or
    e-mail address to use; `care` whether the programme rests after care calls and refusals."""

    status: Status
    consent: bool
    address: bool
    care: bool = True
    channel: Channel = Channel.CALL
    purpose: Contacting = Contacting.SERVICE
    rest_until: datetime | None = None
    rest_reason: str = ""
    zone: str = DEFAULT_ZONE
    quiet: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class GateReason:
    """One reason against; `template` is a sentence of the catalogue, `until` when it ends, where it does."""

    hold: Hold
    code: str
    template: str
    params: dict[str, Any] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Whether the contact is allowed now, and every reason where it is not."""

    allowed: bool
    reasons: tuple[GateReason, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether nothing but a change of the facts, or an override on record, would allow it."""
        return any(reason.hold is Hold.NO for reason in self.reasons)

    @property
    def resting(self) -> bool:
        """Whether the member rests: such rows are not shown as due."""
        return any(reason.hold is Hold.REST for reason in self.reasons)

    @property
    def asks(self) -> bool:
        """Whether only the hour is against it: dialling asks for confirmation."""
        return bool(self.reasons) and all(reason.hold is Hold.WINDOW for reason in self.reasons)


_STATUS = {
    Status.PENDING: N_("The registration still waits for review: contact begins when it is accepted."),
    Status.FROZEN: N_("The membership is frozen: contact begins again when it is unfrozen."),
    Status.CANCELLED: N_("The membership is cancelled: there is no contact any more."),
}
_NO_CONSENT = {
    Channel.CALL: N_("The member does not want calls: ask for consent before calling again."),
    Channel.SMS: N_("The member does not want text messages: ask for consent before sending again."),
    Channel.EMAIL: N_("The member does not want e-mail: ask for consent before writing again."),
}
_NO_ADDRESS = {
    Channel.CALL: N_("There is no number that can be dialled: put the profile right first."),
    Channel.SMS: N_("There is no mobile number to send to: put the profile right first."),
    Channel.EMAIL: N_("There is no e-mail address: put the profile right first."),
}
_REFUSAL = N_("The member refused: no care calls until {day}.")
_CAP = N_("The member was called lately: the next care call is from {day} on.")
_WINDOW = N_("It is {clock} where the member lives, outside {windows}: confirm to dial all the same.")
_QUIET = N_("It is {clock}, in the member's own quiet hours {hours}: confirm to dial all the same.")


def decide(facts: GateFacts, now: datetime, contact: Contact) -> GateAnswer:
    """The gate's answer at an aware moment, by `policy.contact` (R4.8)."""
    reasons = [*_standing(facts), *_rest(facts, now), *_hours(facts, now, contact.windows)]
    return GateAnswer(not reasons, tuple(reasons))


def _standing(facts: GateFacts) -> list[GateReason]:
    reasons = []
    if facts.status is not Status.ACTIVE:
        reasons.append(GateReason(Hold.NO, f"gate.{facts.status.value}", _STATUS[facts.status]))
    # a promised answer rests on the contract even where calls are not wanted otherwise
    if not facts.consent and (facts.care or facts.purpose is Contacting.MARKETING):
        reasons.append(GateReason(Hold.NO, "gate.consent", _NO_CONSENT[facts.channel]))
    if not facts.address:
        reasons.append(GateReason(Hold.NO, "gate.address", _NO_ADDRESS[facts.channel]))
    return reasons


def _rest(facts: GateFacts, now: datetime) -> list[GateReason]:
    if not facts.care or facts.rest_until is None or facts.rest_until <= now:
        return []
    day = facts.rest_until.astimezone(zone(facts.zone)).date()
    refused = facts.rest_reason.startswith("refus")
    return [
        GateReason(
            Hold.REST,
            "gate.refused" if refused else "gate.rest",
            _REFUSAL if refused else _CAP,
            {"day": day},
            facts.rest_until,
        )
    ]


def _hours(facts: GateFacts, now: datetime, windows: Sequence[Span]) -> list[GateReason]:
    if facts.channel is Channel.EMAIL:
        return []
    local = now.astimezone(zone(facts.zone))
    clock = local.strftime("%H:%M")
    reasons = []
    if not any(_inside(local.time(), window) for window in windows):
        params = {"clock": clock, "windows": ", ".join(map(_span_text, windows))}
        until = next_opening(now, windows, facts.zone)
        reasons.append(GateReason(Hold.WINDOW, "gate.window", _WINDOW, params, until))
    for span in facts.quiet:
        if _inside(local.time(), span):
            params = {"clock": clock, "hours": _span_text(span)}
            reasons.append(GateReason(Hold.WINDOW, "gate.quiet", _QUIET, params))
    return reasons


def next_opening(now: datetime, windows: Sequence[Span], zone_name: str = DEFAULT_ZONE) -> datetime | None:
    """The UTC moment at which the next call window opens after `now`, None without any window."""
    local = now.astimezone(zone(zone_name))
    starts = [
        datetime.combine(local.date() + timedelta(days=ahead), start, tzinfo=zone(zone_name)).astimezone(UTC)
        for ahead in (0, 1)
        for start, _ in windows
    ]
    return min((start for start in starts if start > now), default=None)


def _inside(clock: time, span: Span) -> bool:
    start, end = span
    return start <= clock < end if start <= end else clock >= start or clock < end


def _span_text(span: Span) -> str:
    return f"{span[0]:%H:%M}-{span[1]:%H:%M}"
