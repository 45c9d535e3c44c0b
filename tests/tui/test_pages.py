"""A page that leaves something to its screens says so, and each screen has it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from textual.dom import DOMNode

import tui.screens
import tui.widgets
from tui.screens.call_asking import CallAsking
from tui.screens.listing import Listing
from tui.widgets.choices import Mark


def left_open(kind: type) -> set[str]:
    """What a class leaves to those made of it."""
    named = {name: next(one.__dict__[name] for one in kind.__mro__ if name in one.__dict__) for name in dir(kind)}
    return {name for name, made in named.items() if getattr(made, "__isabstractmethod__", False)}


def below(kind: type) -> Iterator[type]:
    """Every class made of it, however far below."""
    one: type
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def test_what_a_page_leaves_open_is_declared() -> None:
    assert left_open(Listing) == {"row_of"}
    assert left_open(CallAsking) == {"choose", "do_save", "changed", "write_draft"}
    assert left_open(Mark) == {"spans"}


def test_every_screen_and_widget_is_whole() -> None:
    for package in (tui.screens, tui.widgets):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    ours = [one for one in below(DOMNode) if one.__module__.startswith("tui.")]
    whole = [one for one in ours if not any(other is not one and issubclass(other, one) for other in ours)]
    assert len(whole) > 20
    assert {one.__name__: left_open(one) for one in whole if left_open(one)} == {}
