"""Amounts: whole fen inside, yuan with two decimals outside."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from core.base.text import clean, half_width

_AMOUNT = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)?(\.\d+)?(?:[eE]([+-]?\d{1,2}))?")
_SIGNS = re.compile(r"(?:RMB|CNY|[¥￥])|(?:元|圆)\Z", re.IGNORECASE)
_LARGEST = 10**15
_FEN = Decimal(100)


def parse_amount(text: str) -> int:
    """Fen of an amount in yuan as people and tills write it: 268, 1,268.00, ¥268, 268元, -12.5, (12.50).

    More than two decimals are rounded half up. Raises ValueError for anything else.
    """
    plain = text
    if not (text.isascii() and text.replace(".", "", 1).isdigit()):
        plain = _SIGNS.sub("", half_width(clean(text)).replace("−", "-").replace(" ", ""))
        if plain.startswith("(") and plain.endswith(")"):
            plain = "-" + plain[1:-1]
    found = _AMOUNT.fullmatch(plain)
    if found is None or not (found[2] or found[3]):
        raise ValueError("not an amount")
    fen = int((Decimal(plain.replace(",", "")) * _FEN).to_integral_value(ROUND_HALF_UP))
    if abs(fen) >= _LARGEST:
        raise ValueError("not an amount anybody pays")
    return fen


def amount_text(fen: int) -> str:
    """The amount in yuan with two decimals and no grouping, for files and `--json`: 1268.00."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan}.{rest:02d}"


def amount_short(fen: int) -> str:
    """The amount in yuan for the eye: grouped, decimals only where there are any: 1,268 or 12.50."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}" if rest else f"{sign}{yuan:,}"
