"""Times in plain words: 下周三10点, 明天下午3点, +2h, next wed 10:00 (R5.5).

Calendar weeks run from Monday to Sunday: 下周三 is the Wednesday of the next one, 周三 the coming one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from core.base.clock import DEFAULT_ZONE, at, zone
from core.base.days import day_and_month, near_day, weekday
from core.base.errors import BadInput
from core.base.language import N_, Catalogue
from core.calls.when_grammar import MONTHS_EN, Said, Unclear
from core.calls.when_words import read_phrase

Span = tuple[time, time]

OPEN_HOURS: Span = (time(9), time(21))
FURTHEST = timedelta(days=400)
USUAL_TIMES: Mapping[str, time] = MappingProxyType(
    {
        "": time(10),
        "early": time(9),
        "morning": time(10),
        "noon": time(12),
        "afternoon": time(15),
        "dusk": time(18),
        "evening": time(19),
    }
)
"""The time meant by a part of the day alone, and by a day alone."""

_HOURS: Mapping[str, tuple[range, range]] = {
    # part of the day: hours taken as said, hours taken as of the afternoon
    "night": (range(6), range(0)),
    "early": (range(4, 12), range(0)),
    "morning": (range(1, 13), range(0)),
    "noon": (range(11, 15), range(1, 3)),
    "afternoon": (range(12, 20), range(1, 12)),
    "dusk": (range(16, 21), range(4, 9)),
    "evening": (range(17, 24), range(5, 12)),
    "am": (range(1, 12), range(0)),
    "pm": (range(12, 13), range(1, 12)),
}
_UNSURE_HOURS = range(1, 7)


@dataclass(frozen=True, slots=True)
class When:
    """A moment understood from words, aware and in UTC; `assumed_afternoon` where 2点 was taken as 14:00."""

    moment: datetime
    zone: str = DEFAULT_ZONE
    assumed_afternoon: bool = False

    @property
    def wall(self) -> datetime:
        """The moment on the wall clock of the store."""
        return self.moment.astimezone(zone(self.zone))


def parse_when(
    text: str,
    now: datetime,
    zone_name: str = DEFAULT_ZONE,
    open_hours: Span = OPEN_HOURS,
    *,
    usual_times: Mapping[str, time] = USUAL_TIMES,
) -> When:
    """Understand a time in plain words, to the minute.

    `now` is aware; `open_hours` decide whether a bare 2点 is the afternoon's. Raises BadInput, with
    examples, for a phrase that is unclear, past, or more than 400 days ahead.
    """
    wall = now.astimezone(zone(zone_name)).replace(second=0, microsecond=0)
    try:
        said = read_phrase(text, wall.date())
        found = _moment(said, wall, now, zone_name, open_hours, usual_times)
    except (Unclear, OverflowError):
        raise _unclear() from None
    if found.moment <= now:
        raise BadInput(
            "when.past",
            N_("That time is already past: name a later one, for example +2h or tomorrow 10:00."),
            field="callback",
        )
    if found.moment > now + FURTHEST:
        raise BadInput(
            "when.far",
            N_("That time is more than a year away: name a nearer one, for example +3d or next wed 10:00."),
            field="callback",
        )
    return found


def _unclear() -> BadInput:
    return BadInput(
        "when.unclear",
        N_("That time isn't clear: write for example tomorrow 3pm, next wed 10:00, +3d, +2h or 2026-12-01 9:30."),
        field="callback",
    )


def _moment(
    said: Said,
    wall: datetime,
    now: datetime,
    zone_name: str,
    open_hours: Span,
    usual_times: Mapping[str, time],
) -> When:
    named = said.possible_days()
    if said.offset is not None:
        if named or said.clock or said.part:
            raise Unclear
        return When(wall.astimezone(UTC) + said.offset, zone_name)
    if not (named or said.clock or said.part):
        raise Unclear
    clock, assumed = _clock_time(said, bool(named), wall.time(), open_hours, usual_times)
    moments = [at(day, clock, zone_name) for day in named or (said.today,)]
    chosen = next((moment for moment in moments if moment > now), moments[0])
    if chosen.astimezone(zone(zone_name)).time() != clock:  # an hour that the change to summer time leaves out
        raise Unclear
    return When(chosen, zone_name, assumed)


def _clock_time(
    said: Said, day_named: bool, now: time, open_hours: Span, usual_times: Mapping[str, time]
) -> tuple[time, bool]:
    if said.clock is None:
        if not said.part:
            return (now if said.same_time else usual_times[""]), False
        if said.part not in usual_times:
            raise Unclear
        return usual_times[said.part], False
    hour, minute = said.clock
    if said.part:
        return time(_hour_of(said.part, hour), minute), False
    plain, later = time(hour, minute), time((hour + 12) % 24, minute)
    early = not day_named and hour < 12 and plain <= now  # at 9:42 a bare 8点 is the evening's
    unsure = (hour in _UNSURE_HOURS or early) and not said.literal
    if unsure and (early or not _inside(plain, open_hours)) and _inside(later, open_hours):
        return later, True
    return plain, False


def _hour_of(part: str, hour: int) -> int:
    if part in ("night", "am") and hour == 12:
        return 0
    as_said, afternoon = _HOURS[part]
    if hour in as_said:
        return hour
    if hour in afternoon:
        return hour + 12
    raise Unclear


def _inside(clock: time, span: Span) -> bool:
    return span[0] <= clock < span[1]


def phrase(moment: datetime, lang: str = "zh", zone_name: str = DEFAULT_ZONE) -> str:
    """The phrase that surely means this moment: `parse_when` gives it back, to the minute."""
    wall = moment.astimezone(zone(zone_name))
    if lang == "zh":
        return f"{wall.year}年{wall.month}月{wall.day}日 {wall:%H:%M}"
    return f"{wall.day} {MONTHS_EN[wall.month - 1].capitalize()} {wall.year} {wall:%H:%M}"


def _day_words(day: date, today: date, words: Catalogue) -> str:
    """A day as people name it, with its date: tomorrow 24 Nov, next Wed 2 Dec."""
    monday = today - timedelta(days=today.weekday())
    if (day - today).days in (0, 1):
        name = near_day(day, today, words)
    elif 7 <= (day - monday).days < 14:
        name = words.say("next {weekday}", weekday=weekday(day, words))
    else:
        name = weekday(day, words)
    return f"{name} {day_and_month(day, words, today)}"


def echo(
    when: When,
    words: Catalogue,
    now: datetime,
    open_hours: Span = OPEN_HOURS,
    windows: Sequence[Span] = (),
) -> str:
    """What was understood, for the caller to see: 下周三 12月2日 10:00, 营业时间内.

    Says so where the moment is outside opening hours, or outside the `windows` in which members are called.
    """
    wall = when.wall
    today = now.astimezone(zone(when.zone)).date()
    said = [f"{_day_words(wall.date(), today, words)} {wall:%H:%M}"]
    if when.assumed_afternoon:
        said.append(words.say("taken as after noon"))
    clock = wall.time()
    if not _inside(clock, open_hours):
        hours = f"{open_hours[0]:%H:%M}-{open_hours[1]:%H:%M}"
        said.append(words.say("outside opening hours ({hours})", hours=hours))
    elif windows and not any(_inside(clock, window) for window in windows):
        hours = " ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in windows)
        said.append(words.say("outside the calling hours ({hours})", hours=hours))
    else:
        said.append(words.say("within opening hours"))
    return ", ".join(said)
