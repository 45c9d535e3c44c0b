"""The keys of the screens of recovery and gifts (see `tui.keys`)."""

from __future__ import annotations

from core.base.language import N_
from tui.keymap.key import Key, way_back

RECOVERY_KEYS: tuple[Key, ...] = (
    Key("done", ("d", "f8"), N_("done"), N_("The measure was done: say what came of it."), "recovery", 1),
    Key("take", ("m", "f7"), N_("measure"), N_("Take a measure for the member under the cursor."), "recovery", 2),
    Key("due", ("c",), N_("other day"), N_("Give the measure another day, in plain words."), "recovery", 3),
    Key("owner", ("o",), N_("to whom"), N_("Give the measure to a colleague."), "recovery", 4),
    Key("drop", ("x",), N_("drop"), N_("Leave the measure undone; say why."), "recovery", 5),
    Key("gift", ("g",), N_("gift"), N_("Give the member a gift or a coupon."), "recovery", 6),
    Key("period", ("p",), N_("months"), N_("How many months it is about."), "recovery", 7),
    Key("reports", ("t",), N_("as a file"), N_("The report with pictures, for a file."), "recovery"),
    Key("open", ("enter",), N_("member"), N_("Everything about the member under the cursor."), "recovery"),
    way_back("recovery", 9),
    Key("collect", ("c", "f8"), N_("collected"), N_("The member has the gift."), "gifts", 1),
    Key("send", ("s", "f7"), N_("sent"), N_("The gift is on its way to the member."), "gifts", 2),
    Key("give_back", ("r",), N_("given back"), N_("The gift is back in the store; say why."), "gifts", 3),
    Key("new", ("n",), N_("give"), N_("Give a gift or a coupon to a member, by number."), "gifts", 4),
    Key("receive", ("i",), N_("stock in"), N_("Add to the stock of the gift under the cursor."), "gifts", 5),
    Key("reports", ("t",), N_("report"), N_("The report on gifts and offers."), "gifts", 6),
    Key("open", ("enter",), N_("member"), N_("Everything about the member under the cursor."), "gifts"),
    way_back("gifts", 9),
)
