"""The program in a browser (R16.3): sign-in first, then a session of the host in a terminal on the page.

It stands on textual-serve, whose page is replaced: nothing comes from outside, nobody gets in from another page.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server, to_int

from core.base.errors import HuifangError
from core.base.language import N_, Catalogue
from core.base.resources import data_folder
from core.people.signin import asks_secret, must_change, sign_in
from core.store.engine import Store
from scripts.hosting.pseudo import PseudoTerminal

COOKIE = "huifang"
HOURS = 12
"""So long a sign-in lasts."""

OWN = 3
"""Sessions of one person at once."""

PROOFS = asyncio.Semaphore(2)
"""Sign-ins looked at at once: each costs a sixth of a second of a core."""

LARGEST = 1 << 16
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src {socket}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who has signed in: their staff code, until when, and whether a new PIN is due first."""

    code: str
    until: float
    must_change: bool


class Browser(Server):
    """Serves the screens at `public`, an address such as https://huifang.example, from a port of this machine.

    `options` are those of `huifang open`, for every session.
    """

    def __init__(
        self,
        store: Store,
        words: Catalogue,
        *,
        bind: str,
        port: int,
        public: str,
        limit: int,
        options: Sequence[str] = (),
    ) -> None:
        super().__init__("huifang", host=bind, port=port, title="Huifang", public_url=public.rstrip("/"))
        self._store = store
        self._words = words
        self._limit = limit
        self._options = list(options)
        self._guests: dict[str, Guest] = {}
        self._open: dict[str, int] = {}
        self._origin = urlsplit(self.public_url)

    async def on_startup(self, app: web.Application) -> None:
        """Say where it is."""
        self.console.print(self._words.say(N_("Huifang is at {url}"), url=self.public_url), markup=False)

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=LARGEST)
        app.add_routes(
            [
                web.get("/", self.show),
                web.post("/signin", self.enter),
                web.post("/signout", self.leave),
                web.get("/ws", self.handle_websocket),
                web.get("/page.css", self.own),
                web.get("/page.js", self.own),
                web.static("/static", self.statics_path),
            ]
        )
        app.on_startup.append(self.on_startup)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: object) -> web.StreamResponse:
        """Answer only under our own name, and let nothing be done from another page."""
        assert callable(handler)
        if request.host != self._origin.netloc:
            raise web.HTTPMisdirectedRequest
        own = f"{self._origin.scheme}://{self._origin.netloc}"
        if (request.method == "POST" or request.path == "/ws") and request.headers.get("Origin") != own:
            raise web.HTTPForbidden
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            secure = self._origin.scheme == "https"
            socket = f"{'wss' if secure else 'ws'}://{self._origin.netloc}"
            response.headers["Content-Security-Policy"] = _POLICY.format(socket=socket)
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Referrer-Policy"] = "same-origin"  # without it, a form tells no origin
            if not request.path.startswith("/static/"):
                response.headers["Cache-Control"] = "no-store"
        return response

    # Pages

    def _page(self, name: str, status: int = 200, **texts: str) -> web.Response:
        template = Template((data_folder() / "browser" / name).read_text(encoding="utf-8"))
        filled = {key: escape(value) for key, value in texts.items()}
        title = escape(self._words.say("Huifang"))
        html = template.substitute(filled, lang=self._words.lang, title=title)
        return web.Response(text=html, content_type="text/html", status=status)

    def _door(self, trouble: str = "", status: int = 200) -> web.Response:
        say = self._words.say
        return self._page(
            "signin.html", status, trouble=trouble, code=say("Staff code"), secret=say("PIN or password"),
            enter=say("Sign in"),
        )  # fmt: skip

    async def own(self, request: web.Request) -> web.FileResponse:
        """Our own style sheet and script."""
        return web.FileResponse(data_folder() / "browser" / request.path.strip("/"))

    async def show(self, request: web.Request) -> web.Response:
        """The terminal for who has signed in, the door for others."""
        if self._guest(request) is None:
            return self._door()
        say = self._words.say
        socket = f"{'wss' if self._origin.scheme == 'https' else 'ws'}://{self._origin.netloc}/ws"
        return self._page(
            "terminal.html",
            socket=socket,
            ended=say("The session has ended. What you typed is kept."),
            again=say("Open again"),
            leave=say("Sign out"),
        )

    async def enter(self, request: web.Request) -> web.Response:
        """Sign in; core counts the tries, and locks."""
        form = await request.post()
        code, secret = (str(form.get(name, "")) for name in ("code", "secret"))
        try:
            async with PROOFS:
                guest = await asyncio.to_thread(self._proved, code.strip(), secret, request.remote or "")
        except HuifangError as error:
            return self._door(self._words.error(error), 403)
        if guest is None:
            said = self._words.say("In a browser everybody needs a PIN: ask your manager for one.")
            return self._door(said, 403)
        token = secrets.token_urlsafe(32)
        self._guests[token] = guest
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(
            COOKIE, token, httponly=True, samesite="Strict", secure=self._origin.scheme == "https", path="/"
        )
        return response

    def _proved(self, code: str, secret: str, where: str) -> Guest | None:
        if not asks_secret(self._store, code):
            return None
        actor = sign_in(self._store, code, secret, f"browser {where}")
        return Guest(actor.code, time.monotonic() + HOURS * 3600, must_change(self._store, actor))

    async def leave(self, request: web.Request) -> web.Response:
        """Sign out."""
        self._guests.pop(request.cookies.get(COOKIE, ""), None)
        response = web.Response(status=303, headers={"Location": "/"})
        response.del_cookie(COOKIE, path="/")
        return response

    def _guest(self, request: web.Request) -> Guest | None:
        now = time.monotonic()
        self._guests = {token: guest for token, guest in self._guests.items() if guest.until > now}
        return self._guests.get(request.cookies.get(COOKIE, ""))

    # Sessions

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A session, as long as the page is open."""
        guest = self._guest(request)
        if guest is None:
            raise web.HTTPForbidden
        if sum(self._open.values()) >= self._limit or self._open.get(guest.code, 0) >= OWN:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=LARGEST)
        session = PseudoTerminal(socket.send_bytes, socket.close)
        self._open[guest.code] = self._open.get(guest.code, 0) + 1
        try:
            await socket.prepare(request)
            width, height = (to_int(request.query.get(name, ""), 80) for name in ("width", "height"))
            await session.start(width, height, _surroundings(guest), self._options)
            await self._process_messages(socket, session)  # type: ignore[arg-type]
        except (OSError, AssertionError, ValueError, TypeError, LookupError, AttributeError):
            await socket.close()  # the line broke, or what came was no message of the page's
        finally:
            self._open[guest.code] -= 1
            await session.stop()
        return socket


def _surroundings(guest: Guest) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    own = {"TERM": "xterm-256color", "HUIFANG_STAFF": guest.code}
    if not guest.must_change:
        own["HUIFANG_SIGNED_IN"] = guest.code
    return kept | own
