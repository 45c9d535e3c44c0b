"""What is loaded lasts as long as the program: nobody counts who uses it, so a session that does writes nothing.

CPython from 3.12 on leaves the counts of some objects alone, None's for one: an object that bears the mark which
None bears is neither counted nor ever freed. Bearing it, what a session reads stays the host's page, and a session
at its list has 11 MB of its own instead of 21. Older Pythons know no such mark.
"""

from __future__ import annotations

import gc
import sys
import sysconfig
from types import CodeType, ModuleType
from typing import Any

_FIRST = (3, 12)
_PORTION = 1000
"""Objects that are looked at together."""


def let_last() -> int:
    """Mark all that is loaded; returns how much was marked, 0 where this Python has no such mark."""
    if not possible():
        return 0
    import ctypes

    count_at = ctypes.c_uint32.from_address
    mark = count_at(id(None)).value
    gc.unfreeze()  # what is frozen is not told of
    gc.disable()
    loaded = _loaded()
    for place in loaded:
        count_at(place).value = mark
    gc.enable()
    gc.freeze()
    return len(loaded)


def possible() -> bool:
    """Whether this is a CPython whose counts lie where they are looked for, and that has such a mark."""
    if sys.implementation.name != "cpython" or sys.version_info < _FIRST:
        return False
    if sys.byteorder != "little" or sys.maxsize < 1 << 32 or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return False
    try:
        import ctypes
    except ImportError:
        return False
    one, count_at = object(), ctypes.c_uint32.from_address
    held = [one, one, one]
    counted = count_at(id(one)).value == 1 + len(held)
    before = count_at(id(None)).value
    nothing = [None] * len(held)
    return counted and count_at(id(None)).value == before and len(nothing) == len(held)


def _loaded() -> dict[int, Any]:
    """All that is loaded, by its place: what the garbage collector knows, and what that refers to."""
    seen: dict[int, Any] = {}  # it holds them too: where nothing is any more, no mark may be written
    seen[id(seen)] = seen
    found = _fresh(gc.get_objects(), seen)
    while found:
        more: list[Any] = []
        for first in range(0, len(found), _PORTION):
            more += _fresh(_referred(found[first : first + _PORTION]), seen)
        found = more
    del seen[id(seen)]
    return seen


def _fresh(objects: list[Any], seen: dict[int, Any]) -> list[Any]:
    """Those that are seen for the first time."""
    fresh = {id(each): each for each in objects if id(each) not in seen}
    seen.update(fresh)
    return list(fresh.values())


def _referred(objects: list[Any]) -> list[Any]:
    """What these refer to.

    Modules are left out: those written in C count what they keep for the next use among what they refer to, and
    to hold that, even for a moment, would free it twice. What other modules hold is in their dictionaries.
    """
    referred = gc.get_referents(*(each for each in objects if not issubclass(type(each), ModuleType)))
    for each in objects:
        kind = type(each)
        if issubclass(kind, dict):
            referred += dict.keys(each)  # a dictionary does not tell of keys that are texts
        elif kind is CodeType:
            referred += (each.co_consts, each.co_names, each.co_linetable, each.co_exceptiontable)
            referred += (each.co_filename, each.co_name, each.co_qualname)
    return referred
