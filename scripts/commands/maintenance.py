"""Making a store, upgrading it, proving it sound, backing it up and restoring it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.base.language import N_
from scripts.errand import Errand, command
from scripts.show import json_answer, say


@command("init", N_("Make the store where there is none yet."))
def init(errand: Errand) -> None:
    """Make the store."""
    from core.store.migrate import init

    made = init(errand.bare_store)
    where = errand.bare_store.where
    if made:
        say(errand.words.say(N_("The store {where} is ready. Next: `huifang import stores FILE`."), where=where))
    else:
        say(errand.words.say(N_("The store {where} was there already; nothing was changed."), where=where))


@command("upgrade", N_("Bring an older store to this program's version; a backup is made first."))
def upgrade(
    errand: Errand,
    backup_file: Annotated[
        Path | None,
        typer.Option(
            "--backup", metavar="FILE", help=N_("Where the backup goes (beside the store unless given).")
        ),
    ] = None,
) -> None:
    """Upgrade the store."""
    from core.store.engine import SCHEMA_VERSION
    from core.store.migrate import upgrade

    store, words = errand.bare_store, errand.words
    found = store.version()
    if found == SCHEMA_VERSION:
        say(
            words.say(
                N_("The store {where} is of this version ({version}) already."), where=store.where, version=found
            )
        )
        return
    if found is not None and found < SCHEMA_VERSION:
        saved = _saved_before(errand, backup_file, found)
        if saved is not None:
            say(words.say(N_("Backup before the upgrade: {file}"), file=saved))
    before, after = upgrade(store)
    say(words.say(N_("Upgraded from {before} to {after}."), before=before or "-", after=after))


def _saved_before(errand: Errand, target: Path | None, found: str) -> Path | None:
    from core.store.backup import backup

    file = errand.bare_store.file
    if target is None:
        if file is None:
            return None
        target = file.with_name(f"{file.stem}-{found}-{errand.today:%Y%m%d}{file.suffix}")
    return backup(errand.bare_store, target, replace=True).file


@command("check", N_("Prove that the store is sound."), json=True)
def check(errand: Errand) -> int:
    """Check the store; exit code 1 where something is wrong."""
    from core.store.check import check

    report = check(errand.store)
    words = errand.words
    if errand.json:
        json_answer(
            {
                "ok": report.ok,
                "findings": [
                    {"code": f.code, "text": words.say(f.template, **f.params), "harmless": f.harmless}
                    for f in report.findings
                ],
            }
        )
        return 0 if report.ok else 1
    for finding in report.findings:
        say(words.say(finding.template, **finding.params))
    if report.ok:
        say(words.say(N_("The store {where} is sound."), where=errand.store.where))
        return 0
    say(
        words.say(
            N_("The store {where} is not sound: keep a copy of it and restore a backup."), where=errand.store.where
        )
    )
    return 1


@command("backup", N_("Copy the store, while others work in it, to one file."))
def backup(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("The backup to make."))],
    replace: Annotated[bool, typer.Option("--replace", help=N_("Write over a file that is there."))] = False,
) -> None:
    """Back the store up."""
    from core.store.backup import backup

    made = backup(errand.store, file, actor=errand.actor, replace=replace)
    say(
        errand.words.say(
            N_("Backup made and checked: {file} ({size} KB)."), file=made.file, size=made.size // 1024
        )
    )


@command("restore", N_("Put a backup in the store's place, after checking it."))
def restore(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("A backup made by `huifang backup`."))],
) -> None:
    """Restore a backup; the store that was there is kept aside."""
    from core.base.actor import SHELL
    from core.store.backup import restore

    actor = SHELL if errand.as_code is None else errand.actor
    restored = restore(file, errand.settings.database, actor)
    words = errand.words
    say(words.say(N_("Restored {file} to {where}."), file=file, where=restored.where))
    if restored.kept_aside is not None:
        say(words.say(N_("What was there before is kept as {file}."), file=restored.kept_aside))
    if restored.needs_upgrade:
        say(words.say(N_("It is of an older version: run `huifang upgrade` next.")))
