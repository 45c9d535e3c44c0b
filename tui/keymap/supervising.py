"""The keys of those who supervise: the board, the staff, who changed a record (see `tui.keys`)."""

from __future__ import annotations

from core.base.language import N_
from tui.keymap.key import Key, way_back, who_changed

SUPERVISING_KEYS: tuple[Key, ...] = (
    Key(
        "reassign",
        ("r", "f8"),
        N_("reassign"),
        N_("Give a caller's due rows to somebody else; say why."),
        "board",
        1,
    ),
    Key(
        "watch", ("w", "f7"), N_("unusual"), N_("Who looked at, or revealed, unusually many members."), "board", 2
    ),
    Key(
        "passed",
        ("s",),
        N_("skipped"),
        N_("Who was passed over so often that it goes to the supervisor, and why."),
        "board",
        3,
    ),
    Key("everyone", ("a",), N_("everybody"), N_("Show those who have nothing today too."), "board", 4),
    way_back("board", 9),
    Key("add", ("n", "f8"), N_("add"), N_("Take somebody on."), "people", 1),
    Key("role", ("o",), N_("role"), N_("Give them another role."), "people", 2),
    Key(
        "secret",
        ("p", "f7"),
        N_("new PIN"),
        N_("Give them a PIN by chance, shown once; it opens a locked account."),
        "people",
        3,
    ),
    Key(
        "move", ("m",), N_("move"), N_("Let them work for another store; their members stay theirs."), "people", 4
    ),
    Key("cover", ("c",), N_("cover"), N_("Let a colleague work their list for some days."), "people", 5),
    Key("end_cover", ("e",), N_("end cover"), N_("End their cover before its last day."), "people", 6),
    Key(
        "goes", ("l",), N_("leaves"), N_("What they have in hand; when that is nothing, let them go."), "people", 7
    ),
    Key("unlock", ("u",), N_("open account"), N_("Open an account that wrong tries have locked."), "people"),
    who_changed("people"),
    way_back("people", 9),
    way_back("audit", 1),
)
