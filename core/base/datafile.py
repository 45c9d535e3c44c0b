"""Checked data files: what a manager may change in `data/`, read from there or from the store's own folder."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.base.errors import BadData
from core.base.language import N_
from core.base.resources import data_folder


class Entry(BaseModel):
    """A checked part of a data file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


EntryT = TypeVar("EntryT", bound=Entry)


def chosen_file(own: Path | None, name: str) -> Path:
    """The store's own file of that name where it has one, else the program's."""
    return own / name if own is not None and (own / name).is_file() else data_folder() / name


def read_file(path: Path) -> dict[str, Any]:
    """What a file says. Raises BadData naming it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise wrong(path, "-", str(error)) from error


def checked(kind: type[EntryT], values: Mapping[str, Any], path: Path, prefix: str = "") -> EntryT:
    """The values as an entry of that kind. Raises BadData naming the file and the key, below `prefix`."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([prefix, *map(str, first["loc"])] if prefix else map(str, first["loc"]))
        raise wrong(path, key, first["msg"]) from error


def wrong(path: Path, key: str, reason: str) -> BadData:
    """The error that says where a file is wrong, and why."""
    return BadData(
        "data.wrong",
        N_("The file {file} is wrong at {key}: {reason}. Correct it, or remove it to use the program's own."),
        file=path,
        key=key,
        reason=reason,
    )
