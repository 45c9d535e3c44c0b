"""A leaver's members handed over in a real terminal: each person at the screens with the keys they would press."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.terminal.glass import START, Glass

ENTER = "\r"
F6, F8 = "\x1b[17~", "\x1b[19~"
REASON, REFUSED = "离职", "请换本店的人"

PATIENCE = 60.0
"""Seconds that a screen may take at most; twenty thousand members are read and moved in some of them."""

QUIET = 0.05
"""Seconds without output after which a screen counts as painted."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who does what, by staff code: three `takers`, the last of whom makes way for `other` after the refusal."""

    leaver: str
    keeper: str
    manager: str
    desk: str
    takers: tuple[str, str, str]
    other: str

    @property
    def second(self) -> tuple[str, ...]:
        """Who takes the members in the end."""
        return (*self.takers[:2], self.other)


@dataclass
class Leaver:
    """One handover through the screens, to the filing. `seconds` and `keys` tell what each step took."""

    home: Path
    database: str
    cast: Cast
    names: Mapping[str, str]
    members: int
    on: date = date(2026, 11, 23)
    number: str = "2026-0001"
    seconds: dict[str, float] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def shared(self, takers: Sequence[str]) -> dict[str, int]:
        """How many each of them gets: in all, nobody more than one above another."""
        each, more = divmod(self.members, len(takers))
        return {code: each + (place < more) for place, code in enumerate(takers)}

    def at(self, staff: str, deeds: Callable[[Glass], None]) -> None:
        """Sit somebody down, let them do it, and leave."""
        program = START.replace("date(2026, 11, 23)", repr(self.on).removeprefix("datetime."))
        glass = Glass(self.home, self.database, staff=staff, program=program)
        try:
            glass.wait_for(self.names[staff], PATIENCE)  # somebody is in
            glass.settle()
            deeds(glass)
            self.keys[staff] = self.keys.get(staff, 0) + glass.sent
            assert glass.leave(PATIENCE) == 0
        finally:
            if glass.process.isalive():
                glass.kill()

    def press(self, glass: Glass, key: str, then: str, what: str = "") -> None:
        """Press a key and wait for what it leads to; with `what` its seconds are noted."""
        glass.sent += 1
        begun = time.perf_counter()
        glass.press(key)
        glass.wait_for(then, PATIENCE)
        if what:
            self.seconds[what] = time.perf_counter() - begun
        glass.settle(QUIET)

    def write(self, glass: Glass, text: str, then: str, what: str = "") -> None:
        """Type a text, and Enter."""
        glass.sent += len(text)
        glass.press(text)
        glass.wait_for(text, PATIENCE)
        glass.settle(QUIET)
        self.press(glass, ENTER, then, what)

    def name_takers(self, glass: Glass, codes: Sequence[str]) -> None:
        """Name the successors, one after the other."""
        for place, code in enumerate(codes):
            self.write(glass, code, ("已选: " if place == 0 else "") + ", ".join(codes[: place + 1]))

    def apply(self, glass: Glass) -> None:
        """Ask for the handover of everything, evenly among three."""
        self.press(glass, F6, "没有您可以查看的申请")
        self.press(glass, "n", "交接什么?")
        self.press(glass, "2", "谁接任?")
        self.name_takers(glass, self.cast.takers)
        self.press(glass, ENTER, "会员如何分配?")
        self.press(glass, "1", "为何交接?")
        self.write(glass, REASON, self.split(self.cast.takers), "preview")
        self.press(glass, F8, "提交申请?")
        self.press(glass, "y", "待店长审核", "submit")

    def refuse(self, glass: Glass) -> None:
        """Send it back: the store manager wants somebody of the own store."""
        self.press(glass, F6, "待我处理")
        self.press(glass, ENTER, "店长 ..", "open")
        self.press(glass, "r", "为何退回?")
        self.write(glass, REFUSED, "退回 ")

    def again(self, glass: Glass) -> None:
        """Give it to others, and submit it once more."""
        self.press(glass, F6, self.number)
        self.press(glass, ENTER, REFUSED)
        self.press(glass, "m", "如何分配?")
        self.press(glass, "4", "谁接任?")
        self.name_takers(glass, self.cast.second)
        share = self.shared(self.cast.second)[self.cast.other]
        self.press(glass, ENTER, f"{self.names[self.cast.other]} {share}", "distribute")
        self.press(glass, "a", f"重新提交 {self.number}?")
        self.press(glass, "y", "待店长审核", "submit again")

    def decide(self, key: str, asked: str, then: str, what: str) -> Callable[[Glass], None]:
        """Open what waits for one, and do the one thing."""

        def deeds(glass: Glass) -> None:
            self.press(glass, F6, "待我处理")
            self.press(glass, ENTER, f"{self.number}  离职  ")
            self.press(glass, key, asked)
            self.press(glass, "y", then, what)

        return deeds

    def split(self, takers: Sequence[str]) -> str:
        """The distribution as the head of an application says it."""
        return ", ".join(f"{self.names[code]} {count}" for code, count in self.shared(takers).items())

    def review(self) -> None:
        """The store manager agrees."""
        self.at(self.cast.keeper, self.decide("a", "以店长身份同意", "待经理审批", "review"))

    def approve(self) -> None:
        """The manager approves, and it is carried out."""
        self.at(self.cast.manager, self.decide("a", f"批准 {self.number}?", "客服备案 ..", "approve and execute"))

    def file(self) -> None:
        """The service desk files it."""
        self.at(self.cast.desk, self.decide("x", f"备案 {self.number}?", "已备案", "file"))

    def whole(self, between: Callable[[str], None] | None = None) -> None:
        """All of it; `between` is told after each step, to look at the store."""
        tell = between or (lambda _step: None)
        for step, staff, deeds in (
            ("submit", self.cast.leaver, self.apply),
            ("refuse", self.cast.keeper, self.refuse),
            ("submit again", self.cast.leaver, self.again),
        ):
            self.at(staff, deeds)
            tell(step)
        for step, act in (("review", self.review), ("approve", self.approve), ("file", self.file)):
            act()
            tell(step)
