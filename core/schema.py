"""Every table there is, in one place: for migrations, checks and tests."""

from __future__ import annotations

from sqlmodel import SQLModel

import core.calls.tables
import core.followups.tables
import core.gifts.tables
import core.handover.tables
import core.members.tables
import core.people.tables
import core.purchases.tables
import core.recovery.tables
import core.store.tables  # noqa: F401
from core.store.tables import APPEND_ONLY as APPEND_ONLY

METADATA = SQLModel.metadata
