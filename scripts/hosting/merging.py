"""Which pages the kernel may keep once for all sessions: those that a session writes to, and no others.

What is never written to is shared since the fork. The kernel would look at it in every session all the same, and
take four times as long to find the equal pages; so one fork works through the rehearsal and tells where it wrote.
Whether any page is merged is for the machine's administrator to say (`data/deploy/huifang-merging.conf`).

Everything here is for Linux; elsewhere nothing is merged.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scripts.hosting.apart import apart

_MERGEABLE = 12
"""What <sys/mman.h> calls MADV_MERGEABLE."""

_GAP = 8
"""Pages between two written ones that are asked for too: each range costs the kernel memory in every session."""

_PRESENT = 1 << 63
_OWN = 1 << 56
"""In /proc/self/pagemap: the page is in memory, and nobody else's."""

Range = tuple[int, int]


def let_merge(work: Callable[[], Any]) -> None:
    """Have a fork do the work, and let the kernel merge what it wrote to, here and in all forks to come."""
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        size = os.sysconf("SC_PAGE_SIZE")
        before = list(_regions(size))
    except (ImportError, AttributeError, OSError):
        return
    for first, end in joined(written_by(work, before)):
        libc.madvise(first * size, (end - first) * size, _MERGEABLE)


def written_by(work: Callable[[], Any], regions: Iterable[Range]) -> list[int]:
    """The numbers of the pages in `regions` that a fork writes to at this work; none where the work fails."""

    def told() -> bytes:
        work()
        pages = list(_own_pages(regions))
        return struct.pack(f"={len(pages)}Q", *pages)

    try:
        return [number for (number,) in struct.iter_unpack("=Q", apart(told))]
    except ChildProcessError:
        return []


def joined(pages: Iterable[int]) -> list[Range]:
    """The pages as ranges, first and behind the last; what is near each other is one range."""
    ranges: list[Range] = []
    for page in sorted(pages):
        if ranges and page - ranges[-1][1] <= _GAP:
            ranges[-1] = ranges[-1][0], page + 1
        else:
            ranges.append((page, page + 1))
    return ranges


def _regions(size: int) -> Iterator[Range]:
    """Where Python's blocks and the C heap lie, in pages."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as listed:
        for line in listed:
            place, modes, _offset, _device, _inode, *name = line.split(None, 5)
            if modes == "rw-p" and (not name or name[0].strip() == "[heap]"):
                first, end = (int(number, 16) // size for number in place.split("-"))
                yield first, end


def _own_pages(regions: Iterable[Range]) -> Iterator[int]:
    """The pages that are this process's alone: a fork's are those that it wrote to."""
    with open("/proc/self/pagemap", "rb", buffering=0) as found:
        for first, end in regions:
            entries = os.pread(found.fileno(), (end - first) * 8, first * 8)
            for number, (entry,) in enumerate(struct.iter_unpack("=Q", entries), first):
                if entry & _PRESENT and entry & _OWN:
                    yield number
