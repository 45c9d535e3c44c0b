"""The code that sessions run is laid close together: the interpreter writes to it, reference counts and caches.

Loading leaves it strewn among three times as much that no session runs; each page of either costs every session
4 kB. A function is the same one afterwards, with a copy of its code that lies with the others' copies.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType
from typing import Any


def run_by(work: Callable[[], Any]) -> list[CodeType]:
    """The code that runs while the work is done, in whatever thread, in the order of the first runs."""
    seen: dict[int, CodeType] = {}  # by identity: to compare code is to compare all of it

    def note(frame: FrameType, event: str, _value: object) -> None:
        if event == "call":
            seen.setdefault(id(frame.f_code), frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(seen.values())


def gather(run: list[CodeType]) -> int:
    """Give all functions copies of that code, and of what it lies in; returns how many functions got one."""
    gc.unfreeze()  # what is frozen is not told of
    copies = Copies(run)
    for code in run:
        copies.of(code)
    changed = 0
    for each in gc.get_objects():
        if type(each) is FunctionType:
            copy = copies.of(each.__code__)
            if copy is not each.__code__:
                each.__code__ = copy
                changed += 1
    return changed


class Copies:
    """One copy of each code that runs, made when it is first asked for."""

    def __init__(self, run: list[CodeType]) -> None:
        self._run = {id(code): code for code in run}
        self._made: dict[int, tuple[CodeType, CodeType]] = {}

    def of(self, code: CodeType) -> CodeType:
        """The copy; the code itself where neither it nor what lies in it runs."""
        made = self._made.get(id(code))
        if made is None:
            made = self._made[id(code)] = code, self._new(code)  # with the code, so that its identity stays taken
        return made[1]

    def _new(self, code: CodeType) -> CodeType:
        inner = tuple(self.of(each) if isinstance(each, CodeType) else each for each in code.co_consts)
        same = all(new is old for new, old in zip(inner, code.co_consts, strict=True))
        return code if same and id(code) not in self._run else code.replace(co_consts=inner)
