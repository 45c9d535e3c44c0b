"""The documents: their commands run as written, in both languages alike, and what is generated is fresh."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from core.base.language import catalogue
from scripts.app import built
from scripts.dev import reference
from scripts.entry import main
from tests.scripts.conftest import demo_template, files  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README", "docs/caller", "docs/supervisor", "docs/administrator", "docs/deployment", "docs/commands"]
EXAMPLES = re.compile(r"```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def page(name: str, lang: str) -> str:
    """A page's text."""
    return (ROOT / f"{name}{'.zh' if lang == 'zh' else ''}.md").read_text(encoding="utf-8")


def examples(text: str) -> list[list[str]]:
    """The commands shown in a page, as words."""
    lines = [line for block in EXAMPLES.findall(text) for line in block.splitlines()]
    assert all(line.startswith("$ huifang ") for line in lines)
    return [shlex.split(line.removeprefix("$ huifang ")) for line in lines]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", PAGES[:-1])
def test_the_examples_run(
    name: str,
    lang: str,
    demo_template: Path,  # noqa: F811
    files: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    commands = examples(page(name, lang))
    home = Path(os.environ["HUIFANG_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    if ["init"] not in commands:
        shutil.copy(demo_template, home / "huifang.db")
    monkeypatch.setenv("HUIFANG_LANG", lang)
    monkeypatch.chdir(files)
    number = next(line.split(",")[0] for line in (files / "members.csv").read_text("utf-8-sig").splitlines()[1:])
    for words in commands:
        given = [number if word == "10001" and ["init"] in commands else word for word in words]
        code = main(given)
        _out, err = capfd.readouterr()
        assert code == 0, f"huifang {' '.join(words)}: {err}"


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_show_the_same(name: str) -> None:
    def shape(lang: str) -> list[list[str]]:
        return [[w for w in words if w.isascii()][:3] for words in examples(page(name, lang))]

    assert shape("en") == shape("zh")
    for heading in ("## ", "```"):
        assert page(name, "en").count(heading) == page(name, "zh").count(heading)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", [*PAGES, "CHANGELOG", "docs/architecture"])
def test_links_lead_somewhere(name: str, lang: str) -> None:
    if lang == "zh" and name in ("CHANGELOG", "docs/architecture"):
        pytest.skip("one language only")
    path = ROOT / f"{name}{'.zh' if lang == 'zh' else ''}.md"
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_generated_parts_are_fresh() -> None:
    stale = [path.name for path, text in reference.pages().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run python -m scripts.dev.reference"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_is_documented(lang: str) -> None:
    text = page("docs/commands", lang)
    group = built(catalogue(lang))
    for name, entry in group.commands.items():
        for child in getattr(entry, "commands", {}) or [""]:
            assert f"## huifang {name} {child}".rstrip() + "\n" in text


def test_every_command_has_help_in_chinese() -> None:
    def texts(entry: object) -> list[str]:
        found = [getattr(entry, "help", None) or ""]
        for part in (*getattr(entry, "params", []), *getattr(entry, "commands", {}).values()):
            found += texts(part)
        return found

    plain = [
        text
        for text in texts(built(catalogue("zh")))
        if text.isascii() and text not in ("", "goods=5,place=4,service=5")
    ]
    assert not plain
