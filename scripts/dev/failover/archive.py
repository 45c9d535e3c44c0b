"""Backup with pgBackRest, the log archived, and a server restored from both and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from scripts.dev.cluster import free_port
from scripts.dev.failover.ground import BIN, Ground, until
from scripts.dev.failover.machines import Machines, Node

STANZA = ("pgbackrest", "--stanza=huifang")


def back_up(ground: Ground, leader: Node) -> float:
    """The first backup, whole, with the archive proved before; returns its seconds."""
    ground.run(*STANZA, "stanza-create", **leader.archive)
    ground.run(*STANZA, "check", **leader.archive)
    began = time.monotonic()
    ground.run(*STANZA, "--type=full", "backup", **leader.archive)
    return time.monotonic() - began


def close_log(machines: Machines) -> None:
    """Have all that is committed by now archived."""
    address = machines.address("change-superuser", "postgres", machines.leader().port)
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as raw:
        row = raw.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        last = row[0][8:]  # without the timeline

        def archived() -> bool:
            found = raw.execute("select last_archived_wal from pg_stat_archiver").fetchone()
            return found is not None and found[0] is not None and found[0][8:24] >= last

        until("the archive", archived)


@contextmanager
def restored(ground: Ground, machines: Machines) -> Iterator[tuple[int, float]]:
    """A server from the repository alone, in a folder of its own; its port, and the seconds until it answered."""
    node, port = machines.nodes[0], free_port()
    folder, sockets = ground.made("restored"), ground.made("restored-run")
    began = time.monotonic()
    ground.run(*STANZA, f"--pg1-path={folder}", "--archive-mode=off", "restore", **node.archive)
    # the pair's settings come along, with its places; here nobody follows, and a commit must wait for nobody;
    # without hot_standby nobody is let in before the archive's end
    how = (
        f"-p {port} -k {sockets} -c listen_addresses=127.0.0.1 -c synchronous_standby_names="
        f" -c hba_file={folder}/pg_hba.conf -c ident_file={folder}/pg_ident.conf -c hot_standby=off"
    )
    control = (str(BIN / "pg_ctl"), "-D", str(folder), "-w", "-t", "3600")
    try:
        ground.run(*control, "-l", str(ground.folder / "restored.log"), "-o", how, "start", **node.archive)
        address = machines.address("change-superuser", "postgres", port).replace("+psycopg", "")
        until("the end of recovery", lambda: _is_itself(address), 120)
        yield port, time.monotonic() - began
    finally:
        with suppress(RuntimeError):
            ground.run(*control, "-m", "immediate", "stop")


def _is_itself(address: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(address) as raw:
        return raw.execute("select not pg_is_in_recovery()").fetchone() == (True,)
    return False
