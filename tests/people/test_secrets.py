"""PINs and passwords as texts and as hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import BadInput
from core.people.secrets import COST, Secret, demand_good, hashed, matches, one_time, outdated


@pytest.mark.usefixtures("quick")
def test_a_hash_matches_its_secret_only() -> None:
    kept = hashed("４８２９３１")
    assert kept.startswith("$argon2id$")
    assert "482931" not in kept
    assert matches(kept, "482931")
    assert not matches(kept, "482932")
    assert not matches(None, "482931")
    assert not matches("rubbish", "482931")
    assert not outdated(kept)


def test_a_cheaper_hash_is_made_anew(monkeypatch: pytest.MonkeyPatch, quick: None) -> None:
    from core.people import secrets

    kept = hashed("482931")
    monkeypatch.setattr(secrets, "COST", COST)
    assert outdated(kept)


def test_a_secret_is_not_shown_by_a_traceback() -> None:
    assert "482931" not in repr(Secret("482931"))
    assert "482931" not in repr({"secret": Secret("482931")})
    assert "482931" not in f"{Secret('482931')!r}"


@pytest.mark.parametrize("easy", ["12345", "", "111111", "123456", "654321", "S10123", "s10123", "x" * 129])
def test_what_is_no_good(easy: str) -> None:
    with pytest.raises(BadInput) as caught:
        demand_good(easy, "S10123", 6)
    assert caught.value.field == "secret"
    assert easy not in caught.value.params.values()


@given(st.text(min_size=200, max_size=400))
def test_what_is_too_long_never_fits(typed: str) -> None:
    assert len(Secret(typed)) == 129


def test_one_time_pins_are_good_and_differ() -> None:
    made = {one_time() for _ in range(50)}
    assert len(made) > 45
    for pin in made:
        demand_good(pin, "x", 6)
