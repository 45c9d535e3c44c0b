"""Eight terminals as eight processes, forked from one that has imported everything."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["core.schema", "core.store.engine", "core.store.migrate", "core.calls.tables"])


def together(count: int, work: Callable[..., Any], *arguments: Any) -> list[Any]:
    """What `work(number, *arguments)` gives in each of `count` processes that start at the same moment."""
    barrier = CONTEXT.Barrier(count)
    answers = CONTEXT.Queue()
    children = [
        CONTEXT.Process(target=_child, args=(barrier, answers, number, work, arguments)) for number in range(count)
    ]
    for child in children:
        child.start()
    found = dict(answers.get(timeout=120) for _ in children)
    for child in children:
        child.join()
    failed = [answer for answer in found.values() if isinstance(answer, BaseException)]
    if failed:
        raise failed[0]
    return [found[number] for number in range(count)]


def _child(barrier: Any, answers: Any, number: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    barrier.wait()
    try:
        answers.put((number, work(number, *arguments)))
    except Exception as error:
        answers.put((number, RuntimeError(f"process {number}: {type(error).__name__}: {error}")))
