"""The programs of the trial on 127.0.0.1: etcd, two servers under Patroni, HAProxy, pgbouncer."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from scripts.dev.cluster import free_port
from scripts.dev.failover.deployed import fitted
from scripts.dev.failover.ground import Ground, end, until

DATA, SOCKETS, KEYS = "/var/lib/postgresql/15/huifang", "/var/run/postgresql", "/etc/ssl/huifang"


class Node:
    """One server under Patroni."""

    def __init__(self, ground: Ground, name: str, etcd: int) -> None:
        self.ground, self.name, self.port, self.rest = ground, name, free_port(), free_port()
        self.data, self.sockets = ground.folder / f"{name}-data", ground.made(f"{name}-run")
        self.process: subprocess.Popen[bytes] | None = None
        ground.made(f"{name}-log")
        self.archive = {"PGBACKREST_CONFIG": str(ground.made(f"{name}-pgbackrest.conf", self._archive()))}
        self._config = ground.made(f"{name}.yml", self._patroni(etcd))

    def _archive(self) -> str:
        changes = {
            "/srv/backup/pgbackrest": str(self.ground.folder / "repository"),
            "/var/log/pgbackrest": str(self.ground.folder / f"{self.name}-log"),
            "/tmp/pgbackrest": str(self.sockets / "lock"),
            DATA: str(self.data),
            "pg1-port=5432": f"pg1-port={self.port}",
            SOCKETS: str(self.sockets),
        }
        return fitted("pgbackrest.conf", changes)

    def _patroni(self, etcd: int) -> str:
        changes = {
            "name: db1": f"name: {self.name}",
            "10.0.0.11:8008": f"127.0.0.1:{self.rest}",
            "10.0.0.11:5432": f"127.0.0.1:{self.port}",
            "[10.0.0.11:2379, 10.0.0.12:2379, 10.0.0.13:2379]": f"[127.0.0.1:{etcd}]",
            "10.0.0.0/24": "127.0.0.1/32",
            DATA: str(self.data),
            "/var/lib/postgresql/patroni.pgpass": str(self.ground.folder / f"{self.name}.pgpass"),
            SOCKETS: str(self.sockets),
            KEYS: str(self.ground.folder / "keys"),
            **{old: new for old, new in self.ground.passwords.items() if old.startswith("change-")},
        }
        if self.ground.user is None:  # whoever tries it is not the user `postgres` of the machine
            changes["local all postgres peer"] = "local all postgres trust"
        return fitted("patroni.yml", changes)

    def start(self) -> None:
        """Have Patroni start it: as leader, as replica, or, after a crash, whichever it has to be."""
        self.process = self.ground.start(self.name, "patroni", str(self._config), **self.archive)

    def says(self, path: str) -> bool:
        """Whether Patroni answers 200: /primary, /replica, /synchronous."""
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.rest}/{path}", method="OPTIONS"), timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def streams(self) -> bool:
        """Whether it follows the leader, and commits wait for it."""
        return self.says("synchronous")

    def strike(self, how: str) -> float:
        """Patroni, the server and all its processes die at once (`kill`), or stand still; returns the moment."""
        self._signal(signal.SIGKILL if how == "kill" else signal.SIGSTOP)
        return time.time()

    def come_back(self, how: str) -> None:
        """The machine is there again: started anew, or going on as if nothing had happened."""
        if how == "kill":
            assert self.process is not None
            self.process.wait()
            self.start()
        else:
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self.process is not None
        postmaster = self._postmaster()
        for pid in [self.process.pid, postmaster, *_children(postmaster)]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def close(self) -> None:
        """End both, also where they stand still."""
        with suppress(AssertionError, OSError, ValueError):
            self._signal(signal.SIGCONT)
        end(self.process)
        with suppress(OSError, ValueError):
            pid = self._postmaster()
            if _is_server(pid, self.data):
                os.kill(pid, signal.SIGQUIT)
                until("the server's end", lambda: not _is_server(pid, self.data), 20)


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(folder.name))
    return found


def _is_server(pid: int, data: Path) -> bool:
    """Whether that process still is the server of these data: numbers are used again."""
    try:
        return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


class Machines:
    """All of it: the pair, and the way to it."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.entry, self._leader, self._replica, self._etcd = (free_port() for _ in range(4))
        ground.key()
        ground.made("repository")
        self.nodes = [Node(ground, name, self._etcd) for name in ("db1", "db2")]
        self._others: dict[str, subprocess.Popen[bytes]] = {}

    def start_pair(self) -> None:
        """etcd, the first server, and the second one made from it."""
        here, peer = f"http://127.0.0.1:{self._etcd}", f"http://127.0.0.1:{free_port()}"
        self._others["etcd"] = self.ground.start(
            *("etcd", "etcd", "--name", "one", "--data-dir", str(self.ground.folder / "etcd")),
            *("--listen-client-urls", here, "--advertise-client-urls", here, "--listen-peer-urls", peer),
            *("--initial-advertise-peer-urls", peer, "--initial-cluster", f"one={peer}", "--log-level", "error"),
        )
        first, second = self.nodes
        first.start()
        until("the first server", lambda: first.says("primary"))
        second.start()
        until("the second server", second.streams)

    def way(self) -> dict[str, str]:
        """The files of HAProxy and pgbouncer, by name."""
        first, second = self.nodes
        proxy = {
            "127.0.0.1:5000": f"127.0.0.1:{self._leader}",
            "127.0.0.1:5001": f"127.0.0.1:{self._replica}",
            "10.0.0.11:5432 check port 8008": f"127.0.0.1:{first.port} check port {first.rest}",
            "10.0.0.12:5432 check port 8008": f"127.0.0.1:{second.port} check port {second.rest}",
        }
        pooler = {
            "port=5000": f"port={self._leader}",
            "port=5001": f"port={self._replica}",
            "10.0.0.10": "127.0.0.1",
            "listen_port = 6432": f"listen_port = {self.entry}",
            "/etc/pgbouncer/userlist.txt": str(self.ground.folder / "userlist.txt"),
            KEYS: str(self.ground.folder / "keys"),
        }
        return {"haproxy.cfg": fitted("haproxy.cfg", proxy), "pgbouncer.ini": fitted("pgbouncer.ini", pooler)}

    def start_way(self, users: str) -> None:
        """HAProxy and pgbouncer before the pair; `users` are the lines of pgbouncer's user list."""
        files = {name: str(self.ground.made(name, text)) for name, text in self.way().items()}
        self.let_in(users)
        self._others["haproxy"] = self.ground.start("haproxy", "haproxy", "-db", "-f", files["haproxy.cfg"])
        self._others["pgbouncer"] = self.ground.start("pgbouncer", "pgbouncer", files["pgbouncer.ini"])

    def let_in(self, users: str) -> None:
        """Have pgbouncer know these users."""
        self.ground.made("userlist.txt", users)
        if "pgbouncer" in self._others:
            self._others["pgbouncer"].send_signal(signal.SIGHUP)

    def leader(self) -> Node:
        """The server that is written to. Raises LookupError where there is none."""
        for node in self.nodes:
            if node.says("primary"):
                return node
        raise LookupError("there is no leader")

    def address(self, user: str, database: str = "huifang", port: int | None = None) -> str:
        """The store's address for a user, checked by certificate."""
        word, chain = self.ground.passwords[user], self.ground.folder / "chain.pem"
        name = {"owner": "huifang_owner", "shop": "shop1", "change-superuser": "postgres"}[user]
        return (
            f"postgresql+psycopg://{name}:{word}@127.0.0.1:{port or self.entry}/{database}"
            f"?sslmode=verify-full&sslrootcert={chain}"
        )

    def close(self) -> None:
        """End everything, the way first and etcd last."""
        for name in ("pgbouncer", "haproxy"):
            end(self._others.get(name))
        for node in reversed(self.nodes):
            node.close()
        end(self._others.get("etcd"))
