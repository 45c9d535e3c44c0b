"""What a session costs: the loaded program is packed before the first fork, so that a session's own pages are few.

A fork shares every page until one of the two writes to it. What a session makes anew would be laid into the small
holes that loading and the rehearsal left all over the program, each of which costs a page of 4 kB; so the host
fills them. A session at its list had 28 MB of its own, and has 25 so; 23 with the code that runs laid together
(`gathering`). Of these, 18 are pages of what is loaded in which little more than reference counts were written:
newer Pythons need not write them (`lasting`), and most equal a page of another session, which the kernel may keep
once (`merging`).

Everything here is for CPython with glibc; elsewhere nothing is done, and sessions take more memory.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from typing import Any

_ARENA_MAX = -8
"""What <malloc.h> calls M_ARENA_MAX."""

_CLASS = re.compile(rb"^ *\d+ +(\d+) +\d+ +\d+ +(\d+) *$", re.MULTILINE)
"""In CPython's report on its small blocks: a size in bytes, and how many of that size are free."""

_BYTES = sys.getsizeof(b"")
_LARGEST_HOLE = 1 << 16
_fillings: list[list[object]] = []


def one_heap() -> None:
    """Let all threads to come share one C heap, which can be filled: half a MB less after a minute at the list."""
    libc = _libc()
    if libc is not None:
        libc.mallopt(_ARENA_MAX, 1)


def pack() -> None:
    """Let go of what the rehearsal left, fill the holes, and hide all there is from the garbage collector."""
    gc.unfreeze()  # the rehearsal's list froze its own screens, which have gone
    gc.collect()
    _fill_small()
    libc = _libc()
    if libc is not None:
        _fill_large(libc)
    gc.freeze()  # what is loaded is never looked at again: to look at it would be to write to it


def _fill_small() -> None:
    """Python's own blocks, of up to 512 bytes."""
    for size, free in _small_holes().items():
        if size > _BYTES:
            _fillings.append([bytes(size - _BYTES) for _ in range(free)])
        elif size > sys.getsizeof(0.0):
            _fillings.append([float(number) for number in range(free)])
        else:
            _fillings.append([object() for _ in range(free)])


def _small_holes() -> dict[int, int]:
    """How many blocks of each size are free; CPython tells it to the error stream alone."""
    with open(os.memfd_create("huifang-blocks"), "w+b") as report:
        sys.stderr.flush()
        stream = os.dup(2)
        os.dup2(report.fileno(), 2)
        try:
            sys._debugmallocstats()
        finally:
            os.dup2(stream, 2)
            os.close(stream)
        report.seek(0)
        return {int(size): int(free) for size, free in _CLASS.findall(report.read())}


def _fill_large(libc: Any) -> None:
    """The C heap: SQLite's blocks, and what is too large for Python's. What is filled is never given back."""
    libc.malloc_trim(0)
    end = libc.sbrk(0) - libc.mallinfo2().keepcost  # from here on it is fresh
    size = _LARGEST_HOLE
    while size >= 24:
        place = libc.malloc(size)
        if place is None or place >= end:
            libc.free(place)
            size = size * 3 // 4 if size > 640 else size - 16
    libc.malloc_trim(0)


def _libc() -> Any:
    """The C library; None where it is not glibc."""
    try:
        import ctypes
    except ImportError:
        return None
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        return None

    class Standing(ctypes.Structure):
        """What <malloc.h> calls struct mallinfo2."""

        _fields_ = [("counted", ctypes.c_size_t * 9), ("keepcost", ctypes.c_size_t)]

    libc.mallinfo2.restype = Standing
    libc.malloc.restype = libc.sbrk.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]
    libc.sbrk.argtypes = [ctypes.c_ssize_t]
    libc.free.argtypes = [ctypes.c_void_p]
    libc.free.restype = None
    return libc
