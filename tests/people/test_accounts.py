"""Accounts: who gives a PIN to whom, what opens a locked one, logins that are tied to it."""

from __future__ import annotations

import pytest

from core.base.actor import SHELL
from core.base.errors import BadInput, NotAllowed, NotFound, Refused
from core.people.accounts import change_secret, reset_secret, tie_login, unlock_account, untie_login
from core.people.signin import (
    has_secret,
    must_change,
    sign_in,
    tied_staff,
)
from tests.members.conftest import House
from tests.people.test_signin import OTHER, PIN, give, refused, whole_store


@pytest.mark.usefixtures("quick")
def test_somebody_entitled_opens_a_locked_account(house: House) -> None:
    give(house)
    give(house, "M1", OTHER)
    for _ in range(5):
        refused(house.store, "S101", OTHER)
    with pytest.raises(NotAllowed):
        unlock_account(house.store, house.other, "S101")
    assert unlock_account(house.store, house.manager, "S101")
    assert not unlock_account(house.store, house.manager, "S101")
    sign_in(house.store, "S101", PIN, "t1")


@pytest.mark.usefixtures("quick")
def test_a_pin_given_by_somebody_else_must_be_changed(house: House) -> None:
    give(house, "M1", OTHER)
    change_secret(house.store, house.manager, OTHER, "915372", "t1")
    given = reset_secret(house.store, house.manager, "S101")
    actor = sign_in(house.store, "S101", given, "t1")
    assert must_change(house.store, actor)
    with pytest.raises(Refused):
        change_secret(house.store, actor, OTHER, PIN)
    with pytest.raises(BadInput):
        change_secret(house.store, actor, given, given)
    with pytest.raises(BadInput):
        change_secret(house.store, actor, given, "1234")
    change_secret(house.store, actor, given, PIN)
    assert not must_change(house.store, actor)
    refused(house.store, "S101", given)
    sign_in(house.store, "S101", PIN, "t1")
    assert given not in whole_store(house.store)


@pytest.mark.usefixtures("quick")
def test_who_may_give_a_pin_to_whom(house: House) -> None:
    with pytest.raises(Refused, match="yourself a PIN first"):
        reset_secret(house.store, house.manager, "S101", PIN)
    change_secret(house.store, house.manager, "", OTHER)  # the first one needs no present one
    assert has_secret(house.store, house.manager)
    reset_secret(house.store, house.manager, "S101", PIN)
    with pytest.raises(NotAllowed):
        reset_secret(house.store, house.assistant, "S201", OTHER)
    with pytest.raises(Refused):
        reset_secret(house.store, house.manager, "M1", PIN)
    with pytest.raises(NotFound):
        reset_secret(house.store, house.manager, "nobody", PIN)
    with pytest.raises(Refused):
        change_secret(house.store, SHELL, "", PIN)


@pytest.mark.usefixtures("quick")
def test_an_account_tied_to_a_login(house: House) -> None:
    assert tied_staff(house.store, "fang") is None
    tie_login(house.store, house.manager, "S101", "fang")
    tie_login(house.store, house.manager, "S101", "SHA256:abc")
    found = tied_staff(house.store, "SHA256:abc")
    assert found is not None
    assert found.code == "S101"
    with pytest.raises(Refused):
        tie_login(house.store, house.manager, "S201", "fang")
    with pytest.raises(NotAllowed):
        tie_login(house.store, house.assistant, "S201", "jing")
    with pytest.raises(BadInput):
        tie_login(house.store, house.manager, "S201", " ")
    assert not untie_login(house.store, house.manager, "S201", "fang")
    assert untie_login(house.store, house.manager, "S101", "fang")
    assert tied_staff(house.store, "fang") is None
