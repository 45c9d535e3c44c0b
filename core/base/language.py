"""Language catalogues: every word a user reads comes through `Catalogue.say`.

English sentences are the keys; `data/languages/zh` holds the Chinese (gettext).
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from core.base.errors import BadInput, HuifangError
from core.base.resources import data_folder

LANGUAGES = ("zh", "en")


def N_(template: str) -> str:
    """Mark a sentence for the catalogue where it is written but not yet worded."""
    return template


class Counted(str):
    """A sentence about several things, which knows how it goes for one; `{count}` in it decides."""

    __slots__ = ("one",)
    one: str

    def format(self, *args: Any, **params: Any) -> str:
        """The sentence in English, for that count."""
        return (self.one if params["count"] == 1 else str(self)).format(*args, **params)


def NN_(one: str, many: str) -> Counted:
    """Mark a sentence that has a `{count}`, for one thing and for several, where it is not yet worded."""
    counted = Counted(many)
    counted.one = one
    return counted


class Word(str):
    """A value in a sentence that is in the catalogue itself, such as the name of a state."""

    __slots__ = ()


class Catalogue:
    """The words of one language."""

    def __init__(self, lang: str, translations: gettext.NullTranslations) -> None:
        self.lang = lang
        self._translations = translations

    def say(self, template: str, /, **params: object) -> str:
        """The sentence in this language, its `{fields}` filled in."""
        if isinstance(template, Counted):
            return self._translations.ngettext(template.one, template, int(str(params["count"]))).format(**params)
        worded = self._translations.gettext(template) if template else ""
        return worded.format(**params) if params else worded

    def plural(self, one: str, many: str, count: int, /, **params: object) -> str:
        """The sentence for `count` things; `{count}` is filled in."""
        return self._translations.ngettext(one, many, count).format(count=count, **params)

    def error(self, error: HuifangError) -> str:
        """What happened and what to do, in this language."""
        params = {
            name: self.say(value) if isinstance(value, Word) else value for name, value in error.params.items()
        }
        return self.say(error.template, **params)

    def pick(self, names: Mapping[str, str]) -> str:
        """The entry of a data file that is in this language, else any."""
        return names.get(self.lang) or next(iter(names.values()), "")


@lru_cache(maxsize=4)
def catalogue(lang: str) -> Catalogue:
    """The catalogue of `lang` (zh or en). Raises BadInput for another language."""
    if lang not in LANGUAGES:
        raise BadInput(
            "language.unknown",
            N_("There is no language {lang!r}: use zh or en (option --lang, setting HUIFANG_LANG)."),
            field="lang",
            lang=lang,
        )
    if lang == "en":
        return Catalogue("en", gettext.NullTranslations())
    folder = data_folder() / "languages"
    return Catalogue(lang, gettext.translation("huifang", folder, [lang]))


def locale_language() -> str:
    """zh or en, as the locale of the terminal says."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
