"""Who acts: passed to every action, view and write, never looked up inside them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a staff member is employed as; what each may do stands in `core.people.access`."""

    CALLER = "caller"
    ASSISTANT = "assistant"
    STORE_MANAGER = "store_manager"
    MANAGER = "manager"
    SERVICE_DESK = "service_desk"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """The staff member, or the shell's administrator, in whose name something happens.

    `staff_id` and `store_id` are None for the shell's administrator, who is no staff member. `covers` are the
    staff members whose list this one works today as well (R7.5).
    """

    code: str
    name: str
    role: Role
    staff_id: int | None = None
    store_id: int | None = None
    covers: tuple[int, ...] = ()


SHELL = Actor(code="shell", name="shell", role=Role.ADMIN)
