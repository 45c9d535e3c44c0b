"""What may not stand in the tree: places of somebody's machine, addresses of package indexes, leftovers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {".py", ".md", ".toml", ".lock", ".po", ".mako", ".tcss", ".sh", ".svg", ".cfg", ".txt", ""}
ELSEWHERE = re.compile(r"/(?:work|root|home)/[a-z]|/Users/|[a-z]:\\\\Users", re.IGNORECASE)
INDEX = re.compile(r"pypi\.org|pythonhosted|/simple\b|extra-index|find-links\s*=|trusted-host", re.IGNORECASE)
EXCUSED = {"tests/contracts/test_tree.py", "tests/contracts/test_lock.py", "scripts/dev/lock"}


def tracked() -> list[Path]:
    """The files of the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def test_no_place_of_a_machine_and_no_index_address() -> None:
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in TEXTS or name in EXCUSED:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if ELSEWHERE.search(line) or INDEX.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert not found


def test_the_scripts_of_the_readme_are_executable() -> None:
    for name in ("scripts/run", "scripts/test", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111, name
        assert (ROOT / name).read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")


@pytest.mark.parametrize("name", ["scripts/run", "scripts/test", "scripts/venv.sh", "scripts/dev/lock", ".ci/run"])
def test_shell_scripts_can_be_read(name: str) -> None:
    subprocess.run(["bash", "-n", str(ROOT / name)], check=True, capture_output=True)


def test_a_changed_lock_or_project_asks_for_a_new_install(tmp_path: Path) -> None:
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text("one", encoding="utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "venv.sh").write_bytes((ROOT / "scripts" / "venv.sh").read_bytes())

    def shell(command: str) -> int:
        script = f". scripts/venv.sh; {command}"
        return subprocess.run(["bash", "-c", script], cwd=tmp_path, check=False, capture_output=True).returncode

    ready = "huifang_installed requirements.lock"
    assert shell(ready) != 0
    (tmp_path / ".venv").mkdir()
    assert shell("huifang_stamp requirements.lock > .venv/stamp-requirements.lock") == 0
    assert shell(ready) == 0
    (tmp_path / "pyproject.toml").write_text("two", encoding="utf-8")
    assert shell(ready) != 0
