"""The shipped files for a pair of servers: fitted whole to a trial, and taken by the programs they are for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.dev.failover.deployed import DEPLOY, fitted
from scripts.dev.failover.ground import Ground
from scripts.dev.failover.machines import Machines

ELSEWHERE = re.compile(r"^[^#;]*(10\.0\.0\.|change-|/etc/|/srv/|/var/)", re.MULTILINE)
OPENSSL, HAPROXY = shutil.which("openssl"), shutil.which("haproxy") or shutil.which("/usr/sbin/haproxy")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path, user=None)


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_nothing_of_the_shipped_places_is_left(ground: Ground) -> None:
    machines = Machines(ground)
    first, second = machines.nodes
    for name in ("db1.yml", "db2.yml", "db1-pgbackrest.conf", "db2-pgbackrest.conf"):
        assert not ELSEWHERE.search((ground.folder / name).read_text(encoding="utf-8")), name
    for name, text in machines.way().items():
        assert not ELSEWHERE.search(text), name
    one, two = ((ground.folder / f"{node.name}.yml").read_text(encoding="utf-8") for node in (first, second))
    assert str(first.data) in one
    assert str(first.data) not in two
    assert f"connect_address: 127.0.0.1:{second.port}" in two


def test_a_place_that_is_not_in_the_file_is_told() -> None:
    with pytest.raises(KeyError):
        fitted("haproxy.cfg", {"10.0.0.99": "127.0.0.1"})


def test_what_was_put_in_is_not_changed_again() -> None:
    text = fitted("haproxy.cfg", {"127.0.0.1:5000": "127.0.0.1:5001", "127.0.0.1:5001": "127.0.0.1:5002"})
    assert "bind 127.0.0.1:5001\n" in text
    assert "bind 127.0.0.1:5002\n" in text


@pytest.mark.skipif(HAPROXY is None, reason="haproxy is not installed")
def test_haproxy_takes_its_file() -> None:
    assert HAPROXY is not None
    done = subprocess.run(
        [HAPROXY, "-c", "-f", DEPLOY / "haproxy.cfg"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_pgbouncer_may_open_as_many_files_as_it_has_terminals() -> None:
    pooler = (DEPLOY / "pgbouncer.ini").read_text(encoding="utf-8")
    clients, servers = (
        int(found[1])
        for name in ("max_client_conn", "max_db_connections")
        if (found := re.search(rf"^{name} = (\d+)$", pooler, re.MULTILINE))
    )
    limit = re.search(
        r"^LimitNOFILE=(\d+)$", (DEPLOY / "pgbouncer-limits.conf").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert limit is not None
    assert int(limit[1]) > clients + 2 * servers + 100  # two databases, and its own


def test_both_units_are_closed_in_alike() -> None:
    def closed(name: str) -> list[str]:
        lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
        return [
            line for line in lines if line.startswith(("Protect", "Restrict", "Private", "System", "NoNew", "Cap"))
        ]

    assert closed("huifang-serve@.service") == closed("huifang-host@.service")
    assert "ProtectSystem=strict" in closed("huifang-serve@.service")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", ["huifang-host@.service", "huifang-serve@.service"])
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    for unit in DEPLOY.glob("*.service"):
        fitted_to_any = unit.read_text(encoding="utf-8").replace("/opt/huifang/bin/huifang", "/bin/true")
        (tmp_path / unit.name).write_text(fitted_to_any, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) not in done.stderr
