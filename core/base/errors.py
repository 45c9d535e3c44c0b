"""The one family of errors: a code, a sentence in English that is the catalogue's key, and its parameters.

Core raises them; each face words them in the user's language with `Catalogue.error`.
"""

from __future__ import annotations


class HuifangError(Exception):
    """Something the user must be told; `code` is stable, `template` is the catalogue's key."""

    def __init__(self, code: str, template: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**self.params)


class Refused(HuifangError):
    """An action was understood and refused; the sentence says why and what would allow it."""


class NotAllowed(Refused):
    """The actor's role does not allow this (PRODUCT.md R15.2)."""


class NotFound(Refused):
    """What was named does not exist, or the actor may not know of it."""


class BadInput(Refused):
    """A value typed or read is not what the field takes; `field` names it where one field is to blame."""

    def __init__(self, code: str, template: str, /, *, field: str = "", **params: object) -> None:
        super().__init__(code, template, **params)
        self.field = field


class Conflict(Refused):
    """Somebody changed the record meanwhile; `differences` are (field, theirs, yours)."""

    def __init__(
        self,
        code: str,
        template: str,
        /,
        *,
        differences: tuple[tuple[str, str, str], ...] = (),
        **params: object,
    ) -> None:
        super().__init__(code, template, **params)
        self.differences = differences


class BadData(HuifangError):
    """A file of `data/` or of the store's own folder is wrong; the sentence names file and key."""


class StoreTrouble(HuifangError):
    """The store can't be used as it is: missing, newer or older, locked, read-only, full, damaged."""


class Cancelled(HuifangError):
    """The user stopped a long piece of work; what had been committed by then stays."""
