"""The terminal's end: hand the terminal over to the host, pass signals on, put it right if the session dies.

It is started for every session, so it imports little; without a host the program is opened as ever.
"""

from __future__ import annotations

import os
import signal
import socket
import sys

from scripts.hosting import place

_PASSED_ON: dict[int, bytes] = {
    signal.SIGWINCH: place.WINDOW,
    signal.SIGTERM: place.END,
    signal.SIGHUP: place.HUNG_UP,
}
_RESTORED = "\x1b[?2004l\x1b[?7h\x1b[r\x1b[m\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
_PLAIN = "\x1b[?7h\x1b[r\x1b[m\x1b[?25h\x1b[2J\x1b[H"


def attach(arguments: list[str]) -> int | None:
    """Work in a session of the host until it ends; its exit code, None where there is no host to work in."""
    line = place.reach(place.folder())
    if line is None:
        return None
    before = _modes()
    with line:
        sent = _opened(line, arguments)
        word = _outcome(line)
    if word == place.FULL:
        say("Too many sessions are open: try again when somebody has left, or tell your administrator.", arguments)
        return 1
    if not word and sent:
        _put_right(before)
        say("The program ended unexpectedly. What you typed is kept: open it again.", arguments)
        return 1
    return int(word) if word else None


def _opened(line: socket.socket, arguments: list[str]) -> bool:
    """Say what is wanted, before anything else: what happens to the terminal meanwhile is told after it."""
    waiting = signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    _pass_on(line)
    try:
        socket.send_fds(line, [place.packed(_encoding(), arguments)], [0, 1, 2])
    except OSError:
        return False
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
    return True


def _pass_on(line: socket.socket) -> None:
    """Tell the session what the kernel tells only whoever was started in the terminal."""

    def told(number: int, _frame: object) -> None:
        try:  # noqa: SIM105  contextlib is not worth its import here
            line.send(_PASSED_ON[number])
        except OSError:
            pass

    for each in _PASSED_ON:
        signal.signal(each, told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c is the session's, as a key


def _outcome(line: socket.socket) -> bytes:
    """The exit code of the session or the host's refusal, nothing where the session died."""
    try:
        return line.recv(16)
    except ConnectionResetError:  # it left without hearing us out; what it said is still there
        return line.recv(16)
    except OSError:
        return b""


def _encoding() -> str:
    return sys.stderr.encoding if sys.stderr else ""


def _modes() -> list[object] | None:
    import termios

    try:
        modes: list[object] = termios.tcgetattr(0)
    except termios.error:
        return None
    return modes


def _put_right(before: list[object] | None) -> None:
    """The session died: give the terminal back as it was."""
    if before is not None:
        import termios

        try:
            termios.tcsetattr(0, termios.TCSADRAIN, before)  # type: ignore[arg-type]
            plain = os.environ.get("TERM", "").startswith(("linux", "vt"))
            os.write(2, (_PLAIN if plain else _RESTORED).encode())
        except (OSError, termios.error):
            return


def say(text: str, arguments: list[str]) -> None:
    from scripts.failures import complain, safe_streams, some_words

    safe_streams()
    complain(some_words(arguments).say(text))
