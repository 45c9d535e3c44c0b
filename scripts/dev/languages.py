"""Language catalogues: `python -m scripts.dev.languages` sorts and compiles; `--check` only reports.

Every sentence marked in the code must have its Chinese in `data/languages/zh/LC_MESSAGES/huifang.po`.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "data" / "languages" / "zh" / "LC_MESSAGES" / "huifang.po"
KEYWORDS = {"N_": None, "say": None, "plural": (1, 2)}


def extracted() -> set[str]:
    """Every sentence the code marks."""
    found: set[str] = set()
    for room in ("core", "tui", "scripts"):
        for name, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / room), [("**.py", "python")], keywords=KEYWORDS
        ):
            if "migrations" not in name and "dev/" not in name:
                found.add(message[0] if isinstance(message, tuple) else message)
    return found - {""}


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def faults(catalogue: Catalog) -> list[str]:
    """What is missing, left over, or differs in its {fields}."""
    wanted = extracted()
    have = {m.id[0] if isinstance(m.id, tuple) else m.id: m for m in catalogue if m.id}
    problems = [f"no Chinese for: {sentence}" for sentence in sorted(wanted - have.keys())]
    for sentence, message in have.items():
        worded = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
        source = message.id if isinstance(message.id, str) else message.id[-1]
        if not worded:
            problems.append(f"empty Chinese for: {sentence}")
        elif fields(worded) != fields(source):
            problems.append(f"other fields in the Chinese of: {sentence}")
    return problems


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
