"""The audit trail: who changed what, and that nobody changed the record of it (R15.2, R15.5)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.language import N_
from scripts.errand import Errand, command, parse_day
from scripts.failures import complain
from scripts.progress import Line, stoppable
from scripts.show import iso, json_answer, json_rows, row_count, rows_written, say, table

if TYPE_CHECKING:
    from core.members.trail import TrailQuery
    from core.members.trail_words import AuditLine
    from core.store.seal_report import AuditReport
    from core.store.seals import SealResult

OfTable = Annotated[str, typer.Option("--table", metavar="TABLE", help=N_("Entries about this table only."))]
OfRow = Annotated[str, typer.Option("--row", metavar="KEY", help=N_("Entries about this row only."))]
OfMember = Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("Entries about this member."))]
ByStaff = Annotated[str, typer.Option("--by", metavar="CODE", help=N_("What this staff member did."))]
From = Annotated[
    date | None, typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("From this day on."))
]
To = Annotated[
    date | None, typer.Option("--to", parser=parse_day, metavar="DATE", help=N_("Up to and including this day."))
]


@command("audit show", N_("Who changed what, newest first."), json=True)
def audit_show(
    errand: Errand,
    of_table: OfTable = "",
    row: OfRow = "",
    member: OfMember = "",
    by: ByStaff = "",
    handover: Annotated[
        str, typer.Option("--handover", metavar="NUMBER", help=N_("Entries about this handover application."))
    ] = "",
    since: From = None,
    until: To = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help=N_("So many entries at most."))] = 50,
) -> None:
    """Print entries of the trail."""
    from core.handover.trace import audit_of_application
    from core.members.trail import trail
    from core.members.trail_words import line_words

    lines: Iterable[AuditLine]
    if handover:
        lines = audit_of_application(errand.store, errand.actor, handover, limit)
    else:
        lines = islice(trail(errand.store, errand.actor, _query(of_table, row, member, by, since, until)), limit)
    if errand.json:
        json_rows(
            {
                "id": line.id,
                "at": iso(line.at),
                "by": line.who_code,
                "name": line.who,
                "deed": line.deed.value,
                "table": line.table,
                "row": line.row_key,
                "about": line.about,
                "field": line.field,
                "old": line.old,
                "new": line.new,
                "why": line.why,
                "cause": line.cause,
            }
            for line in lines
        )
        return
    words, book = errand.words, errand.store.rulebook
    shown = [
        [str(line.id), str(iso(line.at))[:16].replace("T", " "), line.who, line.why, line_words(line, words, book)]
        for line in lines
    ]
    if not shown:
        say(words.say(N_("There is no such entry that you may see.")))
        return
    headings = (N_("entry"), N_("time"), N_("who"), N_("reason"), N_("what was done"))
    table([words.say(heading) for heading in headings], shown, right=[0])


@command("audit verify", N_("Prove that nobody altered the records; seals what is new."), json=True)
def audit_verify(
    errand: Errand,
    expect: Annotated[
        str,
        typer.Option("--expect", metavar="DIGEST", help=N_("A seal noted before, which must still be there.")),
    ] = "",
) -> int:
    """Verify the seals; exit code 1 and the first altered, removed or inserted row where something is wrong."""
    from core.base.errors import StoreTrouble
    from core.insight.proof import verify_all
    from core.people.access import Right, require
    from core.store.seals import seal

    require(errand.actor, Right.SEE_AUDIT)
    words, line = errand.words, Line()
    store = errand.store
    try:
        report = verify_all(
            store,
            expect=expect,
            progress=lambda rows: line.tell(row_count(rows, words)),
        )
        if report.ok:
            with suppress(StoreTrouble):  # a store that can only be read, or is busy, is verified all the same
                report = _with(report, seal(store, errand.actor))
    finally:
        line.wipe()
    if errand.json:
        json_answer(_as_json(report, errand))
    else:
        _told(report, errand)
    if report.expected is False:
        complain(words.say(N_("No seal in the store has that digest: seals were removed, or it is mistyped.")))
    if report.first is not None:
        complain(
            words.say(
                N_("The records were tampered with: keep a copy of the store, and call in who answers for it.")
            )
        )
    return 0 if report.ok else 1


@command("audit seal", N_("Seal what was recorded so far, and print the newest seal's digest."), json=True)
def audit_seal(errand: Errand) -> None:
    """Seal now."""
    from core.people.access import Right, require
    from core.store.seals import seal

    require(errand.actor, Right.SEE_AUDIT)
    result = seal(errand.store, errand.actor)
    if errand.json:
        json_answer(
            {
                "rows": result.rows,
                "seal": result.number,
                "digest": result.digest,
                "sealed_at": iso(result.sealed_at),
            }
        )
        return
    words = errand.words
    count = sum(result.rows.values())
    say(words.plural("{count} row sealed.", "{count} rows sealed.", count))
    say(words.say(N_("Seal {number}: {digest}"), number=result.number, digest=result.digest))


@command("audit export", N_("Write the audit trail to a CSV or XLSX file, on record."), json=True)
def audit_export(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("A .csv or .xlsx file."))],
    purpose: Annotated[
        str, typer.Option("--purpose", metavar="TEXT", help=N_("What it is for; this is kept on record."))
    ],
    of_table: OfTable = "",
    row: OfRow = "",
    member: OfMember = "",
    by: ByStaff = "",
    since: From = None,
    until: To = None,
) -> None:
    """Export what the actor may see, oldest first."""
    from core.imports.audit_export import export_trail

    words, line = errand.words, Line()
    query = replace(_query(of_table, row, member, by, since, until), oldest_first=True)
    with stoppable() as asked:
        try:
            rows = export_trail(
                errand.store,
                errand.actor,
                file,
                query,
                purpose=purpose,
                words=words,
                progress=lambda done: line.tell(row_count(done, words)),
                cancelled=asked,
            )
        finally:
            line.wipe()
    if errand.json:
        json_answer({"rows": rows, "file": str(file)})
        return
    say(rows_written(rows, file, words))


def _with(report: AuditReport, sealed: SealResult) -> AuditReport:
    """The report after what was new has been sealed; the entry that names the newest seal waits for the next."""
    if not sealed.rows:
        return report
    rows = {name: report.rows.get(name, 0) + sealed.rows.get(name, 0) for name in {*report.rows, *sealed.rows}}
    return replace(
        report,
        rows=rows,
        seals=sealed.number,
        unsealed=1,
        number=sealed.number,
        digest=sealed.digest,
        sealed_at=sealed.sealed_at,
    )


def _query(of_table: str, row: str, member: str, by: str, since: date | None, until: date | None) -> TrailQuery:
    from core.members.trail import TrailQuery

    return TrailQuery(table=of_table, row=row, member=member, by=by, since=since, until=until)


def _as_json(report: AuditReport, errand: Errand) -> dict[str, Any]:
    def shown(finding: Any) -> dict[str, Any]:
        return {
            "kind": finding.kind.value,
            "table": finding.table,
            "row": finding.key,
            "day": iso(finding.day),
            "harmless": finding.harmless,
            "text": errand.words.say(finding.template, **finding.params),
        }

    return {
        "ok": report.ok,
        "first": shown(report.first) if report.first else None,
        "findings": [shown(finding) for finding in report.findings],
        "counts": {kind.value: count for kind, count in report.counts.items()},
        "rows": dict(report.rows),
        "seals": report.seals,
        "unsealed": report.unsealed,
        "seal": report.number,
        "digest": report.digest,
        "sealed_at": iso(report.sealed_at),
        "expected": report.expected,
    }


def _told(report: AuditReport, errand: Errand) -> None:
    words = errand.words
    named = ([report.first] if report.first else []) + [f for f in report.findings if f is not report.first]
    for finding in named[:20]:
        say(words.say(finding.template, **finding.params))
    more = sum(report.counts.values()) - len(named[:20])
    if more > 0:
        say(words.plural("And {count} more like this.", "And {count} more like these.", more))
    if report.ok:
        rows = sum(report.rows.values())
        say(
            words.plural(
                "{count:,} sealed row in {seals} is as it was written; {unsealed}.",
                "{count:,} sealed rows in {seals} are as they were written; {unsealed}.",
                rows,
                seals=words.plural("{count} seal", "{count} seals", report.seals),
                unsealed=words.plural(
                    "{count} entry not yet sealed", "{count} entries not yet sealed", report.unsealed
                ),
            )
        )
    if report.digest:
        say(words.say(N_("Seal {number}: {digest}"), number=report.number, digest=report.digest))
