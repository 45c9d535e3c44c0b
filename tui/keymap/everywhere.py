"""The keys that hold on every screen unless it has its own of that name (see `tui.keys`)."""

from __future__ import annotations

from core.base.language import N_
from tui.keymap.key import Key, who_changed

EVERYWHERE = "all"

EVERYWHERE_KEYS: tuple[Key, ...] = (
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
    who_changed(EVERYWHERE, ()),
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
