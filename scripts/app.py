"""The command line: one module per family of commands in `scripts.commands`, put together here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort, TyperException

from core.base.language import LANGUAGES, N_, Catalogue
from scripts.commands import (  # noqa: F401
    audit,
    board,
    calendar,
    calls,
    cover,
    exchange,
    gifts,
    giving,
    handover,
    hosting,
    lists,
    maintenance,
    matters,
    members,
    offers,
    people,
    people_accounts,
    people_leaving,
    program,
    recovery,
    report,
    servers,
)
from scripts.errand import COMMANDS
from scripts.failures import complain, guarded, some_words, spoken_language
from scripts.usage import SHARED, usage_sentence, wanted_help

WRONG_USAGE = 2

_HEADINGS = (
    N_("Usage:"),
    N_("Options:"),
    N_("Commands:"),
    N_("Arguments:"),
    N_("Show this message and exit."),
    N_("[required]"),
    N_("[default:"),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
)

_FAMILIES = {
    "member": N_("One member: show, change, history."),
    "call": N_("Calls: put one on record."),
    "staff": N_("The staff on record."),
    "calendar": N_("The stores' own working days."),
    "handover": N_("Handovers: apply, decide, file, look up."),
    "cover": N_("Who works whose list while they are away."),
    "audit": N_("Who changed what, and the proof that nobody altered the record."),
    "complaint": N_("Complaints: take down, see to, look up."),
    "problem": N_("Problems: take down, put right, look up."),
    "suggestion": N_("What members suggest: accept, do, decline, tell."),
    "recovery": N_("Members gone for months: reviews, and calls without a measure."),
    "measure": N_("Measures to bring members back: take, do, drop, look up."),
    "ranking": N_("How dormant members are ranked for recovery."),
    "gift": N_("Gifts: catalogue, stock, budget, give, collect, take back."),
    "offer": N_("Offers and their coupons: give, use, withdraw."),
    "report": N_("Reports on the terminal or as a file with pictures."),
    "board": N_("How the day and the month of each caller and store stand."),
}

_ORDER = [
    "open",
    "attach",
    "host",
    "serve",
    "demo",
    "init",
    "upgrade",
    "check",
    "backup",
    "restore",
    "move",
    "roles",
    "import",
    "export",
    "plan",
    "worklist",
    "why",
    "members",
    "member",
    "call",
    "staff",
    "calendar",
    "complaint",
    "problem",
    "suggestion",
    "recovery",
    "measure",
    "ranking",
    "gift",
    "offer",
    "handover",
    "cover",
    "board",
    "report",
    "audit",
]


def built(words: Catalogue) -> TyperGroup:
    """The whole command line in that language."""
    app = typer.Typer(
        name="huifang",
        help=N_("Huifang: the desk of the people who keep a shop's members. Without a command it opens."),
        add_completion=False,
        no_args_is_help=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )
    groups: dict[str, typer.Typer] = {}
    alone = {command.name for command in COMMANDS} & {command.name.rpartition(" ")[0] for command in COMMANDS}
    for command in COMMANDS:
        family, _, name = command.name.rpartition(" ")
        family = name if name in alone else family
        if family and family not in groups:
            bare = family in alone
            groups[family] = typer.Typer(
                help=_FAMILIES[family],
                no_args_is_help=not bare,
                invoke_without_command=bare,
                rich_markup_mode=None,
            )
            app.add_typer(groups[family], name=family)
        if command.name == family:
            groups[family].callback(help=command.help)(_unless_followed(command.function))
            continue
        groups.get(family, app).command(name, help=command.help, short_help=command.help)(command.function)
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    group.commands = {name: group.commands[name] for name in sorted(group.commands, key=_ORDER.index)}
    _localise(group, words)
    return group


def _unless_followed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command that is a family too, such as `board` beside `board reassign`: it stands back for those."""

    @functools.wraps(function)
    def run(ctx: typer.Context, **values: Any) -> Any:
        return None if ctx.invoked_subcommand is not None else function(**values)

    own = inspect.signature(function)
    first = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    run.__signature__ = own.replace(parameters=[first, *own.parameters.values()])  # type: ignore[attr-defined]
    run.__annotations__ = {"ctx": typer.Context, **{p.name: p.annotation for p in own.parameters.values()}}
    return run


def _localise(entry: Any, words: Catalogue) -> None:
    for text in ("help", "short_help"):
        if getattr(entry, text, None):
            setattr(entry, text, words.say(getattr(entry, text)))
    for parameter in entry.params:
        if getattr(parameter, "help", None):
            parameter.help = words.say(parameter.help)
    _translate_headings(entry, words)
    for child in getattr(entry, "commands", {}).values():
        _localise(child, words)


def _translate_headings(entry: TyperCommand | TyperGroup, words: Catalogue) -> None:
    plain = entry.get_help

    def get_help(context: Any) -> str:
        text: str = plain(context)
        for heading in _HEADINGS:
            text = text.replace(heading, words.say(heading))
        return text

    entry.get_help = get_help  # type: ignore[assignment, method-assign]


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused with a reason, 2 wrong usage."""
    words = some_words(arguments)
    return guarded(lambda: _run(arguments, words), arguments, None)


def settled(arguments: Sequence[str]) -> list[str]:
    """The arguments with the options all commands share put last: `--lang zh plan` becomes `plan --lang zh`."""
    kept: list[str] = []
    shared: list[str] = []
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option.partition("=")[0] not in SHARED:
            kept.append(option)
            continue
        shared.append(option)
        if "=" not in option and rest:
            shared.append(rest.pop(0))
    return kept + rest + (shared if rest else [])


def _run(arguments: Sequence[str], words: Catalogue) -> int:
    lang = spoken_language(arguments)
    if lang not in LANGUAGES:
        complain(
            words.say(
                N_("There is no language {lang!r}: use zh or en (option --lang, setting HUIFANG_LANG)."), lang=lang
            )
        )
        return WRONG_USAGE if any(a.partition("=")[0] == "--lang" for a in arguments) else 1
    try:
        code = built(words).main(settled(arguments), prog_name="huifang", standalone_mode=False)
    except Abort:
        return 1
    except TyperException as error:
        if text := wanted_help(error):
            print(text)
        else:
            complain(usage_sentence(error, words))
        return WRONG_USAGE
    return code if isinstance(code, int) else 0
