"""The rulebook: policy, programmes, outcomes, reasons and call scripts, from `data/` and the store's own folder.

Checked when loaded: an error names the file and the key. No code names an outcome or a number (R5.10).
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, model_validator

from core.base.datafile import Entry, checked, chosen_file, read_file, wrong
from core.base.language import Catalogue
from core.base.policy import Count, Policy, Positive, load_policy
from core.base.resources import data_folder


class Named(Entry):
    """Something with a code and a name in each language."""

    code: str = ""
    zh: str
    en: str

    def name(self, words: Catalogue) -> str:
        """The name in that language."""
        return words.pick({"zh": self.zh, "en": self.en})


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
        policy=load_policy(own),
        programmes=_programmes(own),
        outcomes=_entries(own, "outcomes.toml", Outcome),
        reasons=_entries(own, "reasons.toml", Reason),
        measures=_entries(own, "measures.toml", MeasureKind),
        gift_occasions=_entries(own, "gift_occasions.toml", GiftOccasion),
        scripts=_scripts(own),
    )


BY_CLASS = ("introduce", "monthly", "decline")
"""The programmes whose calls are laid out by class: the order is kept with each call, for an index (R4.5)."""


def _programmes(own: Path | None) -> dict[str, Programme]:
    path = chosen_file(own, "programmes.toml")
    found = _entries(own, "programmes.toml", Programme)
    for code in ("callback", *BY_CLASS):
        if code not in found:
            raise wrong(path, code, "is missing")
    for code, entry in found.items():
        if (entry.order == "class") != (code in BY_CLASS):
            raise wrong(path, f"{code}.order", f'"class" is the order of {", ".join(BY_CLASS)}, and of no other')
    if found["callback"].rank >= found["monthly"].rank:
        raise wrong(path, "callback.rank", "promised calls come before the month's")
    return found


def _entries(own: Path | None, name: str, kind: type[NamedT]) -> dict[str, NamedT]:
    path = chosen_file(own, name)
    entries: dict[str, NamedT] = {}
    for code, values in read_file(path).items():
        if not isinstance(values, dict):
            raise wrong(path, code, "a table was expected")
        entries[code] = checked(kind, {**values, "code": code}, path, code)
    return entries


def _scripts(own: Path | None) -> dict[str, CallScript]:
    names = {path.name for path in (data_folder() / "call_scripts").glob("*.toml")}
    if own is not None:
        names |= {path.name for path in (own / "call_scripts").glob("*.toml")}
    scripts = {}
    for name in sorted(names):
        path = chosen_file(own, f"call_scripts/{name}")
        scripts[path.stem] = checked(CallScript, read_file(path), path)
    return scripts
