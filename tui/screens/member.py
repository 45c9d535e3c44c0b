"""A member: the four blocks of the profile, the phones hidden until shown on record, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from core.base.clock import business_day
from core.base.text import cells, fit
from tui import wording
from tui.jobs.member import WHOLE, ContactsShown, HistoryRead, Looked, MemberLooked, look, read_history, reveal
from tui.keys import bindings
from tui.overlays import Reading
from tui.paint import Span, apart
from tui.record import ago, event_lines, gap_words, in_all, missing_words, title_spans
from tui.screens.base import HuifangScreen
from tui.widgets.lines import Column, Lines, ListRow
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from core.members.views import Contacts, MemberCard, PhoneLine

Line = list[Span]
LABEL = 18
NARROW = 14
"""Cells kept for a label, in English and in Chinese."""


class MemberScreen(HuifangScreen):
    """One member's whole record."""

    key_screen: ClassVar[str] = "member"

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("member")]

    DEFAULT_CSS = """
    MemberScreen > #head { height: 1; width: 100%; }
    MemberScreen > Horizontal { height: 1fr; }
    MemberScreen #profile { width: 3fr; height: 1fr; }
    MemberScreen #events { width: 2fr; height: 1fr; border-left: ascii ansi_bright_black; }
    """

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number
        self.seen: Looked | None = None
        self._shown: Contacts | None = None

    def compose(self) -> ComposeResult:
        yield Painted(base="bar", id="top")
        yield Painted(base="head", id="head")
        with Horizontal():
            yield Lines((Column(""),), id="profile")
            yield Lines((Column(""),), id="events")
        yield Painted(id="say")
        yield Painted(id="foot")

    def on_mount(self) -> None:
        self.query_one("#profile").focus()
        self.paint()
        self.do_refresh()

    def do_refresh(self) -> None:
        """Read the record anew."""
        job = look(self.number, WHOLE, opened=self.seen is None)
        self.home.gateway.ask(self, MemberLooked, job, latest="member")

    def on_member_looked(self, event: MemberLooked) -> None:
        self.seen = event.value
        self.paint()

    def member_number(self) -> str | None:
        return self.number

    def paint(self) -> None:
        """Paint all texts anew."""
        width = self.size.width
        if self.seen is not None:
            card = self.seen.card
            title = [(text, "bar-strong" if name else name) for text, name in title_spans(self.home, card)]
            right: Line = [(self.words.say("profile") + f" {card.completeness} % ", "")]
            self.query_one("#top", Painted).show([apart([(" < ", ""), *title], right, width)])
            self._fill("#profile", self._profile(card))
            events = self.query_one("#events", Lines)
            self._fill("#events", event_lines(self.home, self.seen.recent, max(24, events.size.width - 2)))
        place = self.query_one("#events").region.x or width * 3 // 5
        heads: Line = [
            (fit(" " + self.words.say("profile"), place + 3), ""),
            (self.words.say("what happened"), ""),
        ]
        self.query_one("#head", Painted).show([heads])
        if self._silence is None:
            self.hush()
        self.paint_foot()

    def _fill(self, which: str, lines: list[Line]) -> None:
        rows = []
        for index, spans in enumerate(lines):
            text = "".join(part for part, _ in spans)
            rows.append(ListRow(str(index), ((text, spans[0][1] if len(spans) == 1 else ""),)))
        self.query_one(which, Lines).show(len(rows), 0, rows)

    def _profile(self, card: MemberCard) -> list[Line]:
        say = self.words.say
        on = business_day(self.home.clock.now())

        def field(name: str, value: object) -> Line:
            return [(self._pair(wording.worded(wording.FIELDS, name, self.words), value or "-"), "")]

        phones = self._shown.phones if self._shown else card.phones
        written = self._shown.written if self._shown else {}
        lines: list[Line] = [[(say("Basic"), "strong")]]
        lines += [
            field("phone", phone.shown + (f"  {phone.bad_reason}" if phone.bad_reason else "")) for phone in phones
        ]
        if not phones:
            lines.append(field("phone", say("no number")))
        lines.append(field("gender", say(wording.GENDERS.get(card.gender, ""))))
        lines += [field(name, written.get(name, getattr(card, name))) for name in ("wechat", "email")]
        lines.append(field("birthday", card.birthday.text(say("lunar")) if card.birthday else ""))
        lines += [field(name, getattr(card, name)) for name in ("age_band", "occupation")]
        lines.append(field("address", written.get("address", card.address)))
        joined = f"{self.home.dated(card.joined_on)}  {card.source}".rstrip()
        lines += [field("store", card.store_name), field("joined_on", joined)]
        lines += [
            field("referrer", card.referrer),
            field("owner", card.owner_name),
            field("card_number", card.card_number),
        ]
        lines += [[], [(say("Purchases"), "strong")]]
        lines.append([(self._pair(say("last purchase"), ago(self.home, card.last_purchase_on, on)), "")])
        lines.append([(self._pair(say("in all"), in_all(self.home, card)), "")])
        lines.append([(self._pair(say("usual gap"), gap_words(self.home, card)), "")])
        lines += [[], [(say("Marketing"), "strong")]]
        names = ("preferences", "interests", "body_size", "personality", "best_time", "anniversaries")
        lines += [field(name, getattr(card, name)) for name in names]
        consents = ("consent_call", "consent_sms", "consent_email")
        lines += [field(name, say("yes") if getattr(card, name) else say("no")) for name in consents]
        lines += [[], [(say("Evaluation"), "strong")], field("evaluation", card.evaluation)]
        lines.append([(self._pair(say("promised"), card.last_promise or "-"), "")])
        lines.append([(self._pair(say("missing"), missing_words(self.home, card) or "-"), "")])
        return lines

    def _bad(self, phone: PhoneLine) -> str:
        assert self.home.session is not None
        outcome = self.home.session.rulebook.outcomes.get(phone.bad_reason)
        return outcome.name(self.words) if outcome else phone.bad_reason

    def _pair(self, label: str, value: object) -> str:
        room = NARROW if self.words.lang == "zh" else LABEL
        return f"  {label}{' ' * max(1, room - cells(label))}{value}"

    # Deeds

    def do_reveal(self) -> None:
        """Show numbers, e-mail, WeChat and address; why is asked, and kept."""
        title = self.words.say("Why do you need the contact data?")
        self.home.ask_text(title, then=self._reveal)

    def _reveal(self, why: str) -> None:
        self.home.gateway.ask(self, ContactsShown, reveal(self.number, why), write=True)

    def on_contacts_shown(self, event: ContactsShown) -> None:
        self._shown = event.value
        self.tell(self.words.say("The contact data is shown; that is on record."))
        self.paint()

    def do_edit(self) -> None:
        """Edit the profile in place."""
        from tui.screens.forms import edit_profile

        if self.seen is not None:
            edit_profile(self.home, self.seen.card, self._edited)

    def _edited(self) -> None:
        self._shown = None  # what was shown may be another now
        self.do_refresh()

    def do_history(self) -> None:
        """Every change of every field."""
        self.home.gateway.ask(self, HistoryRead, read_history(self.number), latest="history")

    def on_history_read(self, event: HistoryRead) -> None:
        say = self.words.say
        lines: list[Line] = []
        for change in event.value:
            at = self.home.local(change.at)
            label = wording.worded(wording.FIELDS, change.field, self.words)
            lines.append(
                [(f"{at:%Y-%m-%d %H:%M} {change.who}  {label}: {change.old or '-'} -> {change.new or '-'}", "")]
            )
            if change.why:
                lines.append([(f"    {change.why}", "quiet")])
        if not lines:
            lines.append([(say("Nothing has been changed yet."), "quiet")])
        self.home.push_screen(Reading(say("History of the profile"), say("Esc: back"), lines))

    def do_call(self) -> None:
        """Open the call."""
        self.home.open_call(self.number)

    def do_gift(self) -> None:
        """Give the member something."""
        from tui.giving import ask_gift

        ask_gift(self, self.number)

    def do_measure(self) -> None:
        """Take a measure to bring the member back."""
        from tui.giving import ask_measure

        ask_measure(self, self.number, self.seen.card.name if self.seen is not None else self.number)

    def do_leave(self) -> None:
        """Back."""
        self.home.pop_screen()
