"""The warm host: sessions of one loaded program that no other's end touches, and that lose nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.base.clock import FixedClock
from core.base.errors import Refused
from core.store.engine import Store
from scripts.hosting import host as hosting
from scripts.hosting import place
from tests.patience import PATIENCE
from tests.terminal.glass import ATTACH, Glass
from tests.terminal.hosts import ROOT, WarmHost
from tests.tui.conftest import monday

pytestmark = pytest.mark.terminal

DOWN, ENTER, TAB = "\x1b[B", "\r", "\t"
LIST = "欧阳明月"


@pytest.fixture
def shop(lite: Store) -> Store:
    """The store of the sketch."""
    assert isinstance(lite.clock, FixedClock)
    monday(lite)
    return lite


Attach = Callable[..., Glass]


@pytest.fixture
def attach(shop: Store) -> Iterator[Attach]:
    """Opens terminals in a host, at the list."""
    opened: list[Glass] = []

    def open_one(there: WarmHost, *, shows: str = LIST, **more: object) -> Glass:
        glass = there.attach(str(shop.url), **more)
        opened.append(glass)
        glass.wait_for(shows)
        glass.settle(0.2)
        return glass

    yield open_one
    for glass in opened:
        if glass.process.isalive():
            glass.kill()


def note(glass: Glass, text: str) -> None:
    """Type a note into the call of the second row, and wait until it is kept."""
    glass.press(DOWN)
    glass.settle(0.2)
    glass.press(ENTER)
    glass.wait_for("韩女士")
    for _ in range(2):
        glass.settle(0.2)
        glass.press(TAB)
    glass.settle(0.2)
    glass.press(text)
    glass.wait_for(text)
    glass.wait_for("已存")


def finds_draft(glass: Glass, text: str) -> None:
    """The call that was open is there again, with what was typed."""
    glass.wait_for(text)
    glass.wait_for("草稿已恢复")


def test_a_session_is_a_child_of_the_host_and_ends_like_the_program(host: WarmHost, attach: Attach) -> None:
    glass = attach(host)
    (session,) = host.sessions
    assert os.getsid(session) == session
    assert os.readlink(f"/proc/{session}/fd/0") == os.readlink(f"/proc/{glass.process.pid}/fd/0")
    assert glass.leave() == 0
    assert glass.restored()
    host.until(lambda: not host.sessions, "the session did not end")


def test_two_sessions_share_nothing_and_the_host_holds_nothing(
    host: WarmHost, attach: Attach, shop: Store
) -> None:
    one, two = attach(host), attach(host)
    one.press(ENTER)
    one.wait_for("接通满意")
    two.press(DOWN)
    two.settle(0.2)
    two.press(ENTER)
    two.wait_for("韩女士")
    with shop.read() as c:
        terminals = c.exec_driver_sql("select terminal from claim where terminal <> 'other'").scalars().all()
    assert {int(name.rpartition(":")[2]) for name in terminals} == set(host.sessions)
    for glass in (one, two):
        glass.settle(0.2)
        glass.press("4")
        glass.wait_for("已保存")
    with shop.read() as c:
        made = c.exec_driver_sql("select id from call where stored_at >= '2026-11-23'").scalars().all()
    assert len(set(made)) == 2
    files = {os.readlink(f.path) for f in os.scandir(f"/proc/{host.process.pid}/fd")}
    assert not [name for name in files if "store.db" in name or "pts" in name]
    assert len(os.listdir(f"/proc/{host.process.pid}/task")) == 1
    for session in host.sessions:
        held = {os.readlink(f.path) for f in os.scandir(f"/proc/{session}/fd")}
        terminal = os.readlink(f"/proc/{session}/fd/0")
        assert {name for name in held if "pts" in name} == {terminal}
    assert (one.leave(), two.leave()) == (0, 0)


def test_size_and_surroundings_are_the_terminals_own(host: WarmHost, attach: Attach) -> None:
    plain = attach(host, environ={"NO_COLOR": "1"}, lang="en")
    glass = attach(host)
    assert b"\x1b[44m" not in plain.raw
    assert b";44m" not in plain.raw
    assert b";44m" in glass.raw
    plain.wait_for("open call")
    glass.resize(130, 40)
    glass.wait_for("-" * 130)
    assert glass.leave() == 0
    assert plain.leave() == 0


@pytest.mark.parametrize(
    ("environ", "size", "said"),
    [({"TERM": "dumb"}, (80, 24), "TERM=dumb"), ({}, (70, 24), "70x24")],
    ids=["dumb", "small"],
)
def test_what_cannot_show_the_screens_is_refused_there_too(
    host: WarmHost, shop: Store, environ: dict[str, str], size: tuple[int, int], said: str
) -> None:
    glass = host.attach(str(shop.url), environ=environ, size=size, lang="en")
    glass.process.expect(said)
    glass.process.wait()
    assert glass.process.exitstatus == 1


def test_without_a_terminal_it_is_refused(host: WarmHost, shop: Store) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ATTACH.format(staff="W1", lang="en", ascii=False)],
        cwd=ROOT,
        env={**os.environ, "HUIFANG_HOME": str(host.home), "HUIFANG_DATABASE": str(shop.url)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "terminal" in done.stderr


def test_what_a_session_says_is_out_before_its_code(shop: Store, tmp_path: Path) -> None:
    """The terminal's end goes when it has the code, and its going ends the session: here at once, unflushed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = "import os, socket, sys; from scripts.hosting.session import work"
    program += "; work(socket.socket(fileno=int(sys.argv[1]))); os._exit(0)"
    surroundings = {**os.environ, "HUIFANG_HOME": str(tmp_path), "HUIFANG_DATABASE": str(shop.url)}
    with ours, theirs, (tmp_path / "said").open("w+") as said, open(os.devnull, "r+b") as nothing:
        opening = place.packed("utf-8", ["--staff", "W1", "--lang", "en"], surroundings)
        socket.send_fds(ours, [opening], [nothing.fileno(), nothing.fileno(), said.fileno()])
        command = [sys.executable, "-c", program, str(theirs.fileno())]
        subprocess.run(command, cwd=ROOT, pass_fds=[theirs.fileno()], check=True)
        assert ours.recv(16) == b"1"
        said.seek(0)
        assert "terminal" in said.read()


def test_what_happens_to_the_terminal_is_told_after_the_opening(tmp_path: Path) -> None:
    """A session that heard of a new window size first would take that for the opening, and end."""
    program = """
import os, signal, sys
from scripts.hosting import attach, place
packed = place.packed
def meanwhile(*given):
    os.kill(os.getpid(), signal.SIGWINCH)
    return packed(*given)
place.packed = meanwhile
sys.exit(attach.attach([]))
"""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(str(tmp_path / place.NAME))
        door.listen()
        environ = {**os.environ, "HUIFANG_HOME": str(tmp_path)}
        with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environ) as process:
            line, _ = door.accept()
            with line:
                opening, terminals, _, _ = socket.recv_fds(line, place.LARGEST, 3)
                for handle in terminals:
                    os.close(handle)
                assert len(terminals) == 3
                assert place.unpacked(opening)[1] == str(ROOT)
                assert line.recv(16) == place.WINDOW
                line.send(b"7")
                assert process.wait(PATIENCE) == 7


@pytest.mark.parametrize("end", ["hang-up", "kill"])
def test_when_the_line_breaks_the_session_ends_and_the_draft_is_kept(
    host: WarmHost, attach: Attach, end: str
) -> None:
    glass = attach(host)
    note(glass, "微信wx-han-88")
    (session,) = host.sessions
    if end == "hang-up":
        glass.process.close(force=False)
    else:
        os.kill(glass.process.pid, signal.SIGKILL)
    host.until(lambda: session not in host.sessions, "the session is still there")
    again = attach(host, shows="微信wx-han-88")
    finds_draft(again, "微信wx-han-88")
    assert again.leave() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_to_the_terminals_end_reach_the_session(host: WarmHost, attach: Attach, number: int) -> None:
    glass = attach(host)
    os.kill(glass.process.pid, number)
    assert glass.ended() == 0
    assert glass.restored()


def test_a_killed_session_takes_nobody_along(host: WarmHost, attach: Attach) -> None:
    glass = attach(host)
    (session,) = host.sessions
    other = attach(host)
    note(glass, "微信wx-han-88")
    os.kill(session, signal.SIGKILL)
    assert glass.ended() == 1
    assert glass.restored()
    assert "程序意外结束" in glass.text
    other.press(DOWN)
    other.wait_for("10235")
    again = attach(host, shows="微信wx-han-88")
    finds_draft(again, "微信wx-han-88")
    assert other.leave() == 0
    assert again.leave() == 0


def test_a_killed_fork_that_waits_is_replaced(host: WarmHost, attach: Attach) -> None:
    os.kill(host.spare, signal.SIGKILL)
    assert attach(host).leave() == 0


def test_sessions_outlive_their_host_and_without_one_the_program_opens_itself(
    attach: Attach, tmp_path: Path, shop: Store
) -> None:
    mine = WarmHost(tmp_path, loaded=False)
    glass = attach(mine)
    note(glass, "微信wx-han-88")
    mine.process.kill()
    mine.process.wait()
    glass.press("9")
    glass.wait_for("微信wx-han-889")
    alone = attach(mine, shows="微信wx-han-88")  # no host: the socket is there, nobody answers
    assert Path(f"/proc/{alone.process.pid}/comm").read_text(encoding="ascii").startswith("python")
    assert len(os.listdir(f"/proc/{alone.process.pid}/task")) > 1
    assert glass.leave() == 0
    assert alone.leave() == 0


def test_a_newer_host_takes_over_and_the_older_ends_with_its_sessions(attach: Attach, tmp_path: Path) -> None:
    older = WarmHost(tmp_path, loaded=False)
    glass = attach(older)
    newer = WarmHost(tmp_path, loaded=False)
    try:
        later = attach(newer)
        assert len(newer.sessions) == 1
        assert older.process.poll() is None
        glass.press(DOWN)
        glass.wait_for("10235")
        assert glass.leave() == 0
        assert older.process.wait(PATIENCE) == 0
        assert later.leave() == 0
    finally:
        newer.stop()
    assert not (tmp_path / place.NAME).exists()


def test_there_are_no_more_sessions_than_allowed(attach: Attach, tmp_path: Path, shop: Store) -> None:
    deep = tmp_path / ("x" * 120)  # a socket's own address may not be that long
    deep.mkdir()
    mine = WarmHost(deep, limit=1, loaded=False)
    try:
        glass = attach(mine)
        second = mine.attach(str(shop.url), lang="en")
        second.process.expect("Too many sessions")
        second.process.wait()
        assert second.process.exitstatus == 1
        assert glass.leave() == 0
        mine.until(lambda: not mine.sessions, "the session did not end")
        assert attach(mine).leave() == 0
    finally:
        mine.stop()


def knock_as(user: int, path: Path) -> str:
    """What somebody else gets who knocks at the host's door."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(user)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
            try:
                line.connect(str(path))
                got = b"let in" if line.recv(16) else b"shown the door"
            except OSError as error:
                got = type(error).__name__.encode()
        os.write(writing, got)
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as heard:
        return heard.read()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can knock as somebody else")
def test_the_host_is_for_its_own_user_alone(host: WarmHost) -> None:
    path = host.home / place.NAME
    assert path.stat().st_mode & 0o777 == 0o600
    for folder in path.parents[:3]:
        os.chmod(folder, 0o755)
    assert knock_as(65534, path) == "PermissionError"
    path.chmod(0o666)
    try:
        assert knock_as(65534, path) == "shown the door"
    finally:
        path.chmod(0o600)
    assert not host.sessions


def test_no_fork_while_a_thread_runs() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with pytest.raises(Refused):
            hosting.alone()
    finally:
        done.set()
        thread.join()


def test_the_terminals_end_imports_little() -> None:
    code = "from scripts import entry; from scripts.hosting import attach; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"dataclasses", "inspect", "pathlib", "logging", "json", "typing", "gettext", "core.base"}
