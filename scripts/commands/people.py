"""Staff: taking on, roles, PINs, other stores, leaving; and who looked at unusually much."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from core.base.errors import BadInput
from core.base.language import N_
from core.base.naming import ROLES, named
from scripts.errand import Errand, command, parse_day
from scripts.show import iso, json_answer, json_rows, say, table

if TYPE_CHECKING:
    from core.base.actor import Role
    from core.handover.clearance import Clearance

Code = Annotated[str, typer.Argument(metavar="CODE", help=N_("A staff code."))]
RoleCode = Literal["caller", "assistant", "store_manager", "manager", "service_desk", "admin"]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("Why; this is kept on record."))]


@command("staff list", N_("Everybody on the staff, with role, store, and whether they have a PIN."), json=True)
def staff_list(
    errand: Errand,
    left: Annotated[bool, typer.Option("--left", help=N_("Also those who have left."))] = False,
) -> None:
    """Print the staff."""
    from core.people.views import staff_accounts

    rows = staff_accounts(errand.store, errand.actor, left=left)
    words = errand.words
    if errand.json:
        json_rows(
            {
                "code": row.code,
                "name": row.name,
                "role": row.role,
                "store": row.store_code,
                "store_name": row.store_name,
                "language": row.language,
                "left_on": iso(row.left_on),
                "secret": row.has_secret,
                "locked_until": iso(row.locked_until),
            }
            for row in rows
        )
        return
    headings = [words.say(t) for t in (N_("code"), N_("name"), N_("role"), N_("store"), N_("PIN"), N_("left"))]
    table(
        headings,
        [
            [
                r.code,
                r.name,
                named(ROLES, r.role, words),
                f"{r.store_code} {r.store_name}",
                words.say(_pin_words(r.has_secret, r.locked_until is not None)),
                iso(r.left_on) or "",
            ]
            for r in rows
        ],
    )
    bare = sum(row.has_secret is False for row in rows if row.left_on is None)
    if any(row.has_secret for row in rows) and bare:
        say(
            words.say(
                N_("{count} have no PIN: anybody can work as them (staff passwd CODE gives one)."), count=bare
            )
        )


def _pin_words(has_secret: bool | None, locked: bool) -> str:
    if locked:
        return N_("locked")
    if has_secret is None:
        return ""
    return N_("yes") if has_secret else N_("no")


@command("staff add", N_("Take somebody on."))
def staff_add(
    errand: Errand,
    code: Code,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=N_("Their name."))],
    role: Annotated[RoleCode, typer.Option("--role", help=N_("What they do."))],
    store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("Where they work."))],
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option("--language", help=N_("The language of their screens."))
    ] = None,
    target: Annotated[
        int | None, typer.Option("--target", metavar="N", help=N_("Members a day (the policy's unless given)."))
    ] = None,
) -> None:
    """Take somebody on."""
    from core.people.actions import StaffForm, add_staff

    form = StaffForm(code, name, _role(role), store, language, target)
    added = add_staff(errand.store, errand.actor, form)
    say(errand.words.say(N_("{code} is on the staff. Next: `huifang staff passwd {code}`."), code=added))


@command("staff role", N_("Give somebody another role."))
def staff_role(
    errand: Errand,
    code: Code,
    role: Annotated[RoleCode, typer.Argument(help=N_("What they do from now on."))],
    reason: Why = "",
) -> None:
    """Change a role."""
    from core.people.actions import change_role

    change_role(errand.store, errand.actor, code, _role(role), why=reason)
    words = errand.words
    say(words.say(N_("{code} is {role} now."), code=code, role=named(ROLES, role, words)))


@command("staff move", N_("Let somebody work for another store; their members stay theirs."))
def staff_move(
    errand: Errand,
    code: Code,
    store: Annotated[str, typer.Argument(metavar="STORE", help=N_("A store's code."))],
    reason: Why = "",
) -> None:
    """Move somebody."""
    from core.people.actions import move_staff

    move_staff(errand.store, errand.actor, code, store, why=reason)
    say(errand.words.say(N_("{code} works for {store} now; their members stay theirs."), code=code, store=store))


@command("staff passwd", N_("Change your own PIN, or give somebody a new one (for CODE)."))
def staff_passwd(
    errand: Errand,
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help=N_("Whose PIN to set (your own unless given)."))
    ] = None,
    generate: Annotated[
        bool, typer.Option("--generate", help=N_("Make one by chance and print it once."))
    ] = False,
) -> None:
    """Set a secret; it is read from HUIFANG_SECRET_FILE or typed unseen, never an argument."""
    from core.people.accounts import change_secret, reset_secret

    words, who = errand.words, errand.signed_in
    if code is None or code == errand.as_code:
        present = errand.answers.ask(words, words.say(N_("Present PIN or password:"))) if _has_one(errand) else ""
        change_secret(errand.store, who, present, _new_secret(errand), errand.terminal)
        say(words.say(N_("Your PIN is changed.")))
        return
    given = reset_secret(errand.store, errand.actor, code, None if generate else _new_secret(errand))
    if generate:
        say(words.say(N_("PIN of {code}, to be told them once: {pin}"), code=code, pin=str(given)))
    say(words.say(N_("{code} changes it at the first sign-in."), code=code))


def _has_one(errand: Errand) -> bool:
    from core.people.signin import has_secret

    return has_secret(errand.store, errand.signed_in)


def _new_secret(errand: Errand) -> str:
    words = errand.words
    typed = errand.answers.ask(words, words.say(N_("New PIN or password:")))
    if errand.answers.ask(words, words.say(N_("The new one again:"))) != typed:
        raise BadInput("secret.differ", N_("The two differ: nothing was changed."), field="secret")
    return typed


@command("staff unlock", N_("Open an account that wrong tries have locked; its PIN stays."))
def staff_unlock(errand: Errand, code: Code) -> None:
    """Open a locked account."""
    from core.people.accounts import unlock_account

    opened = unlock_account(errand.store, errand.actor, code)
    said = N_("{code} can sign in again.") if opened else N_("{code} was not locked.")
    say(errand.words.say(said, code=code))


@command("staff tie", N_("Tie an OS login or an SSH key's fingerprint to an account: only the PIN is asked."))
def staff_tie(
    errand: Errand,
    code: Code,
    login: Annotated[
        str, typer.Option("--login", metavar="NAME", help=N_("An OS login, or a fingerprint (SHA256:...)."))
    ],
    remove: Annotated[bool, typer.Option("--remove", help=N_("Untie it."))] = False,
) -> None:
    """Tie or untie a login."""
    from core.people.accounts import tie_login, untie_login

    if remove:
        gone = untie_login(errand.store, errand.actor, code, login)
        said = N_("{login} is no longer tied to {code}.") if gone else N_("{login} was not tied to {code}.")
    else:
        tie_login(errand.store, errand.actor, code, login)
        said = N_("{login} is tied to {code}.")
    say(errand.words.say(said, login=login, code=code))


@command(
    "staff clearance", N_("What somebody has in hand, which must be handed over before they leave."), json=True
)
def staff_clearance(errand: Errand, code: Code) -> None:
    """Print a clearance."""
    from core.handover.clearance import clearance

    found = clearance(errand.store, errand.actor, code)
    if errand.json:
        json_answer(_clearance_json(found))
    else:
        _print_clearance(errand, found)


@command("staff leave", N_("Let somebody go, once nothing is left in their hands; their records stay."), json=True)
def staff_leave(
    errand: Errand,
    code: Code,
    on: Annotated[
        date | None,
        typer.Option(
            "--from",
            parser=parse_day,
            metavar="DATE",
            help=N_("The first day they no longer work (today unless given)."),
        ),
    ] = None,
    reason: Why = "",
) -> int:
    """Let somebody go, or say what keeps them; exit code 1 then."""
    from core.handover.clearance import NotCleared, leave
    from scripts.failures import complain

    words = errand.words
    try:
        done = leave(errand.store, errand.actor, code, on, why=reason)
    except NotCleared as refused:
        if errand.json:
            json_answer(_clearance_json(refused.clearance))
        else:
            _print_clearance(errand, refused.clearance)
        complain(words.error(refused))
        return 1
    if errand.json:
        json_answer(_clearance_json(done))
        return 0
    say(
        words.say(
            N_("{code} has left as of {day}: the account is closed, the records stay."),
            code=code,
            day=done.left_on,
        )
    )
    return 0


def _clearance_json(found: Clearance) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": found.name,
        "left_on": iso(found.left_on),
        "clear": found.clear,
        "counts": dict(found.counts),
        "items": [
            {"kind": i.kind, "ref": i.ref, "name": i.name, "what": i.what, "since": i.since} for i in found.items
        ],
    }


def _print_clearance(errand: Errand, found: Clearance) -> None:
    from core.handover.clearance import SOURCES

    words = errand.words
    say(f"{found.code}  {found.name}")
    rows = [[words.say(source.name), str(found.counts.get(source.kind, 0))] for source in SOURCES]
    table([words.say(N_("in hand")), words.say(N_("number of them"))], rows, right=(1,))
    if found.items:
        headings = [words.say(t) for t in (N_("in hand"), N_("number"), N_("name"), N_("what"), N_("since"))]
        names = {source.kind: words.say(source.name) for source in SOURCES}
        print()
        table(headings, [[names[i.kind], i.ref, i.name, i.what, i.since[:16]] for i in found.items])
    if found.clear:
        say(words.say(N_("Nothing keeps them: `huifang staff leave {code}`."), code=found.code))


@command("staff watch", N_("Who looked at, or revealed, unusually many members; leavers first."), json=True)
def staff_watch(
    errand: Errand,
    since: Annotated[
        date | None,
        typer.Option(
            "--since", parser=parse_day, metavar="DATE", help=N_("From which day (a week back unless given).")
        ),
    ] = None,
) -> None:
    """Print the unusual days."""
    from core.insight.watch import WHY, unusual

    rows = unusual(errand.store, errand.actor, since)
    words = errand.words
    if errand.json:
        json_rows(
            {**{f: getattr(row, f) for f in row.__dataclass_fields__}, "day": iso(row.day), "why": list(row.why)}
            for row in rows
        )
        return
    if not rows:
        say(words.say(N_("Nothing unusual.")))
        return
    titles = (
        N_("day"),
        N_("code"),
        N_("name"),
        N_("store"),
        N_("viewed"),
        N_("usual"),
        N_("revealed"),
        N_("usual"),
    )
    table(
        [words.say(t) for t in (*titles, N_("why"))],
        [
            [
                str(r.day), r.code, r.name, r.store,
                str(r.views), str(r.usual_views), str(r.reveals), str(r.usual_reveals),
                ", ".join(words.say(WHY[code]) for code in (*(["leaves"] if r.leaves else []), *r.why)),
            ]
            for r in rows
        ],
        right=(4, 5, 6, 7),
    )  # fmt: skip


def _role(code: str) -> Role:
    from core.base.actor import Role

    return Role(code)
