"""The only door from the screens to core: jobs go to threads, typed answers come back as messages.

A job is a function of the `Desk`. Writes pass one thread in the order they were asked for and are finished before
the program ends; reads pass two others, and one that a newer request replaced is dropped unheard.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.message import Message
from textual.message_pump import MessagePump

from core.base.errors import HuifangError
from tui.lasting import SLOW, Lasting, Superseded

if TYPE_CHECKING:
    from textual.app import App

    from tui.desk import Desk

T = TypeVar("T")
Job = Callable[["Desk"], T]
Excuse = Callable[[HuifangError], bool]
"""Looks at an error of a job; True means that it has been dealt with."""

log = logging.getLogger("huifang.tui")


class Answer(Message, Generic[T]):
    """What a job gave; each screen has its own kinds. `request` is the number that `ask` returned."""

    bubble: ClassVar[bool] = False

    def __init__(self, request: int, value: T) -> None:
        super().__init__()
        self.request = request
        self.value = value


class Gateway:
    """Runs jobs for the screens of one program."""

    def __init__(
        self,
        app: App[Any],
        opening: Callable[[], Desk],
        trouble: Callable[[Exception], None],
        away: Callable[[bool], None],
    ) -> None:
        self._app = app
        self._opening = opening
        self._trouble = trouble
        self._desk: Desk | None = None
        self._lock = Lock()
        self._numbers = count(1)
        self._latest: dict[str, int] = {}
        self._reads = ThreadPoolExecutor(2, "huifang-read")
        self._writes = ThreadPoolExecutor(1, "huifang-write")
        self._loop = asyncio.get_running_loop()
        self._lasting = Lasting(lambda is_away: self._hand_over(partial(away, is_away)))
        self.closed = False
        self._held: list[Callable[[], object]] | None = None
        self._door: MessagePump | None = None

    @property
    def away(self) -> bool:
        """Whether something that was written waits for the store to come back."""
        return self._lasting.away

    def _hand_over(self, work: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the screens are gone already
            self._loop.call_soon_threadsafe(work)

    def hold(self, door: MessagePump) -> None:
        """Keep answers back, except those to `door`: nothing opens or closes a screen behind a locked one."""
        self._held, self._door = [], door

    def go_on(self) -> None:
        """Hand out what was kept back."""
        held, self._held, self._door = self._held or [], None, None
        for hand_out in held:
            hand_out()

    def _deliver(self, requester: MessagePump, hand_out: Callable[[], object]) -> None:
        if self._held is not None and requester is not self._door:
            self._held.append(hand_out)
        else:
            hand_out()

    def ask(
        self,
        requester: MessagePump,
        answer: type[Answer[T]],
        job: Job[T],
        *,
        write: bool = False,
        lasting: bool = False,
        latest: str = "",
        excuse: Excuse | None = None,
    ) -> int:
        """Have `job` done; its result comes to `requester` as an `answer`. Returns the request's number.

        `latest` names a question of which only the newest request counts. A `lasting` write waits for a store that
        is away, and all later writes with it: it must be one that stores nothing the second time.
        """
        number = next(self._numbers)
        if self.closed:
            return number
        if latest:
            self._latest[latest] = number
        pool = self._writes if write else self._reads
        future = asyncio.wrap_future(pool.submit(self._run, number, job, latest, lasting), loop=self._loop)
        if lasting:
            self._loop.call_later(SLOW, self._watch, future)
        # Screens that go away stop waiting, and would take back a job not yet begun: never one that writes.
        done = asyncio.shield(future) if write else future
        self._app.run_worker(
            self._hand_back(requester, answer, number, done, latest, excuse),
            name=answer.__name__,
            group="gateway-write" if write else "gateway",
            exit_on_error=False,
        )
        return number

    def _watch(self, written: asyncio.Future[Any]) -> None:
        """Say again and again that a store which neither refuses nor answers is waited for."""
        if not written.done():
            self._lasting.slow()
            self._loop.call_later(SLOW, self._watch, written)

    def finish(self) -> None:
        """Wait until everything asked for has been written; called when the screens are gone.

        A store that is away is tried once more for each, and not waited for.
        """
        self.closed = True
        self._lasting.leave()
        self._reads.shutdown(wait=False, cancel_futures=True)
        self._writes.shutdown(wait=True)
        if self._desk is not None:
            self._desk.close()

    def _run(self, number: int, job: Job[T], latest: str, lasting: bool) -> T:
        def work() -> T:
            if latest and self._latest[latest] != number:
                raise Superseded
            return job(self._opened())

        return self._lasting.done(work) if lasting else work()

    def _opened(self) -> Desk:
        with self._lock:
            if self._desk is None:
                self._desk = self._opening()
            return self._desk

    async def _hand_back(
        self,
        requester: MessagePump,
        answer: type[Answer[T]],
        number: int,
        done: asyncio.Future[T],
        latest: str,
        excuse: Excuse | None,
    ) -> None:
        try:
            value = await done
        except Superseded:
            return
        except asyncio.CancelledError:
            raise
        except HuifangError as error:
            self._deliver(requester, partial(self._say, error, excuse))
            return
        except Exception as error:
            # The words of an exception may hold what somebody typed: only its kind and place go to the log.
            log.error("%s failed: %s at %s", answer.__name__, type(error).__name__, place(error))
            self._trouble(error)
            return
        if not latest or self._latest[latest] == number:
            self._deliver(requester, partial(requester.post_message, answer(number, value)))

    def _say(self, error: HuifangError, excuse: Excuse | None) -> None:
        if excuse is None or not excuse(error):
            self._trouble(error)


def place(error: BaseException) -> str:
    """Where an exception came from, innermost last, without any values."""
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " > ".join(places[-6:])
