"""Policy: every number that a manager may change (`data/policy.toml`), section by section."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from core.base.datafile import Entry, checked, read_file
from core.base.resources import data_folder


def _clock_time(value: object) -> object:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _span(value: object) -> object:
    if not isinstance(value, str):
        return value
    start, _, end = value.partition("-")
    return (time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Span = Annotated[tuple[time, time], BeforeValidator(_span)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class Stages(Entry):
    """R3.1, in months."""

    new_months: Positive
    dormant_months: Positive
    long_dormant_months: Positive
    lost_months: Positive


class Classes(Entry):
    """R3.2."""

    months: Positive
    share_a: Share
    share_b: Share


class Decline(Entry):
    """R3.5."""

    days: Positive
    below: Share
    min_purchases: Count


class Welcome(Entry):
    """When the welcome call falls due and closes, in days."""

    days: Positive
    purchase_within_days: Count
    closes_after_days: Positive


class Recovery(Entry):
    """The months after the last purchase in which recovery is tried; what counts as recovered; who is held out."""

    months: tuple[Positive, ...]
    counts_days: Positive
    holdout: bool
    holdout_share: Share


class Rankings(Entry):
    """R3.6."""

    ahead_days: Positive
    least_returned: Positive


class Gifts(Entry):
    """R11.1, in yuan a store and month."""

    budget_a: Count
    budget_b: Count
    budget_c: Count
    budget_new: Count


class Callbacks(Entry):
    """R4.5, R4.11, in minutes."""

    lead_minutes: Count
    offered_after_minutes: Positive


class Claims(Entry):
    """R4.11."""

    minutes: Positive
    renew_seconds: Positive


class Worklists(Entry):
    """R4.7, R4.11."""

    daily_target: Positive
    skips_to_supervisor: Positive


class Contact(Entry):
    """R4.8."""

    windows: tuple[Span, ...]
    care_rest_days: Count
    refusal_rest_days: Count


class Retries(Entry):
    """R5.2, R4.12."""

    attempts: Positive
    next_day_at: ClockTime
    afternoon_from: ClockTime
    evening_from: ClockTime


class Calls(Entry):
    """R5.10."""

    quick_reached_seconds: Count
    open_hours: Span


class Handovers(Entry):
    """R7.1, R7.3, R7.6."""

    execute_on_approval: bool
    times: Positive
    days: Positive
    introduce_days: Positive


class Complaints(Entry):
    """R5.7, R9.1, R9.2: working hours, and in how many of them, or in how many working days, what is due.

    `levels` is how often something late goes higher: 1 to the store manager, 2 to the manager as well.
    """

    hours: Span
    urgent_answer_hours: Positive
    urgent_resolve_days: Positive
    normal_answer_days: Positive
    normal_resolve_days: Positive
    urgent_again_hours: Positive
    normal_again_days: Positive
    problem_urgent_days: Positive
    problem_days: Positive
    told_days: Positive
    levels: Annotated[int, Field(ge=0, le=2)]


class Covers(Entry):
    """R4.6, R7.5."""

    without_substitute: Literal["pool", "wait"]


class SignIn(Entry):
    """R15.1: tries before an account is locked, for how long; when a screen locks itself; how long secrets are."""

    required: bool
    failures: Positive
    lock_minutes: Positive
    idle_minutes: Count
    least_characters: Annotated[int, Field(ge=6)]


class Watch(Entry):
    """R15.5: from how many views and reveals a day somebody is shown, in numbers and against their own median."""

    views: Positive
    reveals: Positive
    least_views: Positive
    least_reveals: Positive
    times_median: Annotated[float, Field(gt=1)]
    median_days: Positive
    leaver_share: Annotated[float, Field(gt=0, le=1)]


class Phones(Entry):
    """The region of numbers typed without a country code."""

    region: str


class Policy(Entry):
    """Every number that a manager may change."""

    stages: Stages
    classes: Classes
    decline: Decline
    welcome: Welcome
    recovery: Recovery
    ranking: Rankings
    gifts: Gifts
    callbacks: Callbacks
    claims: Claims
    worklist: Worklists
    contact: Contact
    retries: Retries
    calls: Calls
    handover: Handovers
    complaints: Complaints
    cover: Covers
    sign_in: SignIn
    watch: Watch
    phones: Phones
    completeness: dict[str, Count]


def load_policy(own: Path | None) -> Policy:
    """The program's policy with what the store's own folder changes of it. Raises BadData."""
    path = data_folder() / "policy.toml"
    merged = read_file(path)
    if own is not None and (own / "policy.toml").is_file():
        path = own / "policy.toml"
        for section, values in read_file(path).items():
            if isinstance(values, dict) and isinstance(merged.get(section), dict):
                merged[section] = {**merged[section], **values}
            else:
                merged[section] = values
    return checked(Policy, merged, path)
