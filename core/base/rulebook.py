"""The rulebook: policy, programmes, outcomes, reasons and call scripts, from `data/` and the store's own folder.

Checked when loaded: an error names the file and the key. No code names an outcome or a number (R5.10).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.base.errors import BadData
from core.base.language import N_, Catalogue
from core.base.resources import data_folder


class Entry(BaseModel):
    """A checked part of a data file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Entry):
    """Something with a code and a name in each language."""

    code: str = ""
    zh: str
    en: str

    def name(self, words: Catalogue) -> str:
        """The name in that language."""
        return words.pick({"zh": self.zh, "en": self.en})


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


class Programme(Named):
    """A kind of follow-up."""

    rank: int
    order: Literal["due", "class", "value", "time"]
    care: bool = True
    desk: bool = False
    reasons: bool = False
    short_zh: str = ""
    short_en: str = ""

    def short(self, words: Catalogue) -> str:
        """The name where room is small."""
        return words.pick({"zh": self.short_zh, "en": self.short_en}) or self.name(words)


class Outcome(Named):
    """What came of a call, with the flags that drive what happens next (R5.10)."""

    key: str = ""
    reached: bool = False
    satisfied: bool | None = None
    opens_problem: bool = False
    schedules_callback: bool = False
    retry_minutes: Positive | None = None
    retry_next_day: bool = False
    number_bad: bool = False
    refused: bool = False
    withdraws_consent: bool = False
    asks_channel: bool = False
    needs_note: bool = False

    @property
    def retries(self) -> bool:
        """Whether the follow-up is tried again later."""
        return self.retry_minutes is not None or self.retry_next_day


class Reason(Named):
    """Why a member stays away (R5.3)."""

    key: str = ""
    final: bool = False
    needs_note: bool = False


class MeasureKind(Named):
    """What is done to bring a member back (R5.8)."""

    key: str = ""
    due_days: Count = 0
    ends: bool = False
    needs_note: bool = False
    gift: bool = False
    coupon: bool = False
    review: bool = False


class GiftOccasion(Named):
    """What a gift is given for, and when policy proposes it (R11.1)."""

    key: str = ""
    per: Literal["life", "year", "month", "cycle"]
    classes: tuple[str, ...] = ()
    birthday_days: Count | None = None
    dissatisfied_new_days: Count | None = None
    key_regular: bool = False
    recovery: bool = False


class Step(Entry):
    """One step of a call script: what to say, and the fields to fill where it is said (R5.4).

    `profile` names fields of the member's profile; `scores` parts of satisfaction; `answer` keeps a text and
    `tick` a yes under that key with the call.
    """

    zh: str
    en: str
    title_zh: str
    title_en: str
    profile: tuple[str, ...] = ()
    scores: tuple[Literal["goods", "place", "service", "price"], ...] = ()
    answer: str = ""
    tick: str = ""
    sales: bool = False


class CallScript(Entry):
    """The steps of one programme's call."""

    steps: tuple[Step, ...] = Field(alias="step", min_length=1)


EntryT = TypeVar("EntryT", bound=Entry)
NamedT = TypeVar("NamedT", bound=Named)


class Rulebook(Entry):
    """Everything a store's people work by."""

    policy: Policy
    programmes: dict[str, Programme]
    outcomes: dict[str, Outcome]
    reasons: dict[str, Reason]
    measures: dict[str, MeasureKind]
    gift_occasions: dict[str, GiftOccasion]
    scripts: dict[str, CallScript]

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        for kind in (self.outcomes, self.reasons, self.measures, self.gift_occasions):
            keys = [entry.key for entry in kind.values() if entry.key]
            if len(keys) != len(set(keys)):
                raise ValueError("two entries have the same key")
        return self

    @cached_property
    def care_programmes(self) -> frozenset[str]:
        """Programmes that rest after a connected care call or a refusal."""
        return frozenset(code for code, programme in self.programmes.items() if programme.care)

    @cached_property
    def desk_programmes(self) -> frozenset[str]:
        """Programmes that are decided from the record, without a call."""
        return frozenset(code for code, programme in self.programmes.items() if programme.desk)


def load_rulebook(overrides: Path | None = None) -> Rulebook:
    """Read and check the data files. Raises BadData naming the file and the key."""
    own = overrides if overrides is not None and overrides.is_dir() else None
    return Rulebook(
        policy=_policy(own),
        programmes=_entries(own, "programmes.toml", Programme),
        outcomes=_entries(own, "outcomes.toml", Outcome),
        reasons=_entries(own, "reasons.toml", Reason),
        measures=_entries(own, "measures.toml", MeasureKind),
        gift_occasions=_entries(own, "gift_occasions.toml", GiftOccasion),
        scripts=_scripts(own),
    )


def _policy(own: Path | None) -> Policy:
    path = data_folder() / "policy.toml"
    merged = _read(path)
    if own is not None and (own / "policy.toml").is_file():
        path = own / "policy.toml"
        for section, values in _read(path).items():
            if isinstance(values, dict) and isinstance(merged.get(section), dict):
                merged[section] = {**merged[section], **values}
            else:
                merged[section] = values
    return _checked(Policy, merged, path)


def _entries(own: Path | None, name: str, kind: type[NamedT]) -> dict[str, NamedT]:
    path = _chosen(own, name)
    entries: dict[str, NamedT] = {}
    for code, values in _read(path).items():
        if not isinstance(values, dict):
            raise _bad(path, code, "a table was expected")
        entries[code] = _checked(kind, {**values, "code": code}, path, code)
    return entries


def _scripts(own: Path | None) -> dict[str, CallScript]:
    names = {path.name for path in (data_folder() / "call_scripts").glob("*.toml")}
    if own is not None:
        names |= {path.name for path in (own / "call_scripts").glob("*.toml")}
    scripts = {}
    for name in sorted(names):
        path = _chosen(own, f"call_scripts/{name}")
        scripts[path.stem] = _checked(CallScript, _read(path), path)
    return scripts


def _chosen(own: Path | None, name: str) -> Path:
    return own / name if own is not None and (own / name).is_file() else data_folder() / name


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad(path, "-", str(error)) from error


def _checked(kind: type[EntryT], values: Mapping[str, Any], path: Path, prefix: str = "") -> EntryT:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([prefix, *map(str, first["loc"])] if prefix else map(str, first["loc"]))
        raise _bad(path, key, first["msg"]) from error


def _bad(path: Path, key: str, reason: str) -> BadData:
    return BadData(
        "data.wrong",
        N_("The file {file} is wrong at {key}: {reason}. Correct it, or remove it to use the program's own."),
        file=path,
        key=key,
        reason=reason,
    )
