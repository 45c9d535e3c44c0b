"""Jobs of the board, run on the gateway's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.desk import Desk
from tui.gateway import Answer

if TYPE_CHECKING:
    from core.followups.queues import Reassigned
    from core.insight.board import Board
    from core.insight.passed import PassedOver
    from core.insight.watch import UnusualDay


@dataclass(frozen=True, slots=True)
class Standing:
    """The board, and what is unusual; None for who may not know of that."""

    board: Board
    unusual: tuple[UnusualDay, ...] | None
    reassigns: bool


class BoardRead(Answer[Standing]):
    """The board was read."""


class PassedRead(Answer["tuple[PassedOver, ...]"]):
    """Who was passed over was read."""


class QueueReassigned(Answer["Reassigned"]):
    """A queue went to somebody else."""


def read_board() -> Callable[[Desk], Standing]:
    """The board of all that the reader may see (R14.1, R15.5)."""

    def job(desk: Desk) -> Standing:
        from core.base.errors import NotAllowed
        from core.insight.board import board
        from core.insight.watch import unusual
        from core.people.access import Right, Scope, scope

        found = board(desk.store, desk.actor)
        try:
            noted: tuple[UnusualDay, ...] | None = unusual(desk.store, desk.actor)
        except NotAllowed:
            noted = None
        return Standing(found, noted, scope(desk.actor.role, Right.REASSIGN) is not Scope.NONE)

    return job


def read_passed() -> Callable[[Desk], tuple[PassedOver, ...]]:
    """Who was passed over too often (R4.11)."""

    def job(desk: Desk) -> tuple[PassedOver, ...]:
        from core.insight.passed import passed_over

        return passed_over(desk.store, desk.actor)

    return job


def reassign(giver: str, taker: str, reason: str) -> Callable[[Desk], Reassigned]:
    """Give one desk's due rows to another."""

    def job(desk: Desk) -> Reassigned:
        from core.followups.queues import reassign_queue

        return reassign_queue(desk.store, desk.actor, giver, taker, reason=reason)

    return job
