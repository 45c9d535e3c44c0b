"""The contact gate says yes or no with every reason (R4.8)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from core.base.language import catalogue
from core.base.rulebook import load_rulebook
from core.members.gate import Channel, Contacting, GateFacts, Hold, decide, next_opening
from core.members.tables import Status

CONTACT = load_rulebook().policy.contact
FINE = GateFacts(status=Status.ACTIVE, consent=True, address=True)
MORNING = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)
"""09:42 in Shanghai."""


def codes(facts: GateFacts, now: datetime = MORNING) -> list[str]:
    return [reason.code for reason in decide(facts, now, CONTACT).reasons]


def test_nothing_against_it() -> None:
    answer = decide(FINE, MORNING, CONTACT)
    assert (answer.allowed, answer.reasons, answer.refused, answer.resting, answer.asks) == (
        True,
        (),
        False,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(FINE, status=Status.FROZEN), ["gate.frozen"]),
        (replace(FINE, status=Status.PENDING), ["gate.pending"]),
        (replace(FINE, status=Status.CANCELLED), ["gate.cancelled"]),
        (replace(FINE, consent=False), ["gate.consent"]),
        (replace(FINE, consent=False, care=False), []),
        (replace(FINE, consent=False, care=False, purpose=Contacting.MARKETING), ["gate.consent"]),
        (replace(FINE, address=False), ["gate.address"]),
        (
            replace(FINE, status=Status.FROZEN, consent=False, address=False),
            ["gate.frozen", "gate.consent", "gate.address"],
        ),
    ],
)
def test_a_hard_no(facts: GateFacts, expected: list[str]) -> None:
    answer = decide(facts, MORNING, CONTACT)
    assert [reason.code for reason in answer.reasons] == expected
    assert answer.refused is bool(expected)


def test_rests_end_by_themselves_and_spare_promises() -> None:
    until = MORNING + timedelta(days=7)
    resting = replace(FINE, rest_until=until, rest_reason="care")
    answer = decide(resting, MORNING, CONTACT)
    assert (answer.allowed, answer.resting, answer.refused, answer.asks) == (False, True, False, False)
    assert (answer.reasons[0].code, answer.reasons[0].until) == ("gate.rest", until)
    assert codes(replace(resting, rest_reason="refused")) == ["gate.refused"]
    assert codes(replace(resting, care=False)) == []
    assert codes(resting, until) == []


@pytest.mark.parametrize(
    ("clock", "inside"),
    [
        (time(8, 59), False),
        (time(9, 0), True),
        (time(11, 59), True),
        (time(12, 0), False),
        (time(13, 30), True),
        (time(19, 59), True),
        (time(20, 0), False),
    ],
)
def test_call_windows_in_the_members_zone(clock: time, inside: bool) -> None:
    now = datetime.combine(MORNING.date(), clock, tzinfo=UTC)
    answer = decide(replace(FINE, zone="UTC"), now, CONTACT)
    assert (answer.allowed, answer.asks) == (inside, not inside)
    assert decide(replace(FINE, zone="UTC", channel=Channel.EMAIL), now, CONTACT).allowed


def test_the_same_moment_elsewhere() -> None:
    assert codes(replace(FINE, zone="Europe/Berlin")) == ["gate.window"]


def test_quiet_hours_may_pass_midnight() -> None:
    facts = replace(FINE, quiet=((time(22, 0), time(10, 0)),))
    (reason,) = decide(facts, MORNING, CONTACT).reasons
    assert (reason.code, reason.hold, reason.params["hours"]) == ("gate.quiet", Hold.WINDOW, "22:00-10:00")


def test_the_next_window() -> None:
    noon = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    assert next_opening(noon, CONTACT.windows) == datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
    night = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert next_opening(night, CONTACT.windows) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert next_opening(night, ()) is None


def test_every_reason_has_its_words() -> None:
    words = catalogue("en")
    facts = replace(
        FINE,
        status=Status.FROZEN,
        consent=False,
        address=False,
        rest_until=MORNING + timedelta(days=1),
        zone="UTC",
    )
    for reason in decide(facts, MORNING, CONTACT).reasons:
        assert "{" not in words.say(reason.template, **reason.params)
