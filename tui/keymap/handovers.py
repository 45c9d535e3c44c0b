"""The keys of the handover screens: the list, one application, a new one, the log (see `tui.keys`)."""

from __future__ import annotations

from core.base.language import N_
from tui.keymap.key import Key, way_back, who_changed

HANDOVER_KEYS: tuple[Key, ...] = (
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
    who_changed("handover"),
    way_back("handover", 9),
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
    who_changed("handover_open"),
    way_back("handover_open", 8),
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
    who_changed("handover_log"),
    way_back("handover_log", 9),
)
