"""What a server says to somebody it does not let in, each told for what it is: asking again changes nothing.

The driver hands on no SQLSTATE of a connection that was refused, so there the server's words must do: in English,
and in the Chinese that a server with a Chinese locale speaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from core.base.errors import StoreTrouble
from core.base.language import N_


@dataclass(frozen=True, slots=True)
class _Refusal:
    code: str
    states: tuple[str, ...]
    """SQLSTATEs that mean this and nothing else."""
    words: str
    """A pattern of the server's (or a pooler's) words."""
    template: str


CERTIFICATE, NO_TLS = "store.certificate", "store.no_tls"

_REFUSALS = (
    _Refusal(
        "store.no_role",
        (),
        r'(role|user) ".*" does not exist|角色 ?".*" ?不存在|no such user',
        N_(
            "The server knows no user {user} ({where}): check the name in HUIFANG_DATABASE, or have the server's "
            "administrator make that user."
        ),
    ),
    _Refusal(
        "store.no_database",
        ("3D000",),
        r'database ".*" does not exist|数据库 ?".*" ?不存在|no such database',
        N_(
            "The server has no database {database} ({where}): check the name in HUIFANG_DATABASE, or have the "
            "server's administrator make it; then run `huifang init`."
        ),
    ),
    _Refusal(
        "store.no_password",
        (),
        r"no password supplied|没有提供口令|没有提供密码",
        N_(
            "The server asks for the password of {user} and was given none ({where}): put it into "
            "HUIFANG_DATABASE as user:password@host, with %40 for an @ in it, or into ~/.pgpass."
        ),
    ),
    _Refusal(
        "store.password",
        ("28P01",),
        r"(password|SASL) authentication failed|Password 认证失败",
        N_(
            "The server does not accept this password of {user}, or knows no such user ({where}): correct it in "
            "HUIFANG_DATABASE, with %40 for an @ in it, or in ~/.pgpass."
        ),
    ),
    _Refusal(
        "store.no_login",
        (),
        r"is not permitted to log in|不允许角色",
        N_(
            "The user {user} may not sign in to the server ({where}): name another one in HUIFANG_DATABASE, or "
            "have the server's administrator run: alter role {user} login"
        ),
    ),
    _Refusal(
        "store.not_let_in",
        ("28000",),
        r"pg_hba\.conf|authentication failed|认证失败",
        N_(
            "The server does not let {user} into the database {database} from here or in this way ({where}): have "
            "its administrator allow that in pg_hba.conf, or correct HUIFANG_DATABASE."
        ),
    ),
    _Refusal(
        CERTIFICATE,
        (),
        r"certificate verify failed|does not match host name",
        N_(
            "The server's certificate is not accepted, so nothing was sent ({where}): it has expired, is for "
            "another name, is not signed by what sslrootcert names, or this machine's clock is wrong."
        ),
    ),
    _Refusal(
        NO_TLS,
        (),
        r"does not support SSL",
        N_(
            "The server has no TLS, which HUIFANG_DATABASE asks for ({where}): have its administrator turn it on "
            "(ssl = on)."
        ),
    ),
    _Refusal(
        "store.no_right",
        ("42501",),
        r"permission denied for database|访问数据库.*权限不",
        N_(
            "The database user may not do this ({reason}; {where}): let the tables' owner do it, or have the "
            "owner run `huifang roles` and grant the role huifang_app to that user."
        ),
    ),
)

CODES = frozenset(refusal.code for refusal in _REFUSALS)
"""The codes of these troubles: none passes by itself, and none says anything about what is in the store."""


def refused(error: DBAPIError, where: str) -> StoreTrouble | None:
    """The trouble where a server does not let somebody in, or not do what they asked; None for any other error."""
    state = getattr(error.orig, "sqlstate", None)
    said = str(error.orig)
    at_door = error.statement is None and state is None
    for refusal in _REFUSALS:
        if state in refusal.states or (at_door and re.search(refusal.words, said)):
            return StoreTrouble(refusal.code, refusal.template, **_about(error.orig, said), where=where)
    return None


def _about(error: object, said: str) -> dict[str, str]:
    """Who wanted in where, as the driver says (an address may leave both to the environment), and why not."""
    asked = getattr(error, "pgconn", None)
    names = {"user": getattr(asked, "user", None), "database": getattr(asked, "db", None)}
    reason = said.partition("\n")[0].rpartition("FATAL:")[2].strip()
    return {"reason": reason, **{name: (value or b"?").decode(errors="replace") for name, value in names.items()}}
