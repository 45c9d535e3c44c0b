"""The generated documents: `python -m scripts.dev.reference` writes them, `--check` says whether they are fresh.

docs/commands.md comes from the commands themselves, the key card from the screens' registry of keys, the tables
of import columns from `data/import_columns.toml`, docs/access.md from the table of rights; in English and Chinese.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from core.base.language import Catalogue, catalogue
from scripts.app import built
from scripts.dev import access_table

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SUFFIX = {"en": "", "zh": ".zh"}
_ROUNDED = re.compile(r" +$", re.MULTILINE)


def commands_page(words: Catalogue) -> str:
    """Every command with its help, as `huifang COMMAND --help` prints it."""
    title = {"en": "# Commands", "zh": "# 命令"}[words.lang]
    intro = {
        "en": "What `huifang COMMAND --help` says. Exit codes: 0 done, 1 refused with a reason, 2 wrong usage.",
        "zh": "即 `huifang 命令 --help` 的内容。退出码: 0 完成, 1 拒绝并说明原因, 2 用法错误。",
    }[words.lang]
    parts = [title, "", "<!-- written by scripts/dev/reference.py: do not edit -->", "", intro, ""]
    for name, text in _helps(built(words), "huifang"):
        parts += [f"## {name}", "", "```text", _ROUNDED.sub("", text).strip(), "```", ""]
    return "\n".join(parts)


def _helps(entry: Any, path: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    context = typer.Context(
        entry, info_name=path.rpartition(" ")[2], parent=parent, terminal_width=100, **entry.context_settings
    )
    children = getattr(entry, "commands", {})
    if not children or parent is None or entry.invoke_without_command:
        yield path, entry.get_help(context)
    for name, child in children.items():
        yield from _helps(child, f"{path} {name}", context)


def keys(words: Catalogue) -> str:
    """The keys of each screen as a table."""
    from tui.keys import key_card

    lines: list[str] = []
    for screen, lines_of in key_card(words):
        lines += [f"**{screen}**", "", "| | |", "| --- | --- |"]
        lines += [f"| `{printed}` | {what} |" for printed, what in lines_of]
        lines.append("")
    return "\n".join(lines).strip()


def import_columns(words: Catalogue) -> str:
    """The columns of the import files, with the headings understood."""
    data = tomllib.loads((ROOT / "data" / "import_columns.toml").read_text(encoding="utf-8"))
    heads = {"en": ("column", "also understood"), "zh": ("列", "也认得")}[words.lang]
    lines: list[str] = []
    for kind in ("stores", "staff", "members", "purchases"):
        lines += [f"**{kind}**", "", f"| {heads[0]} | {heads[1]} |", "| --- | --- |"]
        for entry in data[kind].values():
            first, *others = entry["zh"] if words.lang == "zh" else entry["en"]
            also = [*others[:3], entry["en" if words.lang == "zh" else "zh"][0]]
            lines.append(f"| {first}{' *' if entry.get('needed') else ''} | {', '.join(also)} |")
        lines.append("")
    return "\n".join(lines).strip()


GENERATED: dict[str, tuple[str, Callable[[Catalogue], str]]] = {
    "keys": ("caller", keys),
    "columns": ("administrator", import_columns),
}
"""Parts of a page between `<!-- NAME: ... -->` and `<!-- end NAME -->`."""


def pages() -> dict[Path, str]:
    """What each generated document should hold now."""
    made = access_table.pages()
    for lang, suffix in SUFFIX.items():
        words = catalogue(lang)
        made[DOCS / f"commands{suffix}.md"] = commands_page(words)
        for name, (page, maker) in GENERATED.items():
            path = DOCS / f"{page}{suffix}.md"
            text = made.get(path) or path.read_text(encoding="utf-8")
            begin = f"<!-- {name}: written by scripts/dev/reference.py -->"
            end = f"<!-- end {name} -->"
            before, _, rest = text.partition(begin)
            _, _, after = rest.partition(end)
            made[path] = f"{before}{begin}\n\n{maker(words)}\n\n{end}{after}"
    return made


def main() -> int:
    """Write the documents, or with `--check` say which are stale."""
    stale = [
        path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if "--check" in sys.argv:
            print(f"{path.relative_to(ROOT)} is stale: run python -m scripts.dev.reference")
        else:
            path.write_text(pages()[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
