"""The one registry of actions: it feeds the bindings, the bottom line, help, the palette and the printed key card.

Never ctrl+m, ctrl+i, ctrl+h (they arrive as Enter, Tab, Backspace) nor alt with a letter (it types). Digits and
letters never fire in a text field; so each main action has an F-key too, which no input method swallows.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from core.base.language import N_, Catalogue
from tui.key import Key
from tui.matter_keys import MATTER_KEYS
from tui.recovery_keys import RECOVERY_KEYS

EVERYWHERE = "all"

COMMON_RANK = 20
"""Actions of this rank and above stand at the right end of the bottom line, on every screen."""


# fmt: off
KEYS: tuple[Key, ...] = (
    Key("open", ("enter",), N_("open call"), N_("Open the member: hold them and see the call."), "today", 1),
    Key("next", ("n", "f8"), N_("next"), N_("Open the next one due that nobody holds."), "today", 2),
    Key(
        "skip", ("s",), N_("skip"), N_("Skip the row for a reason; it sinks to the end of its group."), "today", 3
    ),
    Key(
        "why", ("w",), N_("why?"), N_("Explain rule by rule why the member is, or is not, on a list."), "today", 4
    ),
    Key("filter", ("f", "f7"), N_("filter"), N_("Show one programme only."), "today", 5),
    Key("undo", ("u",), N_("undo"), N_("Take your last record back; its text waits in the call."), "today", 6),
    Key("everything", ("a",), N_("all"), N_("Show what goes beyond the day's target too."), "today"),
    Key("board", ("b",), N_("board"), N_("How each caller and store stands today and this month."), "today"),
    Key(
        "audit",
        ("y",),
        N_("who changed?"),
        N_("Who changed this record: when, from what to what, and why."),
        "today",
    ),
    Key("dial", ("d", "f7"), N_("dial"), N_("Show the number, on record, and start the clock."), "call", 1),
    Key("form", ("tab",), N_("fill in"), N_("Go to the next field of the script."), "call", 2),
    Key("edit", ("e",), N_("profile"), N_("Change the member's profile in place."), "call", 3),
    Key("raise", ("p",), N_("problem"), N_("Take a problem or complaint down."), "call", 4),
    Key("callback", ("c",), N_("call back"), N_("Agree on another time, in plain words."), "call"),
    Key("gift", ("g",), N_("gift"), N_("Give the member a gift or a coupon."), "call", 5),
    Key("more", ("o",), N_("more"), N_("Other outcomes."), "call"),
    Key("save", ("f8",), N_("save, next"), N_("Save the call; the next member opens for a look."), "call", 6),
    Key(
        "leave",
        ("escape",),
        N_("leave"),
        N_("Go back to the list: the draft is kept, the member set free."),
        "call",
        7,
    ),
    Key("decide", ("enter", "f8"), N_("decide"), N_("Keep the decision that is chosen."), "review", 1),
    Key("review_call", ("c",), N_("call now"), N_("Open the call instead."), "review", 2),
    Key("leave", ("escape",), N_("back"), N_("Back to the list; nothing is decided."), "review", 3),
    Key(
        "reveal",
        ("r", "f7"),
        N_("show contact"),
        N_("Show phone numbers, e-mail, WeChat and address; this is put on record."),
        "member",
        1,
    ),
    Key("edit", ("e", "f8"), N_("profile"), N_("Change the member's profile in place."), "member", 2),
    Key("history", ("h",), N_("history"), N_("Every change of every field: who, when, why."), "member", 3),
    Key("call", ("c",), N_("call"), N_("Open the call."), "member", 4),
    Key("gift", ("g",), N_("gift"), N_("Give the member a gift or a coupon."), "member"),
    Key("measure", ("m",), N_("measure"), N_("Take a measure to bring the member back."), "member"),
    Key(
        "audit",
        ("y",),
        N_("who changed?"),
        N_("Who changed this record: when, from what to what, and why."),
        "member",
    ),
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "member", 5),
    Key("pick", ("enter",), N_("open member"), N_("Open the member."), "find", 1),
    Key("call", ("f7",), N_("call"), N_("Open the call (c in the list)."), "find", 2),
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "find", 3),
    Key("open", ("enter",), N_("open"), N_("Open the application: members, steps, what moves."), "handover", 1),
    Key(
        "apply",
        ("n", "f8"),
        N_("new"),
        N_("Apply for a handover: kind, who gives, who takes, why."),
        "handover",
        2,
    ),
    Key(
        "log",
        ("l", "f7"),
        N_("log"),
        N_("Every application there ever was: filter, print, export."),
        "handover",
        3,
    ),
    Key(
        "audit",
        ("y",),
        N_("who changed?"),
        N_("Who changed this record: when, from what to what, and why."),
        "handover",
    ),
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "handover", 9),
    Key(
        "agree",
        ("a", "f8"),
        N_("agree"),
        N_("Take it further: review, approve, or submit again."),
        "handover_open",
        1,
    ),
    Key("refuse", ("r", "f7"), N_("send back"), N_("Send it back to who applied; say why."), "handover_open", 2),
    Key(
        "adjust",
        ("m",),
        N_("distribute"),
        N_("Change who takes whom: evenly, by store, by hand."),
        "handover_open",
        3,
    ),
    Key(
        "print", ("p",), N_("print"), N_("Write the handover sheet to a file, and say where."), "handover_open", 4
    ),
    Key("steps", ("h",), N_("steps"), N_("Every step: who, when, what was said."), "handover_open", 5),
    Key(
        "file",
        ("x",),
        N_("file it"),
        N_("File an executed handover, for the customer-service desk."),
        "handover_open",
        6,
    ),
    Key(
        "withdraw",
        ("w",),
        N_("take back"),
        N_("Take your application back, until it is executed."),
        "handover_open",
        7,
    ),
    Key("open", ("enter",), N_("member"), N_("Everything about the member under the cursor."), "handover_open"),
    Key(
        "audit",
        ("y",),
        N_("who changed?"),
        N_("Who changed this record: when, from what to what, and why."),
        "handover_open",
    ),
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "handover_open", 8),
    Key("submit", ("a", "f8"), N_("submit"), N_("Submit the application."), "handover_new", 1),
    Key(
        "adjust",
        ("m", "f7"),
        N_("give to"),
        N_("Give the member under the cursor to somebody else."),
        "handover_new",
        2,
    ),
    Key("draft", ("d",), N_("keep draft"), N_("Keep it without submitting it."), "handover_new", 3),
    Key("cautions", ("h",), N_("mind"), N_("Everything to mind before it is submitted."), "handover_new", 4),
    Key("leave", ("escape",), N_("back"), N_("Back to the last question."), "handover_new", 9),
    Key(
        "open", ("enter",), N_("open"), N_("Open the application: members, steps, what moves."), "handover_log", 1
    ),
    Key("filter", ("f", "f7"), N_("filter"), N_("By person, store, day, state or member."), "handover_log", 2),
    Key(
        "print",
        ("p",),
        N_("print"),
        N_("Write the application's sheet to a file, and say where."),
        "handover_log",
        3,
    ),
    Key(
        "export",
        ("e", "f8"),
        N_("export"),
        N_("Write the log as shown to a file; say what for."),
        "handover_log",
        4,
    ),
    Key(
        "audit",
        ("y",),
        N_("who changed?"),
        N_("Who changed this record: when, from what to what, and why."),
        "handover_log",
    ),
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "handover_log", 9),
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
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "board", 9),
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
    Key(
        "audit",
        ("y",),
        N_("who changed?"),
        N_("Who changed this record: when, from what to what, and why."),
        "people",
    ),
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "people", 9),
    *MATTER_KEYS,
    *RECOVERY_KEYS,
    Key("leave", ("escape",), N_("back"), N_("Back to where you came from."), "audit", 1),
    Key(
        "find",
        ("slash", "f2"),
        N_("find"),
        N_("Find a member by number, name, pinyin or last digits."),
        EVERYWHERE,
        20,
    ),
    Key("today", ("f3",), N_("today"), N_("Back to today's list."), EVERYWHERE),
    Key("member", ("f4",), N_("member"), N_("Everything about the member under the cursor."), EVERYWHERE),
    Key("refresh", ("f5",), N_("refresh"), N_("Read the screen anew."), EVERYWHERE),
    Key(
        "handover", ("f6",), N_("handover"), N_("Hand members over to a colleague, and decide on it."), EVERYWHERE
    ),
    Key(
        "handover_log",
        (),
        N_("handover log"),
        N_("Every application there ever was: filter, print, export."),
        EVERYWHERE,
    ),
    Key("board", (), N_("board"), N_("How each caller and store stands today and this month."), EVERYWHERE),
    Key(
        "complaints",
        ("f11",),
        N_("complaints"),
        N_("Complaints: mine, my store's, late, all, the archive."),
        EVERYWHERE,
    ),
    Key(
        "intake",
        ("f12", "ctrl+t"),
        N_("take down"),
        N_("Take a complaint or problem down, while the member is on the line or at the counter."),
        EVERYWHERE,
    ),
    Key("problems", (), N_("problems"), N_("Problems that are to be put right."), EVERYWHERE),
    Key("suggestions", (), N_("suggestions"), N_("What members suggest."), EVERYWHERE),
    Key("reports", (), N_("reports"), N_("Satisfaction, complaints, reasons: as bars and as files."), EVERYWHERE),
    Key(
        "recovery",
        (),
        N_("recovery"),
        N_("Members gone for months: the funnel, what each measure brings, what is to be done."),
        EVERYWHERE,
    ),
    Key("gifts", (), N_("gifts"), N_("Gifts to hand out, stock, budgets, coupons."), EVERYWHERE),
    Key("people", (), N_("people"), N_("The staff: roles, PINs, stores, cover, leaving."), EVERYWHERE),
    Key(
        "audit",
        (),
        N_("who changed?"),
        N_("Who changed this record: when, from what to what, and why."),
        EVERYWHERE,
    ),
    Key("my_secret", (), N_("my PIN"), N_("Change your own PIN or password."), EVERYWHERE),
    Key("palette", ("f9", "ctrl+p"), N_("commands"), N_("Every command by name."), EVERYWHERE, 21),
    Key("lock", ("f10",), N_("lock"), N_("Cover the screen, or sign out."), EVERYWHERE),
    Key("help", ("question_mark", "f1"), N_("help"), N_("The keys of this screen."), EVERYWHERE, 22),
    Key("language", (), N_("language"), N_("中文 / English"), EVERYWHERE),
    Key(
        "quit",
        ("ctrl+q",),
        N_("quit"),
        N_("Leave the program; what is being written is finished first."),
        EVERYWHERE,
    ),
)
# fmt: on

SCREENS: dict[str, str] = {
    "today": N_("Today"),
    "call": N_("Call"),
    "review": N_("Review"),
    "member": N_("Member"),
    "find": N_("Find"),
    "handover": N_("Handover"),
    "handover_open": N_("Handover application"),
    "handover_new": N_("New application"),
    "handover_log": N_("Handover log"),
    "board": N_("Board"),
    "complaints": N_("Complaints"),
    "problems": N_("Problems"),
    "suggestions": N_("Suggestions"),
    "matter": N_("Complaint or problem"),
    "report": N_("Reports"),
    "recovery": N_("Recovery"),
    "gifts": N_("Gifts"),
    "people": N_("People"),
    "audit": N_("Who changed this?"),
    EVERYWHERE: N_("Everywhere"),
}

_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "ctrl+p": "^p",
    "ctrl+q": "^q",
}


def keys_of(screen: str) -> list[Key]:
    """The actions of a screen, then those that hold everywhere and are not replaced there."""
    own = [key for key in KEYS if key.screen == screen]
    names = {key.id for key in own}
    return own + [key for key in KEYS if key.screen == EVERYWHERE and key.id not in names]


def bindings(screen: str) -> list[Binding]:
    """Textual's bindings for a screen; a screen's own key goes before one that holds everywhere."""
    taken: set[str] = set()
    made: list[Binding] = []
    for key in keys_of(screen):
        free = [name for name in key.keys if name not in taken]
        taken.update(free)
        if free:
            made.append(Binding(",".join(free), f"key('{key.id}')", show=False))
    return made


def name_of(key: str) -> str:
    """A key as it is printed: Enter, Esc, F8, ?, n."""
    return _SHOWN.get(key, key.upper() if key.startswith("f") and key[1:].isdigit() else key)


def types(key: str) -> bool:
    """Whether the key types a character where a text field has the focus."""
    return len(key) == 1 or key in ("question_mark", "slash")


def bottom(keys: Iterable[Key], typing: bool) -> list[tuple[str, Key]]:
    """The keys of the bottom line that work now, the most used first."""
    line: list[tuple[str, Key]] = []
    for key in sorted((key for key in keys if key.rank), key=lambda key: key.rank):
        usable = [name for name in key.keys if not (typing and types(name))]
        if usable:
            line.append((name_of(usable[0]), key))
    return line


def key_card(words: Catalogue) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Every key by screen, for the printed key card: (screen, ((keys as printed, what it does), ...))."""
    return tuple(
        (
            words.say(title),
            tuple(
                (" ".join(name_of(name) for name in key.keys), words.say(key.help))
                for key in KEYS
                if key.screen == screen and key.keys
            ),
        )
        for screen, title in SCREENS.items()
    )
