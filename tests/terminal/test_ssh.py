"""Over a real OpenSSH server on loopback, with the configuration that is shipped: straight into the program."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.base.clock import FixedClock
from core.store.engine import Store
from scripts.dev.cluster import free_port
from tests.patience import PATIENCE, until
from tests.terminal.glass import Glass
from tests.terminal.hosts import ROOT, WarmHost
from tests.tui.conftest import monday

pytestmark = pytest.mark.terminal

SHIPPED = ROOT / "data" / "deploy" / "sshd_huifang.conf"
ENTER, DOWN, TAB = "\r", "\x1b[B", "\t"
COMMAND = """#!/bin/sh
cd {root} && exec {python} -c 'import sys; from scripts.entry import main; sys.exit(main(sys.argv[1:]))' \\
    attach --lang zh --on 2026-11-23 --at 09:42
"""


def program(name: str) -> str:
    """An OpenSSH program; the test is skipped where there is none."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (Debian's openssh-server and openssh-client)")
    return found


class Server:
    """An sshd on a free port of loopback that lets this user in, by a key tied to 王芳."""

    def __init__(self, folder: Path, host: WarmHost, database: str) -> None:
        self.folder = folder
        sshd, self.ssh = program("sshd"), program("ssh")
        for name in ("server", "caller"):
            command = [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(command, check=True)
        public = (folder / "caller.pub").read_text(encoding="ascii")
        (folder / "keys").write_text(f'environment="HUIFANG_STAFF=W1",restrict,pty {public}', encoding="ascii")
        (folder / "keys").chmod(0o600)
        forced = folder / "forced"
        forced.write_text(COMMAND.format(root=ROOT, python=sys.executable), encoding="utf-8")
        forced.chmod(0o755)
        self.port = free_port()
        (folder / "config").write_text(self._config(forced, host, database), encoding="utf-8")
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where it gives its rights away
        log = folder / "log"
        self.process = subprocess.Popen([sshd, "-D", "-E", str(log), "-f", str(folder / "config")])

        def listens() -> bool:
            said = log.read_text(encoding="utf-8") if log.exists() else ""
            assert self.process.poll() is None, said
            return "listening" in said

        until(listens, "sshd does not listen")

    def _config(self, forced: Path, host: WarmHost, database: str) -> str:
        shipped = SHIPPED.read_text(encoding="utf-8")
        shipped = shipped.replace("Match Group huifang", f"Match User {getpass.getuser()}")
        shipped = re.sub(r"ForceCommand .*", f"ForceCommand {forced}", shipped)
        surroundings = f"HUIFANG_DATABASE={database} HUIFANG_HOME={host.home}"
        shipped = re.sub(r"SetEnv .*", f"SetEnv {surroundings}", shipped)
        own = [
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.folder / 'server'}",
            f"PidFile {self.folder / 'pid'}",
            f"AuthorizedKeysFile {self.folder / 'keys'}",
            "StrictModes no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "UsePAM no",
        ]
        return "\n".join([*own, shipped])

    def login(self, *more: str, size: tuple[int, int] = (80, 24)) -> Glass:
        """Somebody logs in; `more` is what they try to run instead."""
        options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
        words = [self.ssh, "-tt", "-F", "none", "-p", str(self.port), "-i", str(self.folder / "caller")]
        words += [word for option in options for word in ("-o", option)]
        words += [f"{getpass.getuser()}@127.0.0.1", *more]
        # its arguments hold no braces: Glass fills its own in
        return Glass(self.folder, "", program=f"import os; os.execv({self.ssh!r}, {words!r})", size=size)

    def of_session(self, session: int) -> int:
        """The sshd process that serves a session's terminal."""
        terminal = os.readlink(f"/proc/{session}/fd/0").removeprefix("/dev/")
        found = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
        (line,) = [line for line in found.splitlines() if re.search(rf"sshd: \S+@{terminal}$", line)]
        return int(line.split()[0])

    def stop(self) -> None:
        """No more logins."""
        self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture
def shop(lite: Store) -> Store:
    """The store of the sketch."""
    assert isinstance(lite.clock, FixedClock)
    monday(lite)
    return lite


@pytest.fixture
def server(host: WarmHost, shop: Store, tmp_path: Path) -> Iterator[Server]:
    """The server."""
    made = Server(tmp_path, host, str(shop.url))
    yield made
    made.stop()


@pytest.fixture
def login(server: Server) -> Iterator[Callable[..., Glass]]:
    """Logs in, to the list."""
    opened: list[Glass] = []

    def one(*more: str, shows: str = "欧阳明月") -> Glass:
        glass = server.login(*more)
        opened.append(glass)
        glass.wait_for(shows)
        glass.settle(0.3)
        return glass

    yield one
    for glass in opened:
        if glass.process.isalive():
            glass.kill()


def test_a_login_is_the_program_and_nothing_else(login: Callable[..., Glass], host: WarmHost, shop: Store) -> None:
    glass = login("cat /etc/passwd; bash")
    assert "root:" not in glass.raw.decode()
    assert len(host.sessions) == 1
    glass.press("/")
    glass.wait_for("F2")
    glass.settle(0.2)
    glass.press("欧阳")
    glass.wait_for("10236")
    glass.press("\x1b")
    glass.wait_gone("F2")
    glass.settle(0.2)
    glass.resize(132, 40)
    glass.wait_for("-" * 132)
    glass.press(ENTER)
    glass.wait_for("接通满意")
    glass.settle(0.2)
    glass.press("4")
    glass.wait_for("已保存: 李雷")
    assert glass.leave() == 0
    host.until(lambda: not host.sessions, "the session did not end")
    with shop.read() as c:
        stored = c.exec_driver_sql("select outcome from call where stored_at >= '2026-11-23'").scalars().all()
    assert stored == ["no_answer"]


def test_a_killed_sshd_loses_nothing_and_nobody_else_notices(
    login: Callable[..., Glass], server: Server, host: WarmHost
) -> None:
    glass = login()
    (session,) = host.sessions
    other = login()
    glass.press(DOWN)
    glass.settle(0.2)
    glass.press(ENTER)
    glass.wait_for("韩女士")
    for _ in range(2):
        glass.settle(0.2)
        glass.press(TAB)
    glass.settle(0.2)
    glass.press("微信wx-han-88")
    glass.wait_for("已存")
    os.kill(server.of_session(session), signal.SIGKILL)
    host.until(lambda: session not in host.sessions, "the session is still there")
    again = login(shows="微信wx-han-88")
    again.wait_for("草稿已恢复")
    assert again.leave() == 0
    server.process.kill()
    server.process.wait()
    other.press(DOWN)
    other.wait_for("10235")
    assert other.leave() == 0


def half_typed(glass: Glass, text: str, *, row: int) -> None:
    """Type into the call of a row, and do not wait until it is kept."""
    glass.wait_for("欧阳明月")
    glass.settle(0.3)
    for key, quiet in [*[(DOWN, 0.2)] * row, (ENTER, 0.0)]:
        glass.press(key)
        glass.settle(quiet)
    glass.wait_for("Tab 填写")
    for _ in range(2):
        glass.settle(0.2)
        glass.press(TAB)
    glass.settle(0.2)
    glass.press(text)
    glass.wait_for(text)


@pytest.mark.slow
def test_with_host_and_sshd_killed_no_half_typed_note_is_lost(shop: Store, tmp_path: Path) -> None:
    mine = WarmHost(tmp_path, loaded=False)
    server = Server(tmp_path, mine, str(shop.url))
    glasses = [server.login()]
    try:
        cut = glasses[0]
        cut.wait_for("欧阳明月")
        (session,) = mine.sessions
        glasses.append(server.login())
        other = glasses[1]
        half_typed(other, "明天下午再打", row=0)
        half_typed(cut, "微信wx-han-88", row=1)
        for process in (mine.process, server.process):
            process.kill()
            process.wait()
        os.kill(server.of_session(session), signal.SIGKILL)
        other.press("吧")
        other.wait_for("明天下午再打吧")
        assert other.leave() == 0

        def kept() -> bool:
            found = texts(shop, "select content from draft")
            return all(any(typed in one for one in found) for typed in ("微信wx-han-88", "明天下午再打吧"))

        mine.until(kept, "a draft was lost")
        assert len(texts(shop, "select content from draft")) == 2
    finally:
        for glass in glasses:
            if glass.process.isalive():
                glass.kill()
        mine.stop()
        server.stop()


def texts(store: Store, query: str) -> list[str]:
    """What a query finds."""
    with store.read() as c:
        return list(c.exec_driver_sql(query).scalars())


def test_the_shipped_unit_is_understood() -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    unit = ROOT / "data" / "deploy" / "huifang-host@.service"
    done = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True, check=False)
    faults = [line for line in done.stderr.splitlines() if unit.name in line and "not executable" not in line]
    assert not faults
