"""Members: listing and finding them, showing one, changing one, and what was changed."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from core.base.clock import DEFAULT_ZONE, zone
from core.base.errors import StoreTrouble
from core.base.language import N_, Catalogue
from core.base.naming import STAGES, STATUSES, named
from core.members.fields import GENDERS, LABELS, PARSERS
from scripts.errand import Errand, command
from scripts.show import facts, iso, json_answer, json_rows, say, worded_table

if TYPE_CHECKING:
    from core.members.views import MemberCard, MemberRow

Number = Annotated[str, typer.Argument(metavar="NUMBER", help=N_("A member's number."))]
StageCode = Literal["new", "regular", "dormant_3m", "dormant_6m", "lost"]

HINTS: dict[str, str] = {
    "phone": N_("Phone numbers, the first to be dialled first; several are separated by commas."),
    "gender": N_("Gender: f, m, or nothing."),
    "birthday": N_("Birthday: 1988-05-06, 05-06, or lunar 05-06."),
    "source": N_("How the member came: counter, event, referral, partner, online."),
    "social_reach": N_("Brings other customers: yes or no."),
    "consent_call": N_("Consent to calls: yes or no."),
    "consent_sms": N_("Consent to SMS: yes or no."),
    "consent_email": N_("Consent to e-mail: yes or no."),
}
"""What the fields take where their name does not say it."""


@command(
    "members",
    N_("List members: by stage, class, or found by number, name, pinyin or last digits."),
    on=True,
    json=True,
)
def members(
    errand: Errand,
    stage: Annotated[StageCode | None, typer.Option("--stage", help=N_("One stage only."))] = None,
    value: Annotated[
        Literal["A", "B", "C"] | None, typer.Option("--value", help=N_("One value class only."))
    ] = None,
    find: Annotated[
        str, typer.Option("--find", metavar="TEXT", help=N_("Number, name, pinyin, initials, last digits."))
    ] = "",
    store: Annotated[
        str | None, typer.Option("--store", metavar="CODE", help=N_("One store's members only."))
    ] = None,
) -> None:
    """Print members."""
    from core.insight.members import list_members
    from core.members.rules import Stage
    from core.members.tables import ValueClass
    from core.members.views import MemberFilter

    wanted = MemberFilter(
        stage=Stage(stage) if stage else None,
        value=ValueClass(value) if value else None,
        find=find,
        store=store,
    )
    rows = list_members(errand.store, errand.actor, wanted, errand.today)
    if errand.json:
        json_rows(_row_json(row) for row in rows)
        return
    _print_members(errand.words, rows)


def _print_members(words: Catalogue, rows: Iterable[MemberRow]) -> None:
    from core.base.money import amount_short

    count = worded_table(
        words,
        (
            N_("number"),
            N_("name"),
            N_("stage"),
            N_("class"),
            N_("owner"),
            N_("store"),
            N_("last purchase"),
            N_("12 months"),
            N_("phone"),
        ),
        (
            [
                row.number,
                row.name,
                named(STAGES, row.stage.value, words),
                row.value_class.value if row.value_class else "",
                row.owner,
                row.store,
                iso(row.last_purchase_on) or "",
                amount_short(row.amount_12m),
                row.phone_masked,
            ]
            for row in rows
        ),
        right=(7,),
    )
    say(words.plural("{count} member", "{count} members", count))


def _row_json(row: MemberRow) -> dict[str, Any]:
    from core.base.money import amount_text

    return {
        "number": row.number,
        "name": row.name,
        "stage": row.stage.value,
        "value_class": row.value_class.value if row.value_class else None,
        "status": row.status.value,
        "owner": row.owner or None,
        "store": row.store,
        "last_purchase_on": iso(row.last_purchase_on),
        "amount_12m": amount_text(row.amount_12m),
        "phone_masked": row.phone_masked,
    }


@command("member show", N_("Show one member's profile."), on=True, json=True)
def member_show(errand: Errand, number: Number) -> None:
    """Print a member's four blocks."""
    from core.base.money import amount_short, amount_text
    from core.insight.members import buying_habits
    from core.insight.watch import record_view
    from core.members.views import member_card

    card = member_card(errand.store, errand.actor, number, errand.today)
    with suppress(StoreTrouble):  # a store that can only be read still shows its members
        record_view(errand.store, errand.actor, card.id)
    habits = buying_habits(errand.store, errand.actor, number, errand.today)
    if errand.json:
        values = {name: getattr(card, name) for name in card.__dataclass_fields__ if name not in ("id", "phones")}
        values |= {
            "phones": [{"shown": p.masked, "kind": p.kind, "bad": p.bad_reason or None} for p in card.phones],
            "amount_total": amount_text(card.amount_total),
            "amount_12m": amount_text(habits.amount_12m),
            "birthday": card.birthday.text("").strip() if card.birthday else None,
            "birthday_calendar": card.birthday.calendar if card.birthday else None,
        }
        json_answer({k: iso(v) if hasattr(v, "isoformat") else v for k, v in values.items()})
        return
    words = errand.words
    say(f"{card.number}  {card.name}")
    facts((words.say(label), value) for label, value in _profile(errand, card))
    facts(
        (words.say(label), value)
        for label, value in (
            (N_("last purchase"), iso(card.last_purchase_on) or ""),
            (N_("purchases"), str(card.purchase_count)),
            (N_("amount"), amount_short(card.amount_total)),
            (N_("12 months"), amount_short(habits.amount_12m)),
            (N_("completeness"), f"{card.completeness} %"),
        )
    )


def _profile(errand: Errand, card: MemberCard) -> Iterator[tuple[str, str]]:
    words = errand.words
    yield N_("stage"), named(STAGES, card.stage.value, words)
    yield N_("class"), card.value_class.value if card.value_class else ""
    yield N_("status"), named(STATUSES, card.status.value, words)
    yield N_("owner"), f"{card.owner} {card.owner_name}".strip()
    yield N_("store"), f"{card.store} {card.store_name}"
    for phone in card.phones:
        yield N_("phone"), f"{phone.masked} {phone.bad_reason}".strip()
    yield N_("birthday"), card.birthday.text(words.say("lunar")) if card.birthday else ""
    yield N_("joined"), iso(card.joined_on) or ""
    for field in _SHOWN:
        value = getattr(card, field)
        yield LABELS[field], named(dict(GENDERS), value, words) if field == "gender" and value else value
    yield N_("last promise"), card.last_promise


_SHOWN = (
    *("gender", "email", "wechat", "age_band", "occupation", "address", "source", "referrer", "card_number"),
    *("preferences", "body_size", "personality", "interests", "best_time", "anniversaries", "evaluation"),
)


def member_edit(errand: Errand, number: str, reason: str, version: int | None, **changes: str | None) -> int:
    """Change fields of a profile; contact changes need a reason (R6.3)."""
    from core.members.actions import edit_member

    given = {field: value for field, value in changes.items() if value is not None}
    if not given:
        raise typer.BadParameter(N_("name at least one field to change, for example --wechat TEXT"))
    card = edit_member(errand.store, errand.actor, number, given, why=reason, version=version)
    say(
        errand.words.say(
            N_("Stored: {number} {name}, {fields}."), number=card.number, name=card.name, fields=", ".join(given)
        )
    )
    return 0


def _edit_signature() -> inspect.Signature:
    kinds: dict[str, tuple[Any, Any]] = {
        "errand": (Errand, inspect.Parameter.empty),
        "number": (Number, inspect.Parameter.empty),
        "reason": (
            Annotated[
                str, typer.Option("--reason", metavar="TEXT", help=N_("Why it is changed (for contact fields)."))
            ],
            "",
        ),
        "version": (
            Annotated[
                int | None,
                typer.Option(
                    "--version", metavar="N", help=N_("Refuse where somebody changed the member since version N.")
                ),
            ],
            None,
        ),
    }
    for field in ("phone", *PARSERS):
        option = typer.Option(f"--{field.replace('_', '-')}", metavar="TEXT", help=HINTS.get(field, LABELS[field]))
        kinds[field] = (Annotated[str | None, option], None)
    return inspect.Signature(
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
            for name, (kind, default) in kinds.items()
        ]
    )


member_edit.__signature__ = _edit_signature()  # type: ignore[attr-defined]
command("member edit", N_("Change fields of one member's profile."))(member_edit)


@command("member reveal", N_("Show one member's contact data in full; this is put on record."), json=True)
def member_reveal(
    errand: Errand,
    number: Number,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help=N_("What it is needed for; this is kept on record."))
    ],
) -> None:
    """Print numbers, e-mail, WeChat and address."""
    from core.members.actions import reveal_contacts

    found = reveal_contacts(errand.store, errand.actor, number, why=reason)
    numbers = [f"{line.shown} {line.extension}".strip() for line in found.phones]
    if errand.json:
        json_answer({"phones": numbers, **found.written})
        return
    words = errand.words
    facts(
        (words.say(LABELS[field]), value)
        for field, value in (*(("phone", n) for n in numbers), *found.written.items())
    )


@command("member history", N_("Every change of every field: old, new, who, when, why."), json=True)
def member_history(errand: Errand, number: Number) -> None:
    """Print the history of a profile's fields."""
    from core.members.history import field_history

    changes = field_history(errand.store, errand.actor, number)
    if errand.json:
        json_rows(
            {"at": iso(c.at), "who": c.who, "field": c.field, "old": c.old, "new": c.new, "why": c.why}
            for c in changes
        )
        return
    words = errand.words
    if not changes:
        say(words.say(N_("Nothing was changed since the member was entered.")))
        return
    rows = (
        [
            f"{c.at.astimezone(zone(DEFAULT_ZONE)):%Y-%m-%d %H:%M}",
            c.who,
            named(dict(LABELS), c.field, words),
            c.old or "",
            c.new or "",
            c.why,
        ]
        for c in changes
    )
    worded_table(words, (N_("when"), N_("who"), N_("field"), N_("before"), N_("after"), N_("reason")), rows)
