"""docs/access.md in both languages: the one table of rights in the words of access_page.{en,zh}.md.

Written and checked by scripts.dev.reference.
"""

from __future__ import annotations

from pathlib import Path

from core.base.actor import Role
from core.base.language import Catalogue, catalogue
from core.base.naming import ROLES, named
from core.base.rulebook import load_rulebook
from core.people.access import Right, Scope, manages, rows

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
SUFFIX = {"en": "", "zh": ".zh"}
SCOPES = {
    "en": {Scope.NONE: "-", Scope.OWN: "own", Scope.STORE: "own store", Scope.ALL: "all"},
    "zh": {Scope.NONE: "-", Scope.OWN: "自己的", Scope.STORE: "本店", Scope.ALL: "全部"},
}
HEADS = {"en": ("right", "role", "manages"), "zh": ("权限", "角色", "管理")}


def pages() -> dict[Path, str]:
    """What both documents should hold now."""
    return {DOCS / f"access{suffix}.md": page(catalogue(lang)) for lang, suffix in SUFFIX.items()}


def page(words: Catalogue) -> str:
    """The document in that language."""
    right, role, manages_ = HEADS[words.lang]
    policy = load_rulebook().policy.sign_in
    filled = {
        "rights": _table([right, *(named(ROLES, r, words) for r in Role)], [_row(r, words) for r in Right]),
        "managers": _table([role, manages_], [_managed(r, words) for r in Role if manages(r)]),
        "failures": policy.failures,
        "minutes": policy.lock_minutes,
    }
    return (HERE / f"access_page.{words.lang}.md").read_text(encoding="utf-8").format(**filled)


def _table(head: list[str], body: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *body))


def _row(right: Right, words: Catalogue) -> list[str]:
    scopes = rows()[right]
    return [words.say(right.value), *(SCOPES[words.lang][scopes[role]] for role in Role)]


def _managed(role: Role, words: Catalogue) -> list[str]:
    listed = [named(ROLES, other, words) for other in Role if other in manages(role)]
    return [named(ROLES, role, words), ", ".join(listed)]
