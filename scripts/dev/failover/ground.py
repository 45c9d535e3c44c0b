"""The ground of a trial: its folder, the user that its servers run as, programs started, waited for and ended."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BIN = Path("/usr/lib/postgresql/15/bin")
NEEDED = ("patroni", "etcd", "haproxy", "pgbouncer", "pgbackrest", "openssl")
PACKAGES = "postgresql patroni python3-etcd etcd-server haproxy pgbouncer pgbackrest openssl"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


def missing() -> list[str]:
    """What of Debian's packages is not installed."""
    return [name for name in NEEDED if shutil.which(name, path=PATH) is None] + (
        [] if BIN.is_dir() else [str(BIN)]
    )


def until(what: str, done: Callable[[], Any], seconds: float = 60) -> float:
    """Wait for something; returns how long that was. Raises TimeoutError."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass
class Ground:
    """The folder of a trial, the user its servers run as (PostgreSQL never runs as root), and their secrets."""

    folder: Path
    user: str | None = field(default_factory=lambda: "postgres" if os.getuid() == 0 else None)
    passwords: Mapping[str, str] = field(
        default_factory=lambda: {
            name: secrets.token_hex(12)
            for name in ("change-superuser", "change-replicator", "change-rewind", "owner", "shop")
        }
    )

    def made(self, name: str, text: str | None = None) -> Path:
        """A folder, or a file with that text, which belongs to the servers' user."""
        path = self.folder / name
        if text is None:
            path.mkdir(mode=0o700)
        else:
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        if self.user:
            shutil.chown(path, self.user, self.user)
        return path

    def start(self, name: str, *command: str, **environ: str) -> subprocess.Popen[bytes]:
        """A program of the servers' user; what it says goes to a file."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._surroundings(environ)
            )

    def run(self, *command: str, **environ: str) -> str:
        """The same, waited for. Raises RuntimeError with what it said where it failed."""
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._surroundings(environ))
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr).strip()[-2000:]}")
        return str(done.stdout)

    def _surroundings(self, environ: Mapping[str, str]) -> dict[str, Any]:
        env = {"PATH": f"{BIN}:{PATH}", "LANG": "C.UTF-8", "HOME": str(self.folder), **environ}
        more: dict[str, Any] = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        return {"env": env, "cwd": self.folder, **more}

    def key(self) -> Path:
        """A key and a certificate of 127.0.0.1, which is its own authority."""
        folder = self.made("keys")
        self.run(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=huifang"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt")),
        )
        public = self.folder / "chain.pem"
        shutil.copy(folder / "server.crt", public)
        public.chmod(0o644)
        shutil.copy(public, folder / "chain.pem")
        return folder


def end(process: subprocess.Popen[bytes] | None, seconds: float = 30) -> None:
    """End a program, by its own doing if it can."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
