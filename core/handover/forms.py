"""What somebody fills in to apply for a handover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Split = Literal["even", "store", "hand"]


@dataclass(frozen=True, slots=True)
class HandoverForm:
    """An application as it is filled in; all codes are those people type.

    `kind` is members, leaving (all members of the giver) or moving (`to_store`; only the members named move).
    `members` are numbers; `classes` takes all of the giver's members in these classes instead ("" for none).
    `split`: even (balanced by class), store (`by_store`: store code -> successor codes, the others evenly among
    `successors`), hand (`by_hand`: member number -> successor code). `by_hand` also overrides the other two.
    """

    giver: str
    kind: str = "members"
    successors: tuple[str, ...] = ()
    reason: str = ""
    members: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    split: Split = "even"
    by_store: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_hand: Mapping[str, str] = field(default_factory=dict)
    to_store: str = ""
