"""The demo's handovers and its cover, done by its people on the days when they were at work."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.base.actor import Actor
from core.base.clock import FixedClock, business_day
from core.base.language import Catalogue
from core.handover import actions
from core.handover.forms import HandoverForm
from core.people.cover import set_cover
from core.people.views import staff_actor
from core.store.engine import Store
from scripts.demo_people import Person

OWNER = 8
"""The place of the account owner in a person's row; the number stands first."""


@dataclass
class Handovers:
    """What of `data/demo/handovers.toml` is done on which worked day; `numbers` are those given so far."""

    store: Store
    clock: FixedClock
    words: Catalogue
    chance: random.Random
    data: dict[str, Any]
    people: Sequence[Person]
    numbers: dict[int, str] = field(default_factory=dict)

    def go_through(self, back: int, *, first: bool) -> None:
        """Do what was done that many worked days before the last one; the `first` day has all older ones too."""
        acts = (
            (on, place, code, act)
            for place, entry in enumerate(self.data["handover"])
            for on, code, act in entry["acts"]
            if on == back or (first and on > back)
        )
        for _, place, code, act in sorted(acts, key=lambda one: -one[0]):
            self.clock.advance(minutes=self.chance.randint(2, 9))
            self._act(place, self.data["handover"][place], staff_actor(self.store, code), act)
        on, keeper, away, substitute, days = self.data["cover"]["set"]
        if on == back:
            today = business_day(self.clock.now())
            why, until = self.words.pick(self.data["cover"]), today + timedelta(days=days)
            set_cover(
                self.store, staff_actor(self.store, keeper), away, today, until, substitute=substitute, why=why
            )

    def _act(self, place: int, entry: dict[str, Any], actor: Actor, act: str) -> None:
        if act in ("submit", "draft"):
            sheet = actions.submit(self.store, actor, self._form(entry), draft=act == "draft")
            self.numbers[place] = sheet.row.number
            return
        who, number = (self.store, actor), self.numbers[place]
        match act:
            case "review":
                actions.review(*who, number)
            case "approve":
                actions.approve(*who, number)
            case "file":
                actions.file(*who, number)
            case "withdraw":
                actions.withdraw(*who, number)
            case "refuse":
                reason = self.words.pick({lang: entry[f"refused_{lang}"] for lang in ("zh", "en")})
                actions.refuse(*who, number, reason=reason)

    def _form(self, entry: dict[str, Any]) -> HandoverForm:
        today = business_day(self.clock.now())
        kept = sorted(p.row[0] for p in self.people if p.row[OWNER] == entry["giver"] and p.joined_on <= today)
        chosen = kept[entry["first"] : entry["first"] + entry["count"]] if "count" in entry else []
        return HandoverForm(
            giver=entry["giver"],
            kind=entry["kind"],
            successors=tuple(entry["takers"]),
            reason=self.words.pick(entry),
            members=tuple(chosen),
        )
