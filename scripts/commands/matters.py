"""Complaints, problems and suggestions: take down, see to, look up (R5.7, R9.1-R9.3)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.base.language import N_
from scripts.commands.matters_shown import answer, list_them, show_them
from scripts.errand import Errand, Since, Until, command, parse_day

if TYPE_CHECKING:
    from core.complaints.views import MatterSheet

Number = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("Its number, as the list shows it."))]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("What was done or said."))]
Told = Annotated[bool, typer.Option("--told", help=N_("The member was told."))]
By = Annotated[
    str,
    typer.Option("--by", metavar="WHEN", help=N_("By when, in plain words: tomorrow 3pm, next wed 10:00, +2h.")),
]
ScoreGiven = Annotated[
    int | None, typer.Option("--score", metavar="1-5", help=N_("How the member judges what was done."))
]
Urgency = Literal["normal", "urgent"]
ChannelName = Literal["call", "hotline", "shop", "online", "email", "social"]
View = Literal["mine", "store", "late", "open", "closed", "all"]

Member = Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("The member who says it."))]
SaidBy = Annotated[
    str, typer.Option("--name", metavar="TEXT", help=N_("Who it was, where it is no known member."))
]
Contact = Annotated[
    str, typer.Option("--contact", metavar="TEXT", help=N_("Where to reach them, where the file does not say."))
]
Matter = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("What is wrong."))]
About = Annotated[
    str, typer.Option("--about", metavar="CODE", help=N_("The staff member it is about, by staff code."))
]
Category = Annotated[
    str,
    typer.Option("--category", metavar="CODE", help=N_("quality, service, place, price, goods or other.")),
]
InStore = Annotated[str, typer.Option("--store", metavar="CODE", help=N_("The store it is about."))]
Product = Annotated[str, typer.Option("--product", metavar="TEXT", help=N_("The product it is about."))]


@command("complaint add", N_("Take a complaint down, from any channel."), on=True, at=True, json=True)
def complaint_add(
    errand: Errand,
    text: Matter = "",
    member: Member = "",
    name: SaidBy = "",
    contact: Contact = "",
    channel: Annotated[ChannelName, typer.Option("--channel", help=N_("The way it came in."))] = "hotline",
    category: Category = "",
    urgency: Annotated[Urgency, typer.Option("--urgency", help=N_("How fast it must be answered."))] = "normal",
    demand: Annotated[str, typer.Option("--demand", metavar="TEXT", help=N_("What they ask for."))] = "",
    evidence: Annotated[
        str, typer.Option("--evidence", metavar="TEXT", help=N_("What shows it: receipts, pictures, witnesses."))
    ] = "",
    about: About = "",
    product: Product = "",
    store: InStore = "",
) -> None:
    """Take one complaint down."""
    _add(errand, "complaint", text, member, name, contact, channel, category, urgency, about, product, store,
         demand=demand, evidence=evidence)  # fmt: skip


@command("problem add", N_("Take a problem down that is to be put right."), on=True, at=True, json=True)
def problem_add(
    errand: Errand,
    text: Matter = "",
    member: Member = "",
    name: SaidBy = "",
    contact: Contact = "",
    channel: Annotated[ChannelName, typer.Option("--channel", help=N_("The way it came in."))] = "shop",
    category: Category = "",
    urgency: Annotated[Urgency, typer.Option("--urgency", help=N_("How fast it must be answered."))] = "normal",
    about: About = "",
    product: Product = "",
    store: InStore = "",
    promised: Annotated[
        date | None,
        typer.Option(
            "--promised", parser=parse_day, metavar="DATE", help=N_("Another day than the policy proposes.")
        ),
    ] = None,
) -> None:
    """Take one problem down."""
    _add(errand, "problem", text, member, name, contact, channel, category, urgency, about, product, store,
         promised=promised)  # fmt: skip


@command("suggestion add", N_("Take a suggestion down."), on=True, at=True, json=True)
def suggestion_add(
    errand: Errand,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("What should be different."))] = "",
    member: Member = "",
    name: SaidBy = "",
    contact: Contact = "",
    channel: Annotated[ChannelName, typer.Option("--channel", help=N_("The way it came in."))] = "shop",
    store: InStore = "",
) -> None:
    """Take one suggestion down."""
    _add(errand, "suggestion", text, member, name, contact, channel, "", "normal", "", "", store)


def _add(
    errand: Errand, kind: str, text: str, member: str, name: str, contact: str, channel: str, category: str,
    urgency: str, about: str, product: str, store: str, *, demand: str = "", evidence: str = "",
    promised: date | None = None,
) -> None:  # fmt: skip
    from core.calls.forms import RaisedForm
    from core.complaints.actions import take_down
    from core.complaints.forms import IntakeForm

    what = RaisedForm(text, kind, category, urgency, demand, evidence, product, about, promised)
    form = IntakeForm(what=what, number=member, said_by=name, contact=contact, channel=channel, store=store)
    answer(errand, take_down(errand.store, errand.actor, form))


def _lists(kind: str, help_text: str) -> None:
    """The commands `KIND list` and `KIND show`."""

    @command(f"{kind} list", help_text, on=True, at=True, json=True)
    def listed(
        errand: Errand,
        view: Annotated[View, typer.Option("--view", help=N_("Which of them."))] = "open",
        store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("This store only."))] = "",
        owner: Annotated[str, typer.Option("--owner", metavar="CODE", help=N_("Whoever has it in hand."))] = "",
        about: About = "",
        category: Category = "",
        member: Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("A member's number."))] = "",
        find: Annotated[
            str, typer.Option("--find", metavar="TEXT", help=N_("Words in it, in its steps, or a name."))
        ] = "",
        since: Since = None,
        until: Until = None,
        limit: Annotated[int, typer.Option("--limit", min=1, help=N_("At most so many."))] = 200,
    ) -> None:
        from core.complaints.views import MatterFilter

        wanted = MatterFilter(
            kinds=(kind,), view=view, store=store, owner=owner, about=about, category=category, member=member,
            find=find, since=since, until=until,
        )  # fmt: skip
        list_them(errand, wanted, limit)

    @command(f"{kind} show", N_("One of them, with every step."), on=True, at=True, json=True)
    def shown(errand: Errand, number: Number) -> None:
        show_them(errand, number, kind)


def _act(errand: Errand, number: int, act: str, **values: object) -> MatterSheet:
    from core.calls.tables import RaisedAct
    from core.complaints.actions import act_on
    from core.complaints.forms import Deed

    sheet = act_on(errand.store, errand.actor, number, RaisedAct(act), Deed(**values))  # type: ignore[arg-type]
    answer(errand, sheet)
    return sheet


def _with_words(kind: str, name: str, act: str, text: str) -> None:
    """A command of one step that wants words, such as `complaint resolve`."""

    @command(f"{kind} {name}", text, on=True, at=True, json=True)
    def run(errand: Errand, number: Number, text: Text = "", told: Told = False) -> None:
        _act(errand, number, act, text=text, told=told)


def _with_promise(kind: str, name: str, act: str, text: str) -> None:
    """A command of one step with which something may be promised."""

    @command(f"{kind} {name}", text, on=True, at=True, json=True)
    def run(errand: Errand, number: Number, text: Text = "", by: By = "", told: Told = False) -> None:
        _act(errand, number, act, text=text, promised=by, told=told)


def _with_score(kind: str) -> None:
    @command(
        f"{kind} close",
        N_("Close what was put right: with the member's score, or a superior's reason."),
        on=True,
        at=True,
        json=True,
    )
    def run(errand: Errand, number: Number, score: ScoreGiven = None, text: Text = "") -> None:
        _act(errand, number, "close", score=score, text=text, told=True)


def _with_taker(kind: str) -> None:
    @command(f"{kind} assign", N_("Give it to somebody else, with a reason."), on=True, at=True, json=True)
    def run(
        errand: Errand,
        number: Number,
        to: Annotated[str, typer.Option("--to", metavar="CODE", help=N_("Who gets it."))] = "",
        text: Text = "",
    ) -> None:
        _act(errand, number, "assign", to=to, text=text)


@command(
    "complaint escalate", N_("Let what is late go up now, as the day's plan does."), on=True, at=True, json=True
)
def complaint_escalate(errand: Errand) -> None:
    """Look at everything whose time has come."""
    from core.complaints.watch import watch
    from scripts.show import json_answer, say

    done = watch(errand.store, errand.actor)
    if errand.json:
        json_answer({"escalated": done.escalated, "assigned": done.assigned, "planned": done.planned})
        return
    words = errand.words
    say(words.say(N_("{count} went a step higher."), count=done.escalated))
    say(words.say(N_("{count} found an owner."), count=done.assigned))
    say(
        words.plural(
            "{count} call was planned for a promised day.",
            "{count} calls were planned for a promised day.",
            done.planned,
        )
    )


_lists("complaint", N_("Complaints one may see: open ones by urgency and time, or an archive to search."))
_with_promise("complaint", "answer", "answer", N_("Put the first answer to the member on record."))
_with_promise("complaint", "progress", "progress", N_("Put on record how far it is."))
_with_promise("complaint", "promise", "promise", N_("Promise a time to the member."))
_with_words("complaint", "resolve", "resolve", N_("It is put right: the member is called and asked."))
_with_score("complaint")
_with_words("complaint", "reopen", "reopen", N_("The member is not satisfied: begin again."))
_with_taker("complaint")
_with_words("complaint", "withdraw", "withdraw", N_("Withdraw what was taken down by mistake."))

_lists("problem", N_("Problems one may see: open ones by urgency and time, or an archive to search."))
_with_promise("problem", "progress", "progress", N_("Put on record how far it is."))
_with_promise("problem", "promise", "promise", N_("Promise another day to the member."))
_with_words("problem", "resolve", "resolve", N_("It is put right: the member is called and asked."))
_with_score("problem")
_with_words("problem", "reopen", "reopen", N_("The member is not satisfied: begin again."))
_with_taker("problem")
_with_words("problem", "withdraw", "withdraw", N_("Withdraw what was taken down by mistake."))

_lists("suggestion", N_("What members suggest: open ones first, or an archive to search."))
_with_words("suggestion", "accept", "accept", N_("Accept it: it will be done."))
_with_words("suggestion", "done", "resolve", N_("It is done: the member is told."))
_with_words("suggestion", "decline", "decline", N_("Decline it with a reason: the member is told."))
_with_words("suggestion", "told", "close", N_("The member was told: close it."))
