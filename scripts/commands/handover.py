"""Handovers: apply, decide, file, look up (R7.1-R7.6)."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from core.base.errors import BadInput
from core.base.language import N_
from core.base.outside import reason_of
from core.handover.forms import HandoverForm, Split
from scripts.commands.handover_shown import answer, as_json, show, show_log, show_preview
from scripts.errand import Errand, Since, Until, command
from scripts.show import json_rows, say, worded_table

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("The application, such as 2026-0147."))]
Comment = Annotated[str, typer.Option("--comment", metavar="TEXT", help=N_("A remark for the record."))]
Give = Annotated[
    list[str] | None,
    typer.Option("--give", metavar="NUMBER=CODE", help=N_("A member and who takes them; may be repeated.")),
]
GiveFile = Annotated[
    Path | None,
    typer.Option("--give-file", metavar="FILE", help=N_("A CSV file of member numbers and staff codes.")),
]
KindName = Literal["members", "leaving", "moving"]
StateName = Literal["draft", "submitted", "reviewed", "approved", "executed", "filed", "refused", "withdrawn"]


@command(
    "handover submit",
    N_("Apply for a handover, or submit a draft or refused one again."),
    on=True,
    at=True,
    json=True,
)
def handover_submit(
    errand: Errand,
    giver: Annotated[str, typer.Option("--from", metavar="CODE", help=N_("Who gives the members."))] = "",
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="CODE", help=N_("Who takes them; may be repeated."))
    ] = None,
    kind: Annotated[
        KindName, typer.Option("--kind", help=N_("Some members, all of a leaver, or a move."))
    ] = "members",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))] = "",
    member: Annotated[
        list[str] | None, typer.Option("--member", metavar="NUMBER", help=N_("A member; may be repeated."))
    ] = None,
    value: Annotated[
        list[str] | None, typer.Option("--class", metavar="A|B|C", help=N_("All members of a value class."))
    ] = None,
    split: Annotated[Split, typer.Option("--split", help=N_("How several share them."))] = "even",
    store_to: Annotated[
        list[str] | None,
        typer.Option("--store-to", metavar="STORE=CODE", help=N_("Who takes a store's members (--split store).")),
    ] = None,
    give: Give = None,
    give_file: GiveFile = None,
    to_store: Annotated[
        str, typer.Option("--to-store", metavar="CODE", help=N_("Where somebody moves to (--kind moving)."))
    ] = "",
    number: Annotated[
        str, typer.Option("--id", metavar="NUMBER", help=N_("The draft or refused application to submit again."))
    ] = "",
    only_preview: Annotated[
        bool, typer.Option("--preview", help=N_("Say what would move to whom; change nothing."))
    ] = False,
    draft: Annotated[bool, typer.Option("--draft", help=N_("Keep it without submitting it."))] = False,
) -> None:
    """Submit one application, or say what it would do."""
    from core.handover.actions import submit
    from core.handover.log import preview

    form = HandoverForm(
        giver=giver,
        kind=kind,
        successors=_listed(to),
        reason=reason,
        members=_listed(member),
        classes=_listed(value),
        split=split,
        by_store={store: tuple(takers) for store, takers in _paired(store_to, "--store-to").items()},
        by_hand=_by_hand(give, give_file),
        to_store=to_store,
    )
    unchanged = number and not giver
    if only_preview and not unchanged:
        return show_preview(errand, preview(errand.store, errand.actor, form).cascade)
    sheet = submit(errand.store, errand.actor, None if unchanged else form, number=number, draft=draft)
    return answer(errand, sheet)


@command("handover adjust", N_("Give members of an application to other successors."), on=True, at=True, json=True)
def handover_adjust(
    errand: Errand, number: Number, give: Give = None, give_file: GiveFile = None, comment: Comment = ""
) -> None:
    """Change who takes whom."""
    from core.handover.actions import adjust

    by_hand = _by_hand(give, give_file)
    answer(errand, adjust(errand.store, errand.actor, number, by_hand, comment=comment))


@command("handover review", N_("Agree as the giving store's manager."), on=True, at=True, json=True)
def handover_review(errand: Errand, number: Number, comment: Comment = "") -> None:
    """Review an application."""
    from core.handover.actions import review

    answer(errand, review(errand.store, errand.actor, number, comment=comment))


@command("handover approve", N_("Approve as the manager; the members change hands."), on=True, at=True, json=True)
def handover_approve(
    errand: Errand,
    number: Number,
    comment: Comment = "",
    override: Annotated[
        str,
        typer.Option("--override", metavar="TEXT", help=N_("Why members may change hands again so soon.")),
    ] = "",
) -> None:
    """Approve an application, which carries it out."""
    from core.handover.actions import approve

    answer(errand, approve(errand.store, errand.actor, number, comment=comment, override=override))


@command(
    "handover execute",
    N_("Carry out an approved handover, where that is kept apart."),
    on=True,
    at=True,
    json=True,
)
def handover_execute(errand: Errand, number: Number, comment: Comment = "") -> None:
    """Execute an approved application."""
    from core.handover.actions import execute

    answer(errand, execute(errand.store, errand.actor, number, comment=comment))


@command("handover refuse", N_("Send an application back to who applied."), on=True, at=True, json=True)
def handover_refuse(
    errand: Errand,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why it goes back."))] = "",
) -> None:
    """Refuse an application."""
    from core.handover.actions import refuse

    answer(errand, refuse(errand.store, errand.actor, number, reason=reason))


@command("handover withdraw", N_("Take an application back, until it is executed."), on=True, at=True, json=True)
def handover_withdraw(
    errand: Errand,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why."))] = "",
) -> None:
    """Withdraw an application."""
    from core.handover.actions import withdraw

    answer(errand, withdraw(errand.store, errand.actor, number, reason=reason))


@command("handover file", N_("File an executed handover as the service desk."), on=True, at=True, json=True)
def handover_file(errand: Errand, number: Number, comment: Comment = "") -> None:
    """File a handover."""
    from core.handover.actions import file

    answer(errand, file(errand.store, errand.actor, number, comment=comment))


@command("handover list", N_("The handover log, newest first."), on=True, json=True)
def handover_list(
    errand: Errand,
    person: Annotated[str, typer.Option("--person", metavar="CODE", help=N_("Who gives, takes or acted."))] = "",
    store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("A giving or receiving store."))] = "",
    since: Since = None,
    until: Until = None,
    state: Annotated[StateName | None, typer.Option("--state", help=N_("Where it stands."))] = None,
    kind: Annotated[KindName | None, typer.Option("--kind", help=N_("What is handed over."))] = None,
    member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("A member's number."))] = "",
    waiting: Annotated[bool, typer.Option("--waiting", help=N_("Only what waits for me."))] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help=N_("At most so many."))] = 200,
) -> None:
    """Print the log."""
    from core.handover.log import handover_log, handover_sheet
    from core.handover.tables import HandoverState, Kind
    from core.handover.views import HandoverFilter

    wanted = HandoverFilter(
        person=person,
        store=store,
        since=since,
        until=until,
        state=HandoverState(state) if state else None,
        kind=Kind(kind) if kind else None,
        member=member,
        waiting=waiting,
    )
    rows = handover_log(errand.store, errand.actor, wanted, limit=limit)
    if errand.json:
        json_rows(as_json(handover_sheet(errand.store, errand.actor, row.number)) for row in rows)
        return
    show_log(rows, errand.words)


@command("handover show", N_("One application: what moves, its steps, who may act next."), on=True, json=True)
def handover_show(
    errand: Errand,
    number: Number,
    with_members: Annotated[bool, typer.Option("--members", help=N_("Name every member."))] = False,
) -> None:
    """Print one application."""
    from core.handover.log import handover_sheet, member_lines

    sheet = handover_sheet(errand.store, errand.actor, number)
    lines = member_lines(errand.store, errand.actor, number) if with_members else ()
    if errand.json:
        named = [
            {
                "number": line.number,
                "value_class": line.value_class,
                "to": line.successor,
                "last_promise": line.last_promise,
                "outcome": line.outcome,
            }
            for line in lines
        ]
        json_rows([as_json(sheet) | ({"member_list": named} if with_members else {})])
        return
    show(sheet, errand.words)
    if with_members:
        words = errand.words
        worded_table(
            words,
            (N_("number"), N_("name"), N_("class"), N_("to"), N_("last promise")),
            [[li.number, li.name, li.value_class or "-", li.successor_name, li.last_promise] for li in lines],
        )


@command("handover sheet", N_("Print the handover sheet, as text or PDF."))
def handover_sheet_command(
    errand: Errand,
    number: Number,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help=N_("Write a PDF (needs huifang[pdf])."))
    ] = None,
) -> None:
    """Print the sheet."""
    from core.handover.sheet import sheet_pdf, sheet_text

    if pdf is None:
        for line in sheet_text(errand.store, errand.actor, number, errand.words).splitlines():
            say(line)
        return
    made = sheet_pdf(errand.store, errand.actor, number, errand.words, pdf)
    say(errand.words.say(N_("Written: {file}"), file=made))


def _listed(typed: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(part.strip() for text in typed or () for part in text.split(",") if part.strip())


def _paired(typed: Sequence[str] | None, option: str) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for text in typed or ():
        left, _, right = text.partition("=")
        takers = [part.strip() for part in right.split(",") if part.strip()]
        if not left.strip() or not takers:
            raise BadInput(
                "handover.pair", N_("Write {option} as NAME=CODE: {typed} is not."), option=option, typed=text
            )
        pairs.setdefault(left.strip(), []).extend(takers)
    return pairs


def _by_hand(typed: Sequence[str] | None, file: Path | None) -> Mapping[str, str]:
    found = {number: codes[-1] for number, codes in _paired(typed, "--give").items()}
    if file is None:
        return found
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [[cell.strip() for cell in row] for row in csv.reader(lines)]
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        raise BadInput(
            "handover.give_file", N_("The file {file} can't be read: {reason}."), file=file, reason=reason
        ) from error
    return found | {row[0]: row[1] for row in rows if len(row) > 1 and row[0] and not row[0].startswith("会员")}
