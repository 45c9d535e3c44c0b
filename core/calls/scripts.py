"""Call scripts: the steps of every purpose of a call as one script, the words filled in (R5.4, R4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.base.days import MONTHS
from core.base.language import Catalogue
from core.base.rulebook import Rulebook, Step
from core.base.text import harmless
from core.calls.views import ScriptStep

COMPLAINT = "complaint"
"""The script that goes before all others while a complaint is open."""

ANSWERS = "problem"
"""The programme that answers what was raised: its own script speaks of it."""

PLACE = re.compile(r"\{(\w+)\}")

_PAIRS = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空"
    "闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五单于区阳"
    "歐陽司馬東方獨孤南宮萬俟聞人諸葛尉遲公羊赫連澹臺濮陽鍾離長孫鮮于閭丘亓官巫馬顓孫樂正軒轅東郭南門東門西門單于"
)
COMPOUND_SURNAMES = frozenset(_PAIRS[place : place + 2] for place in range(0, len(_PAIRS), 2))
"""Family names of two characters."""

HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Person:
    """What a script says of the member and the caller; `gender` as the profile has it."""

    name: str
    gender: str
    store: str
    caller: str
    last_purchase_on: date | None
    promise: str
    on: date
    complaint: str = ""


def surname(name: str) -> str:
    """The family name: one Han character or two, else the last word of the name."""
    name = name.strip()
    if not HAN.match(name):
        return name.split()[-1] if name else ""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its known names replaced; anything else, and braces in the values, stay as they are."""
    return PLACE.sub(lambda m: values.get(m[1], m[0]), template)


_HONORIFICS = {
    "zh": {"f": "女士", "m": "先生", "": "女士/先生"},
    "en": {"f": "Ms", "m": "Mr", "": "Ms/Mr"},
}


def _gender(stored: str) -> str:
    known = {"f": "f", "female": "f", "女": "f", "m": "m", "male": "m", "男": "m"}
    return known.get(stored.strip().casefold(), "")


def script_values(person: Person, lang: str) -> dict[str, str]:
    """What each placeholder stands for in that language; member's texts made harmless."""
    bought = person.last_purchase_on
    if bought is None:
        last = "上次" if lang == "zh" else "last time"
    elif lang == "zh":
        last = f"{bought.month}月{bought.day}日" if bought.year == person.on.year else f"{bought:%Y年%-m月%-d日}"
    else:
        year = "" if bought.year == person.on.year else f" {bought.year}"
        last = f"on {bought.day} {MONTHS[bought.month - 1]}{year}"
    agreed = person.promise or ("上次说好的事" if lang == "zh" else "what we agreed")
    return {
        "surname": harmless(surname(person.name)),
        "honorific": _HONORIFICS[lang][_gender(person.gender)],
        "store": harmless(person.store),
        "caller": harmless(person.caller),
        "last_purchase_on": last,
        "promise": harmless(agreed),
        "complaint": harmless(person.complaint.splitlines()[0][:30] if person.complaint else ""),
    }


def merged_script(
    programmes: Sequence[str], rulebook: Rulebook, person: Person, *, complaint_open: bool
) -> tuple[ScriptStep, ...]:
    """The steps of all programmes in the worklist's order; what is asked twice stands once.

    With an open complaint the call begins with it, and nothing is sold; not so where the call is to answer it. A
    call without a purpose has the monthly call's steps.
    """
    ordered = [code for code in ranked(programmes, rulebook) if code in rulebook.scripts]
    values = {lang: script_values(person, lang) for lang in ("zh", "en")}
    several = len(ordered) > 1
    if complaint_open and COMPLAINT in rulebook.scripts and ANSWERS not in ordered:
        ordered.insert(0, COMPLAINT)
    steps: list[ScriptStep] = []
    asked = _Asked()
    for code in ordered:
        heading = code if several and code != COMPLAINT else ""
        for step in rulebook.scripts[code].steps:
            if step.sales and complaint_open:
                continue
            kept = asked.remaining(step)
            if kept is not None:
                steps.append(_filled(kept, len(steps) + 1, code, heading, values))
                heading = ""
    return tuple(steps)


def ranked(programmes: Sequence[str], rulebook: Rulebook) -> Iterator[str]:
    """The programmes once each, in the order of a worklist's groups (R4.5)."""
    known = rulebook.programmes
    yield from sorted(set(programmes), key=lambda code: (known[code].rank if code in known else 999, code))


class _Asked:
    """What the steps so far ask, so that no later one asks it again."""

    def __init__(self) -> None:
        self._titles: set[str] = set()
        self._fields: set[str] = set()

    def remaining(self, step: Step) -> Step | None:
        """The step without what was asked before; None where nothing new is left of it."""
        profile = tuple(name for name in step.profile if name not in self._fields)
        scores = tuple(name for name in step.scores if name not in self._fields)
        answer = "" if step.answer in self._fields else step.answer
        tick = "" if step.tick in self._fields else step.tick
        fields = {name for name in (*profile, *scores, answer, tick) if name}
        asks = bool(step.profile or step.scores or step.answer or step.tick)
        if not fields and (asks or step.title_zh in self._titles):
            return None
        self._titles.add(step.title_zh)
        self._fields |= fields
        return step.model_copy(update={"profile": profile, "scores": scores, "answer": answer, "tick": tick})


def _filled(
    step: Step, number: int, programme: str, heading: str, values: Mapping[str, Mapping[str, str]]
) -> ScriptStep:
    return ScriptStep(
        number=number,
        programme=programme,
        heading=heading,
        title_zh=step.title_zh,
        title_en=step.title_en,
        zh=fill(step.zh, values["zh"]),
        en=fill(step.en, values["en"]),
        profile=step.profile,
        scores=step.scores,
        answer=step.answer,
        tick=step.tick,
        sales=step.sales,
    )


def heading_words(step: ScriptStep, words: Catalogue, rulebook: Rulebook) -> str:
    """The small heading over a step of a merged script, empty where none begins."""
    entry = rulebook.programmes.get(step.heading)
    return entry.name(words) if entry else step.heading
