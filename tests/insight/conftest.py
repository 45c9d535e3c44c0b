"""The house of the members' tests, to look at from above."""

from tests.members.conftest import house, make_house

__all__ = ["house", "make_house"]
