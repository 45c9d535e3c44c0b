"""People: the staff with roles, stores and accounts; taking on, moving, covering, leaving (R15.1, R7.2, R7.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from core.base.clock import business_day
from core.base.days import day_and_month
from core.base.errors import HuifangError
from core.base.naming import ROLES, named
from tui.jobs.people import (
    ClearanceSeen,
    PersonSeen,
    SecretGiven,
    Staff,
    StaffChanged,
    StaffSeen,
    give_secret,
    read_staff,
    see_clearance,
    stop_cover,
    unlock_person,
)
from tui.keys import bindings
from tui.overlays import Reading
from tui.screens.listing import Line, Listing
from tui.screens.people_forms import ask_cover, ask_move, ask_new_person, ask_role, show_clearance
from tui.widgets.lines import Column, Lines, ListRow

if TYPE_CHECKING:
    from core.handover.views import HandoverRow

MANAGING = ("role", "secret", "move", "goes", "unlock")


class PeopleScreen(Listing):
    """The staff."""

    key_screen: ClassVar[str] = "people"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("people")]

    def __init__(self) -> None:
        super().__init__()
        self.seen: Staff | None = None
        self._changed = ""
        self._refused = ""

    def do_refresh(self) -> None:
        """Read the staff anew."""
        self.home.gateway.ask(self, StaffSeen, read_staff(), latest="staff", excuse=self._not_allowed)

    def _not_allowed(self, error: HuifangError) -> bool:
        self._refused = self.words.error(error)
        self.show_things(())
        return True

    def on_staff_seen(self, event: StaffSeen) -> None:
        self.seen = event.value
        self.show_things(event.value.people)
        self._follow_changed()

    def _follow_changed(self) -> None:
        """The cursor goes to whom was just changed: the next key is about somebody taken on, not about another."""
        codes = [one.account.code for one in self.things]
        if self._changed in codes:
            self.query_one(Lines).go_to(codes.index(self._changed))
        self._changed = ""

    # What is seen

    def what(self) -> Line:
        say = self.words.say
        spans: Line = [(" " + say("People") + "  ", "strong")]
        if self.seen is not None:
            here = len(self.seen.people)
            spans.append((self.words.plural("{count} works here", "{count} work here", here), "quiet"))
            bare = sum(one.account.has_secret is False for one in self.seen.people)
            if bare and any(one.account.has_secret for one in self.seen.people):
                said = self.words.plural(
                    "{count} has no PIN: anybody can work as them",
                    "{count} have no PIN: anybody can work as them",
                    bare,
                )
                spans.append(("   ! " + said, "late"))
        return spans

    def columns(self) -> tuple[Column, ...]:
        say = self.words.say
        return (
            Column(say("code"), 8 if self.roomy else 7),
            Column(say("name"), 14 if self.roomy else 13),
            Column(say("role"), 13),
            Column(say("store"), 20 if self.roomy else 14),
            Column(say("account"), 8 if self.roomy else 7),
            Column(say("cover")),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        one: PersonSeen = thing
        row = one.account
        say = self.words.say
        cover, style = "", ""
        if one.cover is not None:
            cover, style = (
                self._cover_words(one, short=not self.roomy),
                "due" if one.cover.state == "running" else "",
            )
        elif row.left_on is not None:
            today = business_day(self.home.clock.now())
            cover, style = say("leaves on {day}", day=day_and_month(row.left_on, self.words, today)), "late"
        if row.locked_until is not None:
            account: tuple[str, str] = (say("locked"), "bad")
        elif row.has_secret is None:
            account = ("", "")
        else:
            some = self.seen is not None and any(other.account.has_secret for other in self.seen.people)
            account = (say("PIN"), "") if row.has_secret else (say("no PIN"), "late" if some else "quiet")
        cells = (
            (row.code, "strong"),
            (row.name, ""),
            (named(ROLES, row.role, self.words), ""),
            (row.store_name, ""),
            account,
            (cover, style),
        )
        return ListRow(row.code, cells, value=one)

    def _cover_words(self, one: PersonSeen, *, short: bool = False) -> str:
        """Who covers, from when to when; in short until when, or from when where it has not begun."""
        assert one.cover is not None
        who = one.cover.substitute_name or self.words.say("the store's pool")
        first, last = (self.home.dated(day) for day in (one.cover.from_on, one.cover.until_on))
        if short:
            first, last = ("", last) if one.cover.state == "running" else (first, "")
        return f"<- {who} {first}..{last}"

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if row is None:
            return []
        one: PersonSeen = row.value
        say = self.words.say
        first: Line = [(f" {one.account.name}  ", "strong"), (f"{one.account.code}  {one.account.store_name}", "")]
        if one.cover is not None:
            first.append((f"   {self._cover_words(one)}  {one.cover.why}", ""))
        if one.account.locked_until is not None:
            until = self.home.local(one.account.locked_until)
            first.append(("   " + say("locked until {time}; u opens it", time=f"{until:%H:%M}"), "bad"))
        second = "" if one.managed else self._not_managed(one)
        return [first, [(" " + second, "quiet")]]

    def _not_managed(self, one: PersonSeen) -> str:
        say = self.words.say
        session = self.home.session
        if session is not None and one.account.code == session.code:
            return say("That is you: somebody else who manages staff changes your account; my PIN is in F9.")
        return say("Your role does not manage this person's account.")

    def empty_words(self) -> list[str]:
        return [self._refused or self.words.say("Nobody works here yet: n takes somebody on.")]

    # Deeds

    def record(self) -> tuple[str, str] | None:
        one = self.one
        return ("staff", one.account.code) if one is not None else None

    @property
    def one(self) -> PersonSeen | None:
        """Whoever is under the cursor."""
        row = self.row
        return row.value if row is not None else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        say = self.words.say
        if self.seen is None or (self.one is None and name in (*MANAGING, "cover", "end_cover")):
            return "" if name not in (*MANAGING, "add", "cover", "end_cover") else say("One moment ..")
        one = self.one
        if name == "add" and not self.seen.roles:
            return say("Your role takes nobody on: ask your manager.")
        if one is None:
            return ""
        if name in MANAGING and not one.managed:
            return self._not_managed(one)
        if name == "unlock" and one.account.locked_until is None:
            return say("This account is not locked.")
        if name in ("cover", "end_cover") and not one.covers:
            return say("Covers are kept by the person's store manager or the manager.")
        if name == "cover" and one.cover is not None:
            return say("{name} is covered already: e ends that first.", name=one.account.name)
        if name == "end_cover" and one.cover is None:
            return say("{name} is not covered by anybody.", name=one.account.name)
        return say("o, p, m, c, l change something about this person.") if name == "open" else ""

    def do_add(self) -> None:
        """Take somebody on."""
        assert self.seen is not None
        ask_new_person(self, self.seen.roles)

    def do_role(self) -> None:
        """Another role."""
        assert self.seen is not None
        assert self.one is not None
        ask_role(self, self.one, self.seen.roles)

    def do_move(self) -> None:
        """Another store."""
        assert self.one is not None
        ask_move(self, self.one)

    def do_cover(self) -> None:
        """A colleague works their list for some days."""
        assert self.one is not None
        ask_cover(self, self.one)

    def do_end_cover(self) -> None:
        """End the cover, after a y."""
        one = self.one
        assert one is not None
        assert one.cover is not None
        cover = one.cover
        say = self.words.say
        text = say("{name} works their own list again at once.", name=one.account.name)
        self.home.confirm(
            say("End the cover?"),
            text,
            lambda: self.change(stop_cover(cover.id, one.account.code)),
        )

    def do_secret(self) -> None:
        """A new PIN, after a y."""
        one = self.one
        assert one is not None
        say = self.words.say
        text = say(
            "{name} gets a PIN made by chance; it is shown once, and they change it when they sign in. "
            "The old one no longer works.",
            name=one.account.name,
        )
        code = one.account.code

        def agreed() -> None:
            self.home.gateway.ask(self, SecretGiven, give_secret(code), write=True)

        self.home.confirm(say("A new PIN?"), text, agreed)

    def on_secret_given(self, event: SecretGiven) -> None:
        say = self.words.say
        lines: list[Line] = [
            [("", "")],
            [(f"    {event.value.secret}", "strong")],
            [("", "")],
            [(say("Tell it to nobody else. It is not shown again."), "late")],
        ]
        title = say("PIN of {code}, to be told them once", code=event.value.code)
        self.home.push_screen(Reading(title, say("Esc: back"), lines))
        self.do_refresh()

    def do_unlock(self) -> None:
        """Open a locked account."""
        assert self.one is not None
        self.change(unlock_person(self.one.account.code))

    def do_goes(self) -> None:
        """What they have in hand."""
        assert self.one is not None
        code = self.one.account.code
        self.home.gateway.ask(self, ClearanceSeen, see_clearance(code), latest="clearance")

    def on_clearance_seen(self, event: ClearanceSeen) -> None:
        show_clearance(self, event.value)

    def hand_over(self, code: str) -> None:
        """An application for all that somebody keeps who leaves."""
        from tui.screens.handover_apply import Applying

        def made(row: HandoverRow) -> None:
            self.home.show_application(row.number)

        Applying(self.home, made, kind="leaving", giver=code).begin()

    def change(self, job: Any) -> None:
        """Change something about somebody."""
        self.home.gateway.ask(self, StaffChanged, job, write=True)

    def on_staff_changed(self, event: StaffChanged) -> None:
        self.tell(self.words.say("Done: {code}.", code=event.value), "good")
        self._changed = event.value
        self.do_refresh()
