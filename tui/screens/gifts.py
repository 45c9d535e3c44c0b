"""Gifts: what is to be handed out, stock and budgets as bars, all that was given, coupons (R11.1, R11.2)."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from core.base.errors import HuifangError
from core.base.language import N_
from core.base.money import amount_short
from core.gifts.wording import COUPON_STATES, STATES, class_words, occasion_words
from core.people.access import Right
from tui.giving import ask_gift
from tui.jobs.recovery import Done, RowsRead, move_gift, read_gifts, receive
from tui.keys import bindings
from tui.screens.listing import Line, Listing
from tui.widgets.lines import Column, ListRow

TABS = {
    "waiting": N_("to hand out"),
    "stock": N_("stock"),
    "budget": N_("budgets"),
    "given": N_("all given"),
    "coupons": N_("coupons"),
}
BAR = 16
"""Cells of the longest bar."""


class GiftsScreen(Listing):
    """Gifts and coupons of the stores one may see."""

    key_screen: ClassVar[str] = "gifts"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("gifts"),
        *(Binding(str(place), f"view({place})", show=False) for place in range(1, 6)),
        Binding("right,tab", "turn(1)", show=False),
        Binding("left,shift+tab", "turn(-1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view = "waiting"
        self.refused = ""
        self._most = 1

    def do_refresh(self) -> None:
        """Read what is shown anew."""
        self.home.gateway.ask(self, RowsRead, read_gifts(self.view), latest="gifts", excuse=self._not_read)

    def _not_read(self, error: HuifangError) -> bool:
        self.refused = self.words.error(error)
        self.show_things(())
        return True

    def on_rows_read(self, event: RowsRead) -> None:
        view, rows = event.value
        if view == self.view:
            self.refused = ""
            self._most = max([1, *(row.quantity for row in rows)]) if view == "stock" else 1
            self.show_things(rows)

    def action_view(self, place: int) -> None:
        """The list on that digit."""
        self.view, self.there = list(TABS)[place - 1], False
        self.things = ()
        self._fill()
        self.paint()
        self.do_refresh()

    def action_turn(self, step: int) -> None:
        """The neighbouring list."""
        self.action_view((list(TABS).index(self.view) + step) % len(TABS) + 1)

    # What is seen

    def what(self) -> Line:
        say = self.words.say
        spans: Line = [(" " + say("Gifts") + "  ", "strong")]
        for place, (code, name) in enumerate(TABS.items(), 1):
            spans += [(f"{place} ", "key"), (say(name), "chosen" if code == self.view else ""), ("  ", "")]
        return spans

    def columns(self) -> tuple[Column, ...]:
        say, chinese = self.words.say, self.words.lang == "zh"
        match self.view:
            case "stock":
                return (
                    Column(say("store"), 12),
                    Column(say("gift"), 18),
                    Column(say("value"), 7, "right"),
                    Column(say("in stock"), 8, "right"),
                    Column("", BAR),
                    Column(say("put aside"), 9, "right"),
                    Column(""),
                )
            case "budget":
                return (
                    Column(say("store"), 8),
                    Column(say("class"), 8),
                    Column(say("budget"), 9, "right"),
                    Column(say("given"), 9, "right"),
                    Column("", BAR),
                    Column(say("remaining"), 9, "right"),
                    Column(""),
                )
            case "coupons":
                return (
                    Column(say("coupon"), 10),
                    Column(say("name"), 14),
                    Column(say("offer")),
                    Column(say("value"), 7, "right"),
                    Column(say("good until"), self.home.date_width),
                    Column(say("state"), 9),
                )
        return (
            Column(say("day"), self.home.date_width),
            Column(say("name"), 12 if chinese else 14),
            Column(say("gift")),
            Column(say("for"), 12 if chinese else 18),
            Column(say("value"), 7, "right"),
            Column(say("state"), 9),
        )

    def row_of(self, place: int, thing: Any) -> ListRow:
        match self.view:
            case "stock":
                cells = self._stock(thing)
            case "budget":
                cells = self._budget(thing)
            case "coupons":
                cells = self._coupon(thing)
            case _:
                cells = self._given(thing)
        return ListRow(str(getattr(thing, "id", place)), tuple(cells), value=thing)

    def _given(self, row: Any) -> Line:
        assert self.home.session is not None
        book = self.home.session.rulebook
        waiting = row.state.value in ("reserved", "sent")
        return [
            (self.home.dated(row.given_on), ""),
            (row.name, "strong"),
            (row.gift_name, ""),
            (occasion_words(row.occasion, book, self.words), ""),
            (amount_short(row.value), ""),
            (self.words.say(STATES[row.state]), "due" if waiting else ""),
        ]

    def _stock(self, row: Any) -> Line:
        length = round(row.quantity / self._most * BAR)
        return [
            (row.store_name, ""),
            (row.name, "strong"),
            (amount_short(row.value), ""),
            (str(row.quantity), "late" if not row.quantity else ""),
            ("#" * max(length, 1 if row.quantity else 0), "chart"),
            (str(row.waiting), ""),
            ("", ""),
        ]

    def _budget(self, row: Any) -> Line:
        length = round(row.spent / row.amount * BAR) if row.amount else 0
        return [
            (row.store, ""),
            (class_words(row.value_class, self.words), "strong"),
            (amount_short(row.amount), ""),
            (amount_short(row.spent), ""),
            ("#" * length, "chart"),
            (amount_short(row.left), "late" if row.left <= 0 else ""),
            ("", ""),
        ]

    def _coupon(self, row: Any) -> Line:
        say = self.words.say
        state = say("expired") if row.expired else say(COUPON_STATES[row.state])
        return [
            (row.number, ""),
            (row.name, "strong"),
            (row.offer_name, ""),
            (amount_short(row.value), ""),
            (self.home.dated(row.expires_on), ""),
            (state, "quiet" if row.expired else ""),
        ]

    def peek_lines(self, row: ListRow | None) -> list[Line]:
        if row is None or self.view not in ("waiting", "given"):
            return []
        thing, say = row.value, self.words.say
        by = say("put aside by {name} in {store}", name=thing.given_by or "-", store=thing.store)
        return [[(f" {thing.number}  {thing.name}  ", "strong"), (by, "")], [(" " + thing.note, "quiet")]]

    def empty_words(self) -> list[str]:
        say = self.words.say
        if self.refused:
            return [self.refused]
        return {
            "waiting": [say("No gift waits to be handed out. n gives one to a member.")],
            "stock": [say("There is no gift in the catalogue: `huifang gift keep` puts one there.")],
            "budget": [say("No budget was touched this month: what policy says is left.")],
            "given": [say("No gift was given yet.")],
            "coupons": [say("No coupon was given yet.")],
        }[self.view]

    # Deeds

    def member_number(self) -> str | None:
        row = self.row
        if row is None:
            return None
        if self.view == "coupons":
            return str(row.value.member)
        return row.value.number if self.view in ("waiting", "given") else None

    def why_not(self, name: str) -> str:
        """Why an action can't be done now."""
        if reason := super().why_not(name):
            return reason
        say = self.words.say
        if name in ("collect", "send", "give_back") and (
            self.view not in ("waiting", "given") or self.row is None
        ):
            return say("Put the cursor on a gift first: 1 shows those to hand out.")
        if name == "open" and self.member_number() is None:
            return say("No member is chosen: put the cursor on a row first.")
        if name == "receive":
            if self.view != "stock" or self.row is None:
                return say("Put the cursor on a gift of the stock first: 2 shows it.")
            return self.why_not_right(Right.KEEP_GIFTS)
        return ""

    def do_open(self) -> None:
        """The member under the cursor."""
        self.do_member()

    def _move(self, deed: str, said: str = "") -> None:
        if self.row is not None:
            job = move_gift(self.row.value.id, deed, said, self.words)
            self.home.gateway.ask(self, Done, job, write=True)

    def do_collect(self) -> None:
        """The member has it."""
        self._move("collect")

    def do_send(self) -> None:
        """It is on its way."""
        self._move("send")

    def do_give_back(self) -> None:
        """It is back."""
        self.home.ask_text(self.words.say("Why does it come back?"), then=lambda said: self._move("return", said))

    def do_new(self) -> None:
        """Give something to a member."""
        self.home.ask_text(
            self.words.say("The member's number"), then=lambda number: ask_gift(self, number.strip())
        )

    def do_receive(self) -> None:
        """Add to the stock."""
        row = self.row
        if row is None:
            return

        def counted(typed: str) -> None:
            if typed.isdigit() and int(typed):
                job = receive(row.value.gift, row.value.store, int(typed), self.words)
                self.home.gateway.ask(self, Done, job, write=True)
            else:
                self.tell(self.words.say("A number, such as 20."), "bad")

        self.home.ask_text(self.words.say("How many {gift} came in?", gift=row.value.name), then=counted)

    def do_reports(self) -> None:
        """The report on gifts."""
        from tui.screens.report import ReportScreen

        self.home.push_screen(ReportScreen("gifts"))
