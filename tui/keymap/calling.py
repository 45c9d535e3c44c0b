"""The keys of a caller's own screens: today, call, review, member, find (see `tui.keys`)."""

from __future__ import annotations

from core.base.language import N_
from tui.keymap.key import Key, way_back, who_changed

CALLING_KEYS: tuple[Key, ...] = (
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
    who_changed("today"),
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
    who_changed("member"),
    way_back("member", 5),
    Key("pick", ("enter",), N_("open member"), N_("Open the member."), "find", 1),
    Key("call", ("f7",), N_("call"), N_("Open the call (c in the list)."), "find", 2),
    way_back("find", 3),
)
