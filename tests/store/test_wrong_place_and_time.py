"""Certificates of somebody else, a server without TLS, a clock that is wrong: told before anything is done."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock, SystemClock
from core.base.errors import StoreTrouble
from core.base.language import catalogue
from core.people.tables import Store as Shop
from core.store import door, server
from core.store.check import check
from core.store.engine import Store
from tui.lasting import AWAY

SSL_REQUEST = 8
"""Bytes in which a client asks whether TLS is spoken."""


def refused_by(serve: Callable[[socket.socket], None], options: str) -> StoreTrouble:
    """What is told of a server that answers like that."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        speaker = threading.Thread(target=serve, args=(listening,))
        speaker.start()
        store = Store(f"postgresql://fang:secret@localhost:{listening.getsockname()[1]}/shop?{options}")
        with pytest.raises(StoreTrouble) as caught:
            store.version()
        store.close()
        speaker.join()
    for lang in ("en", "zh"):
        said = catalogue(lang).error(caught.value)
        assert "secret" not in said
        assert "postgresql://fang:***@localhost" in said
        assert "sslmode" not in said.replace("sslrootcert", "")
    return caught.value


def test_a_server_without_tls_is_told_apart() -> None:
    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(SSL_REQUEST)
            connection.sendall(b"N")

    trouble = refused_by(serve, "sslmode=require")
    assert trouble.code == door.NO_TLS
    assert "ssl = on" in catalogue("zh").error(trouble)


def test_a_certificate_of_somebody_else_is_told_apart(tmp_path: Path) -> None:
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("openssl is not installed")
    for name in ("server", "other"):
        made = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split()
        files = ["-keyout", str(tmp_path / f"{name}.key"), "-out", str(tmp_path / f"{name}.crt")]
        subprocess.run([*made, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")

    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(SSL_REQUEST)
            connection.sendall(b"S")
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_side=True)

    trouble = refused_by(serve, f"sslmode=verify-full&sslrootcert={tmp_path / 'other.crt'}")
    assert trouble.code == door.CERTIFICATE
    assert "时钟" in catalogue("zh").error(trouble)


def test_a_call_waits_until_the_certificate_is_put_right() -> None:
    assert {door.CERTIFICATE, door.NO_TLS} <= AWAY


def test_a_clock_far_from_the_servers_stores_nothing(
    postgresql_server: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql_server.set(database="template").render_as_string(hide_password=False)
    right = Store(url)
    right.verify()
    right.close()
    monkeypatch.setattr(server, "CLOCKS_APART", timedelta(seconds=-1))  # as if no two clocks were alike
    wrong, moved = Store(url), Store(url, FixedClock(SystemClock().now() + timedelta(days=400)))
    with pytest.raises(StoreTrouble) as caught, wrong.write(SHELL) as tx:
        tx.insert(Shop, code="S9", name="none")
    assert caught.value.code == "store.clock"
    assert "NTP" in catalogue("zh").error(caught.value)
    with pytest.raises(StoreTrouble, match="clock"):
        check(wrong)  # which says nothing of what is in the store
    moved.verify()  # a day that was asked for is no wrong clock
    with moved.read() as connection:
        assert connection.execute(sa.text("select count(*) from store where code = 'S9'")).scalar() == 0
    wrong.close()
    moved.close()
