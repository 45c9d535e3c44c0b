"""Staff who leave: what they have in hand, letting them go; and who looked at unusually much, leavers first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.language import N_
from scripts.commands.people import Code, Why
from scripts.errand import Errand, command, parse_day
from scripts.show import iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.handover.clearance import Clearance


@command(
    "staff clearance", N_("What somebody has in hand, which must be handed over before they leave."), json=True
)
def staff_clearance(errand: Errand, code: Code) -> None:
    """Print a clearance."""
    from core.handover.clearance import clearance

    found = clearance(errand.store, errand.actor, code)
    if errand.json:
        json_answer(_clearance_json(found))
    else:
        _print_clearance(errand, found)


@command("staff leave", N_("Let somebody go, once nothing is left in their hands; their records stay."), json=True)
def staff_leave(
    errand: Errand,
    code: Code,
    on: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=parse_day,
            metavar="DATE",
            help=N_("The first day they no longer work (today unless given)."),
        ),
    ] = None,
    reason: Why = "",
) -> int:
    """Let somebody go, or say what keeps them; exit code 1 then."""
    from core.handover.clearance import NotCleared, leave
    from scripts.failures import complain

    words = errand.words
    try:
        done = leave(errand.store, errand.actor, code, on, why=reason)
    except NotCleared as refused:
        if errand.json:
            json_answer(_clearance_json(refused.clearance))
        else:
            _print_clearance(errand, refused.clearance)
        complain(words.error(refused))
        return 1
    if errand.json:
        json_answer(_clearance_json(done))
        return 0
    say(
        words.say(
            N_("{code} has left as of {day}: the account is closed, the records stay."),
            code=code,
            day=done.left_on,
        )
    )
    return 0


def _clearance_json(found: Clearance) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": found.name,
        "left_on": iso(found.left_on),
        "clear": found.clear,
        "counts": dict(found.counts),
        "items": [
            {"kind": i.kind, "ref": i.ref, "name": i.name, "what": i.what, "since": i.since} for i in found.items
        ],
    }


def _print_clearance(errand: Errand, found: Clearance) -> None:
    from core.handover.clearance import SOURCES

    words = errand.words
    say(f"{found.code}  {found.name}")
    rows = [[words.say(source.name), str(found.counts.get(source.kind, 0))] for source in SOURCES]
    worded_table(words, (N_("in hand"), N_("number of them")), rows, right=(1,))
    if found.items:
        names = {source.kind: words.say(source.name) for source in SOURCES}
        print()
        worded_table(
            words,
            (N_("in hand"), N_("number"), N_("name"), N_("what"), N_("since")),
            [[names[i.kind], i.ref, i.name, i.what, i.since[:16]] for i in found.items],
        )
    if found.clear:
        say(words.say(N_("Nothing keeps them: `huifang staff leave {code}`."), code=found.code))


@command("staff watch", N_("Who looked at, or revealed, unusually many members; leavers first."), json=True)
def staff_watch(
    errand: Errand,
    since: Annotated[
        date | None,
        typer.Option(
            "--since", parser=parse_day, metavar="DATE", help=N_("From which day (a week back unless given).")
        ),
    ] = None,
) -> None:
    """Print the unusual days."""
    from core.insight.watch import WHY, unusual

    rows = unusual(errand.store, errand.actor, since)
    words = errand.words
    if errand.json:
        json_rows(
            {**{f: getattr(row, f) for f in row.__dataclass_fields__}, "day": iso(row.day), "why": list(row.why)}
            for row in rows
        )
        return
    if not rows:
        say(words.say(N_("Nothing unusual.")))
        return
    worded_table(
        words,
        (
            N_("day"), N_("code"), N_("name"), N_("store"), N_("viewed"), N_("usual"), N_("revealed"), N_("usual"),
            N_("why"),
        ),
        [
            [
                str(r.day), r.code, r.name, r.store,
                str(r.views), str(r.usual_views), str(r.reveals), str(r.usual_reveals),
                ", ".join(words.say(WHY[code]) for code in (*(["leaves"] if r.leaves else []), *r.why)),
            ]
            for r in rows
        ],
        right=(4, 5, 6, 7),
    )  # fmt: skip
