"""The demo's made-up members and what they bought: pure, the same for the same seed and day."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from core.base.resources import data_folder

SPAN_DAYS = 548
"""How far back the purchases reach: eighteen months."""

_KINDS = (
    # kind of member, share of an assistant's members, days since the last purchase, days between purchases
    ("new", 0.11, (1, 13), (3, 9)),
    ("steady", 0.40, (2, 45), (14, 40)),
    ("usual", 0.20, (10, 85), (30, 75)),
    ("falling", 0.04, (60, 85), (12, 20)),
    ("away", 0.07, (93, 118), (30, 80)),
    ("gone", 0.12, (184, 205), (25, 90)),
    ("lost", 0.06, (470, 540), (20, 60)),
)

_MONTHS_LATER = (0, 0, 91, 183)
"""Days by which recovery's later tries (month 9, month 12) come after its first."""


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase: when, and the columns of its row."""

    day: date
    row: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One member: the day they joined, and the columns of their row."""

    joined_on: date
    row: tuple[str, ...]
    purchases: tuple[Bought, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything the demo is filled with."""

    stores: list[dict[str, str]]
    staff: list[dict[str, Any]]
    people: list[Person] = field(default_factory=list)


MEMBER_COLUMNS = (
    "会员编号",
    "姓名",
    "性别",
    "手机号码",
    "其他电话",
    "生日",
    "入会日期",
    "入会门店",
    "维护人工号",
    "来源",
    "微信",
    "职业",
    "地址",
    "偏好",
    "爱好",
    "最佳联系时间",
)
PURCHASE_COLUMNS = (
    "单号",
    "会员编号",
    "消费时间",
    "门店编号",
    "接待人工号",
    "金额",
    "件数",
    "商品",
    "品类",
    "支付方式",
)


def invented(today: date, seed: int) -> Shop:
    """The demo's shops, staff, members and purchases, up to and including `today`."""
    chance = random.Random(f"{seed} {today}")
    data = _toml("shop")
    shop = Shop(data["store"], data["staff"])
    maker = _Maker(today, chance, data, _toml("names"))
    for keeper in shop.staff:
        for place in range(keeper["members"]):
            shop.people.append(maker.person(keeper, place / keeper["members"]))
    return shop


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((data_folder() / "demo" / f"{name}.toml").read_text(encoding="utf-8"))


class _Maker:
    def __init__(self, today: date, chance: random.Random, data: dict[str, Any], names: dict[str, Any]) -> None:
        self.today = today
        self.chance = chance
        self.goods: list[dict[str, Any]] = data["goods"]
        self.weights = [entry["weight"] for entry in self.goods]
        self.profile: dict[str, list[str]] = data["profile"]
        self.names = names
        self.assistants: dict[str, list[str]] = {}
        for keeper in data["staff"]:
            if keeper["role"] == "assistant":
                self.assistants.setdefault(keeper["store"], []).append(keeper["code"])
        self.numbers = iter(range(10_001, 99_999))
        self.orders = iter(range(1, 10**6))

    def person(self, keeper: dict[str, Any], place: float) -> Person:
        """A member kept by `keeper`; `place` (0 to 1) among the keeper's decides what kind."""
        number = str(next(self.numbers))
        kind, ago, gap = _kind_at(place)
        days = self._days(kind, ago, gap)
        joined = min(days) if kind != "falling" else min(days) - timedelta(days=200)
        purchases = tuple(self._purchase(number, keeper["store"], day, kind) for day in days)
        return Person(joined, self._row(number, keeper, joined), purchases)

    def _days(self, kind: str, ago: tuple[int, int], gap: tuple[int, int]) -> list[date]:
        last = self.chance.randint(*ago)
        if kind == "gone":
            last += self.chance.choice(_MONTHS_LATER)
        span = {"new": last + 1, "lost": SPAN_DAYS + 60}.get(kind, SPAN_DAYS)
        since = last + 1 if kind == "new" else self.chance.randint(max(last + 1, 120), max(span, last + 60))
        days = [last]
        while (following := days[-1] + self.chance.randint(*gap)) <= since:
            if kind == "falling" and following < 100:
                following += 35
            days.append(following)
        return [self.today - timedelta(days=ago) for ago in reversed(days)]

    def _purchase(self, member: str, store: str, day: date, kind: str) -> Bought:
        goods = self.chance.choices(self.goods, self.weights)[0]
        pieces = self.chance.choices((1, 2, 3), (8, 2, 1))[0]
        amount = goods["price"] * pieces * self.chance.choice((1, 1, 1, 0.9, 0.8))
        time = f"{self.chance.randint(10, 20):02d}:{self.chance.randint(0, 59):02d}"
        if day == self.today:
            time = "00:05"
        return Bought(
            day,
            (
                f"{store}{day:%y%m%d}{next(self.orders):06d}",
                member,
                f"{day} {time}",
                store,
                self.chance.choice(self.assistants[store]),
                f"{amount:.2f}",
                str(pieces),
                goods["name"],
                goods["category"],
                self.chance.choice(self.profile["payments"]),
            ),
        )

    def _row(self, number: str, keeper: dict[str, Any], joined: date) -> tuple[str, ...]:
        woman = self.chance.random() < 0.65
        return (
            number,
            self._name(woman),
            "女" if woman else "男",
            self._phone(number),
            f"021-5000{number[-4:]}" if self.chance.random() < 0.04 else "",
            self._birthday(),
            joined.isoformat(),
            keeper["store"],
            keeper["code"],
            self.chance.choice(self.profile["sources"]),
            self._maybe(0.6, f"hf_{number}"),
            self._maybe(0.55, self.chance.choice(self.profile["occupations"])),
            self._maybe(0.5, f"{self.chance.choice(self.profile['streets'])}{self.chance.randint(1, 900)}号"),
            self._maybe(0.45, self.chance.choice(self.profile["preferences"])),
            self._maybe(0.4, self.chance.choice(self.profile["interests"])),
            self._maybe(0.35, self.chance.choice(self.profile["best_times"])),
        )

    def _name(self, woman: bool) -> str:
        rare = self.chance.random() < 0.02
        surname = self.chance.choice(self.names["double_surnames"] if rare else self.names["surnames"])
        return str(surname + self.chance.choice(self.names["women" if woman else "men"]))

    def _phone(self, number: str) -> str:
        """A number of a block that is nobody's (0000); one in fifty is mistyped."""
        head = self.chance.choice(("138", "139", "187", "159", "199"))
        typed = f"{head}0000{number[-4:]}"
        return typed[:-1] if self.chance.random() < 0.02 else typed

    def _birthday(self) -> str:
        if self.chance.random() < 0.2:
            return ""
        return (
            f"{self.chance.randint(1955, 2004)}-{self.chance.randint(1, 12):02d}-{self.chance.randint(1, 28):02d}"
        )

    def _maybe(self, share: float, value: str) -> str:
        return value if self.chance.random() < share else ""


def _kind_at(place: float) -> tuple[str, tuple[int, int], tuple[int, int]]:
    reached = 0.0
    for kind, share, ago, gap in _KINDS:
        reached += share
        if place < reached:
            return kind, ago, gap
    kind, _share, ago, gap = _KINDS[-1]
    return kind, ago, gap


def joined_between(shop: Shop, after: date, until: date) -> Iterator[Person]:
    """The members who joined after one day and until another."""
    return (person for person in shop.people if after < person.joined_on <= until)


def bought_between(shop: Shop, after: date, until: date) -> list[Bought]:
    """The purchases after one day and until another, in order."""
    found = (bought for person in shop.people for bought in person.purchases if after < bought.day <= until)
    return sorted(found, key=lambda bought: bought.row[2])
