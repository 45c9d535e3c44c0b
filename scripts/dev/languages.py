"""Language catalogues: `python -m scripts.dev.languages` sorts and compiles; `--check` only reports.

Every sentence marked in the code must have its Chinese in `data/languages/zh/LC_MESSAGES/huifang.po`, and every
entry there must be a sentence that the code marks.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "data" / "languages" / "zh" / "LC_MESSAGES" / "huifang.po"
MARKS = {"N_": 1, "say": 1, "NN_": 2, "plural": 2}
"""Who marks sentences, and how many forms of each it is given."""


Sentence = str | tuple[str, str]
"""What stands in the catalogue: a sentence, or one for a single thing with the one for several."""


def extracted() -> set[Sentence]:
    """Every sentence the code marks, however deep it stands in other calls or in an f-string."""
    found: set[Sentence] = set()
    for room in ("core", "tui", "scripts"):
        for path in (ROOT / room).rglob("*.py"):
            if not {"migrations", "dev"} & {*path.relative_to(ROOT).parts}:
                found.update(marked(ast.parse(path.read_text(encoding="utf-8"))))
    return found - {""}


def marked(tree: ast.AST) -> Iterator[Sentence]:
    """The sentences that a piece of code marks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            forms = [[*_texts(argument)] for argument in node.args[: MARKS.get(called, 0)]]
            if len(forms) == 1:
                yield from forms[0]
            elif forms:
                yield from zip(*forms, strict=True)


def _texts(argument: ast.expr) -> Iterator[str]:
    """The sentences that stand there as they are; one of several by a condition, too."""
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one), *_texts(other))


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def faults(catalogue: Catalog) -> list[str]:
    """What is missing, left over, or differs in its {fields}."""
    wanted = extracted()
    have: dict[Any, Any] = {message.id: message for message in catalogue if message.id}
    problems = [f"no Chinese for: {_shown(sentence)}" for sentence in sorted(wanted - have.keys(), key=_shown)]
    problems += [f"nothing says: {_shown(sentence)}" for sentence in sorted(have.keys() - wanted, key=_shown)]
    for sentence, message in have.items():
        worded = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
        if not worded:
            problems.append(f"empty Chinese for: {_shown(sentence)}")
        elif fields(worded) != fields(sentence if isinstance(sentence, str) else sentence[-1]):
            problems.append(f"other fields in the Chinese of: {_shown(sentence)}")
    return problems


def _shown(sentence: Sentence) -> str:
    return sentence if isinstance(sentence, str) else " | ".join(sentence)


def fields(sentence: str) -> set[str]:
    """The `{fields}` of a sentence."""
    return set(re.findall(r"\{(\w+)", sentence))


def main() -> int:
    """Check, and unless `--check` was asked for write the sorted .po and the .mo."""
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh")
    catalogue.fuzzy = False
    problems = faults(catalogue)
    for problem in problems:
        print(problem)
    mo = PO.with_suffix(".mo")
    if "--check" in sys.argv:
        if mo.read_bytes() != compiled(catalogue):
            problems.append("stale")
            print("huifang.mo is stale: run python -m scripts.dev.languages")
        return 1 if problems else 0
    with PO.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, no_location=True, omit_header=False)
    mo.write_bytes(compiled(catalogue))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
