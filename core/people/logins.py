"""Who is at this terminal as the system sees it: a name for the account, never proof of it (R15.1)."""

from __future__ import annotations

import hashlib
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path


def present_logins(environ: Mapping[str, str]) -> Iterator[str]:
    """The fingerprints of the SSH keys of this session, then the OS login: what an account may be tied to.

    sshd names the keys in the file SSH_USER_AUTH where its `ExposeAuthInfo` is on. The login is the system's
    own, not LOGNAME, which anybody may set.
    """
    yield from _fingerprints(environ.get("SSH_USER_AUTH", ""))
    try:
        import pwd

        yield pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # Windows, or a container's nameless user
        return


def _fingerprints(file: str) -> Iterator[str]:
    try:
        lines = Path(file).read_text(encoding="ascii").splitlines() if file else []
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        method, *key = line.split()
        if method == "publickey" and len(key) >= 2:
            try:
                digest = hashlib.sha256(b64decode(key[1], validate=True)).digest()
            except ValueError:
                continue
            yield "SHA256:" + b64encode(digest).decode().rstrip("=")
