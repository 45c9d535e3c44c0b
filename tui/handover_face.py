"""How handovers are said on the screens: rows, steps, what moves, what to look at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.days import so_many_days
from core.base.language import N_, Catalogue
from core.base.text import cells, fit
from tui.overlays import Option
from tui.paint import Span, apart, width_of

if TYPE_CHECKING:
    from core.handover.views import Cascade, HandoverRow, HandoverSheet, StepLine
    from tui.app import HuifangApp
    from tui.jobs.handover import Printed

Line = list[Span]

PHASES = (
    ("submit", N_("applied")),
    ("review", N_("store mgr.")),
    ("approve", N_("manager")),
    ("execute", N_("carried out")),
    ("file", N_("filing")),
)
"""The way of an application, with the words that stand over each part of it."""

STYLES = {"refused": "bad", "withdrawn": "quiet", "filed": "quiet", "executed": "good"}


def split_options(words: Catalogue) -> list[Option]:
    """How several people share the members of an application."""
    return [
        Option("even", "1", words.say("evenly, in each value class")),
        Option("store", "2", words.say("by store: whoever works where the member belongs")),
    ]


def kind_words(row: HandoverRow, words: Catalogue) -> str:
    """The kind of an application."""
    from core.base.naming import named
    from core.handover.wording import KINDS

    return named(KINDS, row.kind, words)


def state_words(row: HandoverRow, words: Catalogue) -> str:
    """Where it stands."""
    from core.handover import wording

    return wording.state_words(row, words)


def act_words(act: str, words: Catalogue) -> str:
    """What was done."""
    from core.base.naming import named
    from core.handover.wording import ACTS

    return named(ACTS, act, words)


def people_words(row: HandoverRow, *, counts: bool) -> str:
    """Who gives to whom."""
    takers = ", ".join(f"{name} {count}" if counts else name for _, name, count in row.successors)
    return f"{row.giver_name} -> {takers or '?'}"


def next_words(row: HandoverRow, words: Catalogue) -> str:
    """Who may take it further."""
    from core.handover import wording

    return wording.next_words(row, words)


def days_since(app: HuifangApp, moment: datetime | None, until: datetime | None = None) -> int:
    """Business days of the calendar between two moments; up to now without the second."""
    if moment is None:
        return 0
    end = app.local(until or app.clock.now()).date()
    return (end - app.local(moment).date()).days


def peek(app: HuifangApp, row: HandoverRow) -> list[Line]:
    """An application in two lines: who, how many, why; how long it has stood where, who is next."""
    say = app.words.say
    first: Line = [(f" {kind_words(row, app.words)}  ", "quiet"), (people_words(row, counts=True), "strong")]
    if row.reason:
        first.append((f"  {row.reason}", ""))
    open_days = days_since(app, row.created_at, row.state_since if row.next_act is None else None)
    second: Line = [
        (" " + say("{days} in all", days=so_many_days(open_days, app.words)), ""),
        ("  " + say("{days} so", days=so_many_days(days_since(app, row.state_since), app.words)), ""),
    ]
    if said := next_words(row, app.words):
        second.append(("  " + said, "due" if row.waits_for_me else "quiet"))
    return [first, second]


def title_line(app: HuifangApp, row: HandoverRow, width: int) -> Line:
    """The head of an open application: what it is, who gives whom to whom, and where it stands."""
    right: Line = [(state_words(row, app.words) + " ", "bar-strong")]
    left: Line = [(row.number, "bar-strong"), (f"  {kind_words(row, app.words)}  ", "")]
    left.append((people_words(row, counts=True), "bar-strong"))
    name: Line = [(" < " + app.words.say("Handover") + " ", "")]
    if width_of([*name, *left, *right]) > width:
        name = [(" < ", "")]
    return apart([*name, *left], right, width)


def steps_line(app: HuifangApp, sheet: HandoverSheet, width: int) -> Line:
    """The way: what is done, by whom, after how many days; what comes next."""
    say = app.words.say
    last = _last_round(sheet.steps)
    done = {str(step.step): step for step in last}
    for detail in (2, 1, 0, -1):
        label = " " + say("steps") + "  " if detail > 0 else " "
        spans: Line = [(label, "quiet")]
        before: StepLine | None = None
        for place, (act, name) in enumerate(PHASES):
            if place:
                spans.append((" | " if detail >= 0 else "|", "quiet"))
            step = done.get(act)
            if step is not None:
                spans += _done(app, step, before, say(name), detail)
                before = step
            elif sheet.row.next_act == act:
                spans.append((say(name) + " ..", "due"))
            else:
                spans.append((say(name), "quiet"))
        if sum(cells(text) for text, _ in spans) <= width:
            break
    if sheet.row.state in ("refused", "withdrawn") and sheet.steps:
        step = sheet.steps[-1]
        said = f"{act_words(step.step, app.words)} {app.dated(app.local(step.at).date())} {step.by_name}"
        return [
            (" " + say("steps") + "  ", "quiet"),
            (said, "bad"),
            (f": {step.comment}" if step.comment else "", ""),
        ]
    return spans


def _done(app: HuifangApp, step: StepLine, before: StepLine | None, name: str, detail: int) -> Line:
    took = days_since(app, before.at, step.at) if before is not None else 0
    if step.step == "execute" and before is not None and not took:
        return [(name, "good")]  # with the approval: who and when stand there
    lasted = " " + app.words.say("+{days} d", days=took) if took and detail == 2 else ""
    by = f" {step.by_name}" if detail == 2 or (detail == 1 and step.step == "submit") else ""
    return [(name + " ", "good"), (f"{app.dated(app.local(step.at).date())}{by}{lasted}", "")]


def _last_round(steps: tuple[StepLine, ...]) -> tuple[StepLine, ...]:
    """The steps since it was last submitted."""
    for place in range(len(steps) - 1, -1, -1):
        if steps[place].step == "submit":
            return steps[place:]
    return steps


def step_lines(app: HuifangApp, steps: tuple[StepLine, ...]) -> list[Line]:
    """Every step, to be read."""
    lines: list[Line] = []
    before: StepLine | None = None
    for step in steps:
        took = days_since(app, before.at, step.at) if before is not None else 0
        lasted = app.words.say("+{days} d", days=took) if took else ""
        at = app.local(step.at)
        lines.append([(f"{at:%Y-%m-%d %H:%M}  {act_words(step.step, app.words)}  {step.by_name}  {lasted}", "")])
        if step.comment:
            lines.append([(f"    {step.comment}", "quiet")])
        before = step
    return lines


def class_words(cascade: Cascade, words: Catalogue) -> str:
    """Members by class, and by successor in each: A 24 (12/12)."""
    parts = []
    for name in ("A", "B", "C", ""):
        count = cascade.classes.get(name, 0)
        if not count:
            continue
        shares = "/".join(str(share.classes.get(name, 0)) for share in cascade.shares)
        split = f" ({shares})" if len(cascade.shares) > 1 else ""
        parts.append(f"{name or words.say('rest')} {count}{split}")
    return "  ".join(parts)


def cascade_lines(app: HuifangApp, cascade: Cascade, width: int = 80) -> list[Line]:
    """Members by class, and what goes along: two lines. Where room is small, what there is none of is left out."""
    say = app.words.say
    total = str(cascade.members) if cascade.members == cascade.named else f"{cascade.members} / {cascade.named}"
    wide = max(cells(say("members")), cells(say("along"))) + 3
    first: Line = [(fit(" " + say("members"), wide), "quiet"), (total, "strong")]
    first.append((f"   {class_words(cascade, app.words)}", ""))
    if cascade.dormant:
        first.append(("  " + say("dormant {count}", count=cascade.dormant), ""))
    along = [
        (say("follow-ups"), cascade.follow_ups),
        (say("callbacks"), cascade.callbacks),
        (say("problems"), cascade.problems),
        (say("complaints"), cascade.complaints),
        (say("promises"), cascade.promises),
        (say("measures"), cascade.measures),
        (say("gifts to collect"), cascade.gifts),
    ]
    return [first, _fitting(say("along"), wide, along, width)]


def _fitting(label: str, wide: int, counts: list[tuple[str, int]], width: int) -> Line:
    """All counts, or where that is too wide those of which there is something."""
    line = _counted(label, wide, counts)
    if width_of(line) > width:
        line = _counted(label, wide, [(name, count) for name, count in counts if count] or counts[:1])
    return line


def _counted(label: str, wide: int, counts: list[tuple[str, int]]) -> Line:
    spans: Line = [(fit(" " + label, wide), "quiet")]
    for name, count in counts:
        spans += [(f"{name} ", "" if count else "quiet"), (f"{count}  ", "strong" if count else "quiet")]
    return spans


def moved_lines(app: HuifangApp, sheet: HandoverSheet, width: int = 80) -> list[Line]:
    """What was moved, once it is over: two lines. Where room is small, what there was none of is left out."""
    say = app.words.say
    wide = max(cells(say("members")), cells(say("along"))) + 3
    row = sheet.row
    first: Line = [(fit(" " + say("members"), wide), "quiet"), (str(row.members), "strong")]
    if row.moved is not None:
        first.append(("   " + say("{count} of them changed hands", count=row.moved), ""))
    moved = next((step.moved for step in reversed(sheet.steps) if step.step == "execute"), {})
    if not moved:
        return [first, [("", "")]]
    named = {
        "follow_ups": say("follow-ups"),
        "raised": say("problems, complaints"),
        "measures": say("measures"),
        "introductions": say("introductions"),
    }
    along = [(name, moved[code]) for code, name in named.items() if code in moved]
    return [first, _fitting(say("along"), wide, along, width)]


def caution_lines(app: HuifangApp, cascade: Cascade | None) -> list[str]:
    """What to look at before deciding."""
    if cascade is None:
        return []
    from core.handover.wording import caution_words, loose_words

    lines = [caution_words(caution, app.words) for caution in cascade.warnings]
    loose = loose_words(cascade, app.words)
    return [*lines, loose] if loose else lines


def printed_words(printed: Printed, words: Catalogue) -> str:
    """Where a sheet was written, and why there is no PDF."""
    first, *others = printed.files
    names = ", ".join((first.name, *(path.suffix for path in others)))
    folder = str(first.parent).replace(str(Path.home()), "~", 1)
    said = words.say("Written: {files} in {folder}", files=names, folder=folder)
    return f"{said}. {words.error(printed.without)}" if printed.without is not None else said
