"""The keys of the screens of complaints, problems, suggestions and reports (see `tui.keys`)."""

from __future__ import annotations

from core.base.language import N_
from tui.keymap.key import Key, way_back


def _list_keys(screen: str) -> tuple[Key, ...]:
    """What all three lists have."""
    return (
        Key("open", ("enter",), N_("open"), N_("Open it: every step, and what may be done now."), screen, 1),
        Key(
            "new",
            ("n", "f8"),
            N_("take down"),
            N_("Take one down, of a member or of somebody unknown."),
            screen,
            2,
        ),
        Key(
            "search",
            ("f", "f7"),
            N_("search"),
            N_("Look in what was said, done and by whom; also in the archive."),
            screen,
            3,
        ),
        way_back(screen, 9),
    )


MATTER_KEYS: tuple[Key, ...] = (
    *_list_keys("complaints"),
    Key("problems", ("b",), N_("problems"), N_("Problems that are to be put right."), "complaints", 4),
    Key("suggestions", ("v",), N_("suggestions"), N_("What members suggest."), "complaints", 5),
    Key(
        "reports",
        ("t",),
        N_("reports"),
        N_("Satisfaction, complaints, reasons: as bars and as files."),
        "complaints",
        6,
    ),
    *_list_keys("problems"),
    Key(
        "complaints",
        ("b",),
        N_("complaints"),
        N_("Complaints: mine, my store's, late, all, the archive."),
        "problems",
        4,
    ),
    Key("suggestions", ("v",), N_("suggestions"), N_("What members suggest."), "problems", 5),
    *_list_keys("suggestions"),
    Key(
        "complaints",
        ("b",),
        N_("complaints"),
        N_("Complaints: mine, my store's, late, all, the archive."),
        "suggestions",
        4,
    ),
    Key(
        "advance",
        ("a", "f8"),
        N_("answer, progress"),
        N_("The next usual step: first answer, progress, accept."),
        "matter",
        1,
    ),
    Key("progress", ("g",), N_("progress"), N_("How far it is, and whether the member was told."), "matter"),
    Key("promise", ("p",), N_("promise"), N_("Promise a time to the member, in plain words."), "matter", 2),
    Key(
        "done",
        ("r", "f7"),
        N_("put right"),
        N_("It is put right, or done: the member gets a call and is asked."),
        "matter",
        3,
    ),
    Key(
        "close",
        ("c",),
        N_("close"),
        N_("Close it with the member's score, or with a superior's reason."),
        "matter",
        4,
    ),
    Key(
        "reopen",
        ("o",),
        N_("reopen"),
        N_("The member is not satisfied: begin again, with a new clock."),
        "matter",
        5,
    ),
    Key("give", ("m",), N_("hand on"), N_("Let somebody else see to it; say why."), "matter", 6),
    Key("decline", ("x",), N_("decline"), N_("Decline a suggestion; say why."), "matter"),
    Key("withdraw", ("w",), N_("withdraw"), N_("It was taken down by mistake."), "matter"),
    Key("call", ("d",), N_("call"), N_("Call the member."), "matter", 7),
    Key("open", ("enter",), N_("whole text"), N_("The whole text of the step under the cursor."), "matter"),
    way_back("matter", 9),
    Key("choose", ("f", "f7"), N_("report"), N_("Choose another report."), "report", 1),
    Key("period", ("p",), N_("period"), N_("Another period: months up to today."), "report", 2),
    Key("shop", ("s",), N_("store"), N_("One store, or all."), "report", 3),
    Key(
        "export",
        ("e", "f8"),
        N_("write file"),
        N_("As a page with pictures, a workbook or plain rows."),
        "report",
        4,
    ),
    way_back("report", 9),
)
