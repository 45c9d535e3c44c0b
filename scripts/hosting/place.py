"""Where host and terminals meet: one socket in the user's own folder, for that user alone (R16.3).

Imported by every terminal that attaches: nothing but `os` and `socket` here.
"""

from __future__ import annotations

import os
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "host.sock"

WINDOW, END, HUNG_UP, FULL = b"w", b"t", b"h", b"f"
"""What is said after the opening: the window's size changed, end, the line is gone; and: no session is free."""

LARGEST = 1 << 17
"""The largest opening, in bytes."""


def folder() -> str:
    """The folder of store and socket."""
    named = os.environ.get("HUIFANG_HOME")
    if named:
        return os.path.expanduser(named)
    from core.base.settings import home_folder

    return str(home_folder(os.environ))


class Address:
    """The socket's address, however long the folder's path is: a socket's own may have 107 bytes."""

    def __init__(self, within: str) -> None:
        self._folder = os.open(within, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)

    def of(self, name: str = NAME) -> str:
        """As bind and connect take it."""
        return f"/proc/self/fd/{self._folder}/{name}"

    def close(self) -> None:
        """Done with it."""
        os.close(self._folder)


def reach(within: str) -> socket.socket | None:
    """A connection to this user's own host; None where none answers."""
    try:
        address = Address(within)
    except OSError:
        return None
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        line.connect(address.of())
        if peer(line)[1] == os.getuid():
            return line
    except OSError:
        pass
    finally:
        address.close()
    line.close()
    return None


def peer(line: socket.socket) -> tuple[int, int]:
    """The process and the user at the other end."""
    process, user, _group = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return process, user


def packed(encoding: str, arguments: list[str], environment: Mapping[str, str] | None = None) -> bytes:
    """What a terminal asks for: its encoding, where it is, its arguments and its environment."""
    environment = os.environ if environment is None else environment
    surroundings = [f"{name}={value}" for name, value in environment.items()]
    texts = [encoding, os.getcwd(), str(len(arguments)), *arguments, *surroundings]
    return b"\0".join(map(os.fsencode, texts))


def unpacked(opening: bytes) -> tuple[str, str, list[str], dict[str, str]]:
    """Encoding, folder, arguments and environment of an opening."""
    encoding, where, count, *rest = map(os.fsdecode, opening.split(b"\0"))
    arguments, surroundings = rest[: int(count)], rest[int(count) :]
    environment = {}
    for entry in surroundings:
        name, _, value = entry.partition("=")
        environment[name] = value
    return encoding, where, arguments, environment
