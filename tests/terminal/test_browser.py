"""The program in a real Chromium: signed in first, then the screens in a terminal on a page of our own alone."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyte
import pytest

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.people.accounts import change_secret, reset_secret
from core.people.views import staff_actor
from core.store.engine import Store
from scripts.dev.cluster import free_port
from tests.conftest import sqlite_store
from tests.patience import PATIENCE, until
from tests.terminal.glass import PRIVATE
from tests.terminal.hosts import ROOT, WarmHost
from tests.tui.conftest import monday

pytestmark = pytest.mark.terminal

GIVEN, OWN = "918273", "gold-fish 77"
RUN = "import sys; from scripts.entry import main; sys.exit(main(sys.argv[1:]))"
DAY = ("--on", "2026-11-23", "--at", "09:42")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
]


@pytest.fixture(scope="module")
def shop(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of the sketch; 王芳 has a PIN of her own, 张三 one that he has to change."""
    clock = FixedClock(datetime(2026, 11, 23, 1, 42, tzinfo=UTC))
    lite = sqlite_store(sqlite_template, tmp_path_factory.mktemp("shop"), clock)
    monday(lite)
    reset_secret(lite, SHELL, "W1", GIVEN)
    change_secret(lite, staff_actor(lite, "W1"), GIVEN, OWN)
    reset_secret(lite, SHELL, "Z1", GIVEN)
    yield lite
    lite.close()


@pytest.fixture(scope="module")
def address(host: WarmHost, shop: Store) -> Iterator[str]:
    """Where the program is served, for two sessions at once."""
    pytest.importorskip("textual_serve")
    port = free_port()
    environ = {
        **os.environ,
        "HUIFANG_HOME": str(host.home),
        "HUIFANG_DATABASE": str(shop.url),
        "HUIFANG_LANG": "zh",
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-c", RUN, "serve", "--port", str(port), "--sessions", "2", *DAY]
    served = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)

    def listens() -> bool:
        assert served.poll() is None
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", port)) == 0

    until(listens, "it serves nothing")
    yield f"http://127.0.0.1:{port}"
    served.terminate()
    served.wait(PATIENCE)


def asked(address: str, path: str, **more: Any) -> tuple[int, str]:
    """The answer to a plain request."""
    headers = more.pop("headers", {})
    request = urllib.request.Request(address + path, headers=headers, **more)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


WS = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip


def test_nothing_runs_before_the_sign_in_nor_for_another_page(address: str, host: WarmHost, shop: Store) -> None:
    tries = "select count(*) from audit_entry where table_name = 'staff_secret'"
    with shop.read() as c:
        before = c.exec_driver_sql(tries).scalar_one()
    status, page = asked(address, "/")
    assert (status, "textual-terminal" in page) == (200, False)
    assert asked(address, "/ws", headers={**WS, "Origin": address})[0] == 403
    assert asked(address, "/ws", headers=WS)[0] == 403
    form = f"code=W1&secret={OWN}".replace(" ", "+").encode()
    for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert asked(address, "/signin", data=form, headers=origin)[0] == 403
    with shop.read() as c:  # the PIN was not even looked at
        assert c.exec_driver_sql(tries).scalar_one() == before
    assert asked(address, "/", headers={"Host": "evil.example"})[0] == 421
    status, page = asked(address, "/signin", data=b"code=W1&secret=wrong", headers={"Origin": address})
    assert status == 403
    assert "wrong" not in page
    assert asked(address, "/static/")[0] == 403
    assert not host.sessions


class Tab:
    """A page with the program on it; what the page's terminal was sent is shown by pyte."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.asked: list[str] = []
        self.faults: list[str] = []
        self._fresh()
        page.on("websocket", self._opened)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def _fresh(self) -> None:
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)

    def _opened(self, line: Any) -> None:
        self._fresh()
        self.asked.append(line.url)
        line.on("framereceived", self._received)
        line.on("framesent", self._sent)

    def _sent(self, payload: Any) -> None:
        if isinstance(payload, str) and payload.startswith('["resize"'):
            size = json.loads(payload)[1]
            self.screen.resize(size["height"], size["width"])

    def _received(self, payload: Any) -> None:
        if isinstance(payload, bytes):
            self._stream.feed(PRIVATE.sub(b"", payload))

    @property
    def text(self) -> str:
        """What the terminal shows."""
        rows = (self.screen.buffer[y] for y in range(self.screen.lines))
        return "\n".join("".join(row[x].data for x in range(self.screen.columns)).rstrip() for row in rows)

    def shows(self, text: str) -> None:
        """Wait until the terminal shows the text."""
        end = time.perf_counter() + PATIENCE
        while text not in self.text:
            assert time.perf_counter() < end, f"{text!r} never came:\n{self.text}\n{self.faults}"
            self.page.wait_for_timeout(50)

    def press(self, *keys: str) -> None:
        """Press keys, each after a moment."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(200)

    def compose(self, latin: str, text: str) -> None:
        """Type by an input method: letters under composition, then the text."""
        wire = self.page.context.new_cdp_session(self.page)
        for end in range(1, len(latin) + 1):
            wire.send("Input.imeSetComposition", {"text": latin[:end], "selectionStart": end, "selectionEnd": end})
        wire.send("Input.insertText", {"text": text})

    def sign_in(self, code: str = "W1", secret: str = OWN) -> None:
        """Through the door."""
        self.page.goto(self.address)
        self.page.fill("#code", code)
        self.page.fill("#secret", secret)
        self.page.click("button")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any, address: str) -> Iterator[Callable[[], Tab]]:
    """Opens pages, each in a browser profile of its own."""
    opened = []

    def one() -> Tab:
        context = chromium.new_context(viewport={"width": 1000, "height": 640})
        context.set_default_timeout(PATIENCE * 1000)
        opened.append(context)
        return Tab(context.new_page(), address)

    yield one
    for context in opened:
        context.close()


def test_sign_in_find_call_resize_and_reconnect_to_the_same_call(
    tab: Callable[[], Tab], host: WarmHost, shop: Store, address: str, tmp_path: Path
) -> None:
    page = tab()
    page.sign_in(secret="wrong")
    assert page.page.locator("[role=alert]").inner_text()
    assert not host.sessions
    page.sign_in()
    page.shows("王芳")
    page.shows("欧阳明月")
    assert len(host.sessions) == 1
    page.press("/")
    page.shows("F2")
    page.compose("ouyang", "欧阳")
    page.shows("10236")
    page.press("Escape")
    page.page.set_viewport_size({"width": 1400, "height": 800})
    page.shows("-" * 121)
    page.press("ArrowDown", "Enter")
    page.shows("韩女士")
    page.press("Tab", "Tab")
    page.compose("weixin", "微信")
    page.page.keyboard.type("wx-han-88")
    page.shows("微信wx-han-88")
    page.shows("已存")
    page.page.screenshot(path=tmp_path / "call.png")
    (first,) = host.sessions
    page.page.reload()
    page.shows("草稿已恢复")
    page.shows("微信wx-han-88")
    host.until(lambda: first not in host.sessions and len(host.sessions) == 1, "the first session is still there")
    page.press("Escape")
    page.shows("欧阳明月")
    page.press("ArrowUp", "Enter")
    page.shows("接通满意")
    page.press("4")
    page.shows("已保存: 李雷")
    with shop.read() as c:
        made = c.exec_driver_sql("select outcome from call where stored_at >= '2026-11-23'").scalars().all()
    assert made == ["no_answer"]
    page.press("Control+q")
    page.page.wait_for_selector("text=再次打开")
    host.until(lambda: not host.sessions, "the session is still there")
    assert {url.split("/")[2] for url in page.asked} == {address.split("/")[2]}  # nothing from outside
    assert not [fault for fault in page.faults if "Security Policy" in fault]


def test_limits_and_signing_out(tab: Callable[[], Tab], host: WarmHost) -> None:
    pages = [tab() for _ in range(3)]
    for page in pages[:2]:
        page.sign_in()
        page.shows("欧阳明月")
    pages[2].sign_in()
    pages[2].page.wait_for_selector("text=再次打开")
    assert len(host.sessions) == 2
    pages[2].page.click("form[action='/signout'] button")
    pages[2].page.wait_for_selector("#secret")
    for page in pages[:2]:
        page.page.goto("about:blank")
    host.until(lambda: not host.sessions, "a session outlived its page")


def test_nobody_else_can_say_that_they_signed_in(address: str, host: WarmHost, shop: Store) -> None:
    glass = host.attach(str(shop.url), environ={"HUIFANG_SIGNED_IN": "W1"})
    glass.wait_for("密码")
    glass.settle(0.2)
    assert "欧阳明月" not in glass.text
    glass.kill()
    host.until(lambda: not host.sessions, "the session is still there")


def test_a_pin_given_by_somebody_else_is_changed_first(tab: Callable[[], Tab]) -> None:
    page = tab()
    page.sign_in("Z1", GIVEN)
    page.shows("密码")
    assert "欧阳明月" not in page.text
