"""What was wrong with a command line, in a sentence of the user's language, and where to read more."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

from core.base.language import N_, Catalogue

SHARED = ("--lang", "--as", "--store-url")
"""Options that every command takes, wherever they stand."""

_VALUES = (
    (re.compile(r"Input should be a valid integer\b.*"), N_("write a whole number")),
    (re.compile(r"Input should be a valid number\b.*"), N_("write a number")),
    (
        re.compile(r"Input should be a valid UUID\b.*"),
        N_("write a UUID, such as 6f1b2c1e-0d5a-4c7e-9a53-2f1f0d6c8b11"),
    ),
    (re.compile(r"Input should be greater than or equal to (?P<least>\S+)"), N_("write a number from {least} on")),
    (re.compile(r"Input should be less than or equal to (?P<most>\S+)"), N_("write a number up to {most}")),
)
"""What the library says of a value, and what to do about it."""

_NO_COMMAND = re.compile(r"No such command '(?P<name>.*?)'\.(?: Did you mean (?P<close>.*?)\?)?")
_SURPLUS = re.compile(r"Got unexpected extra arguments?(?:\(s\))? ?\((?P<extra>.*)\)")


def wanted_help(error: TyperException) -> str:
    """The help of a family of commands that was named without one of them; empty where something is wrong."""
    context: Any = getattr(error, "ctx", None)
    if context is None or not isinstance(context.command, TyperGroup):
        return ""
    bare = type(error).__name__ == "NoArgsIsHelpError" or getattr(error, "option_name", "") in SHARED
    return str(context.get_help()) if bare else ""


def usage_sentence(error: TyperException, words: Catalogue) -> str:
    """What was wrong, and the command whose help says more."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "huifang"
    fault, close = _fault(error, words)
    said = words.say("{fault}.", fault=_begun(fault.rstrip(".。")))
    parts = [said, *([words.say("Did you mean {close}?", close=close)] if close else [])]
    return ("" if words.lang == "zh" else " ").join([*parts, words.say("See `{path} --help`.", path=path)])


def _begun(sentence: str) -> str:
    """A sentence as it begins; a name stays as it is written."""
    first = sentence.partition(" ")[0]
    return sentence[:1].upper() + sentence[1:] if first.isalpha() else sentence


def _fault(error: TyperException, words: Catalogue) -> tuple[str, str]:
    """The fault, and what else may have been meant."""
    kind = type(error).__name__
    parameter: Any = getattr(error, "param", None)
    if kind == "NoSuchOption":
        close = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
        return words.say("There is no option {name}.", name=getattr(error, "option_name", "")), close
    if parameter is not None:
        return _of_parameter(kind, parameter, error, words), ""
    message = error.format_message() if kind != "BadParameter" else error.message
    if found := _NO_COMMAND.match(message):
        close = (found["close"] or "").replace("'", "")
        return words.say("There is no command {name}.", name=found["name"]), close
    if found := _SURPLUS.match(message):
        return words.say("There is nothing for {extra} here.", extra=found["extra"]), ""
    return words.say(message), ""


def _of_parameter(kind: str, parameter: Any, error: TyperException, words: Catalogue) -> str:
    name = _shown(parameter)
    choices = ", ".join(str(choice) for choice in getattr(parameter.type_descriptor, "choices", None) or ())
    if kind == "MissingParameter":
        if choices:
            return words.say("{name} is missing: write one of {choices}.", name=name, choices=choices)
        return words.say("{name} is missing.", name=name)
    if choices:
        return words.say("{name} must be one of {choices}.", name=name, choices=choices)
    return words.say("{name}: {fault}.", name=name, fault=_value_fault(error.message, words))


def _value_fault(message: str, words: Catalogue) -> str:
    for form, template in _VALUES:
        if found := form.fullmatch(message.rstrip(".")):
            return words.say(template, **found.groupdict())
    return words.say(message).rstrip(".")


def _shown(parameter: Any) -> str:
    if parameter.param_type_name == "option":
        return "/".join(parameter.opts)
    return str(parameter.metavar or parameter.name)
