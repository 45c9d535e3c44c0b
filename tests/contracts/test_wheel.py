"""The wheel: installed, it finds its data, and it brings nothing that only developers need."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("huifang-*.whl")
    return made


def test_what_the_wheel_brings(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    rooms = {name.partition("/")[0] for name in names}
    assert {room for room in rooms if not room.endswith(".dist-info")} == {"core", "tui", "scripts"}
    assert "core/_data/policy.toml" in names
    assert "core/_data/languages/zh/LC_MESSAGES/huifang.mo" in names
    assert "core/_data/demo/shop.toml" in names
    assert "core/store/migrations/versions/v0001.py" in names
    assert not [n for n in names if n.startswith(("scripts/dev", "tests")) or n in ("scripts/run", "scripts/test")]


def test_an_installed_copy_finds_its_data(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    # Not from the checkout: only the unpacked wheel is on the path, before the editable install.
    program = (
        "import sys; from core.base.resources import data_folder; print(data_folder());"
        "from scripts.entry import main; sys.exit(main(['init']) or main(['plan', '--lang', 'zh', '--json']))"
    )
    env = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "HUIFANG_HOME": str(tmp_path / "home"),
        "HUIFANG_LANG": "zh",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == str(installed / "core" / "_data")
    assert "已建好" in lines[1]
    assert '"planned"' in lines[2]
