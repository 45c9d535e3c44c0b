"""Recovery, ranking, gifts and offers from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scripts.conftest import Huifang

ON = ("--on", "2026-11-23")

MEMBERS = """会员编号,姓名,手机号码,入会日期,入会门店,维护人工号
1,李雷,13900138000,2026-01-05,S1,W1
2,韩梅梅,13900138001,2026-01-05,S1,W1
3,单小飞,13900138003,2026-01-05,S1,W1
"""
PURCHASES = """单号,会员编号,消费时间,门店编号,接待人工号,金额,件数
a1,1,2026-05-20 10:00,S1,W1,268.00,1
a2,2,2026-05-10 10:00,S1,W1,9268.00,1
a3,3,2026-08-20 10:00,S1,W1,300.00,1
"""
STAFF = """工号,姓名,角色,门店编号
W1,王芳,assistant,S1
K1,郑强,manager,S1
"""


@pytest.fixture
def shop(huifang: Huifang, tmp_path: Path) -> Huifang:
    """A shop with two members gone for half a year, planned."""
    huifang("init")
    for kind, text in (
        ("stores", "门店编号,门店名称,城市\nS1,南京路店,上海\n"),
        ("staff", STAFF),
        ("members", MEMBERS),
        ("purchases", PURCHASES),
    ):
        file = tmp_path / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        huifang("import", kind, file)
    huifang("plan", *ON)
    return huifang


def test_a_measure_from_the_call_to_its_result(shop: Huifang) -> None:
    order = [row["member"] for row in shop("worklist", "--all", *ON, "--json").json]
    assert order == ["2", "1", "3"]
    call = shop(
        "call", "log", "--member", "2", "--outcome", "reached", "--reason", "price", *ON, "--at", "10:00", "--json"
    ).json["call"]
    (waiting,) = shop("recovery", "calls", *ON, "--json").json
    assert (waiting["call"], waiting["reasons"]) == (call, ["price"])
    (made,) = shop("measure", "take", "--member", "2", "--measure", "offer", *ON, "--json").json
    assert (made["origin"], made["due_on"], made["owner"]) == ("call", "2026-11-26", "W1")
    assert shop("recovery", "calls", *ON, "--json").json == []
    shop("measure", "change", made["id"], "--due", "2026-11-30", "--owner", "K1", *ON)
    assert [row["owner"] for row in shop("measure", "list", *ON, "--json").json] == ["K1"]
    shop("measure", "done", made["id"], "--result", "下周来", *ON)
    refused = shop("measure", "drop", made["id"], "--reason", "x", *ON, code=1)
    assert "already" in refused.err or "已" in refused.err
    assert shop("measure", "list", *ON, "--json").json == []
    (over,) = shop("measure", "list", "--all", *ON, "--json").json
    assert (over["state"], over["result"]) == ("done", "下周来")
    found = shop("report", "recovery", *ON, "--json").json
    funnel = {row["step"]: row["members"] for row in found["sections"]["funnel"]}
    assert list(funnel.values()) == [3, 0, 1, 1, 1, 1, 1, 0]


def test_the_ranking_says_what_it_rests_on(shop: Huifang) -> None:
    assert shop("ranking", "show", "--json").json is None
    found = shop("ranking", "fit", *ON, "--json").json
    assert (found["chosen"], found["members"], found["placed"]) == ("spend", 3, 0)
    assert shop("ranking", "show", "--json").json == found
    said = shop("ranking", "show", "--lang", "zh").out
    assert "过往消费额" in said


def test_gifts_from_catalogue_to_hand(shop: Huifang) -> None:
    shop("gift", "keep", "TEA", "--name", "茶", "--value", "30")
    shop("gift", "receive", "TEA", "2", "--store", "S1")
    proposed = shop("gift", "propose", "1", *ON, "--json").json
    assert proposed["due"] == ["recovery"]
    (made,) = shop("gift", "give", "TEA", "--member", "1", "--occasion", "recovery", *ON, "--json").json
    assert shop("gift", "give", "TEA", "--member", "1", "--occasion", "recovery", *ON, code=1).out == ""
    shop("gift", "send", made["id"], *ON)
    shop("gift", "collect", made["id"], *ON)
    (given,) = shop("gift", "given", "--json").json
    assert (given["state"], given["value"]) == ("collected", "30.00")
    assert shop("gift", "given", "--waiting", "--json").json == []
    (row,) = shop("gift", "list", "--json").json
    assert (row["quantity"], row["waiting"]) == (1, 0)
    shop("gift", "count", "TEA", "5", "--store", "S1", "--reason", "盘点")
    shop("gift", "return", made["id"], "--reason", "退回", *ON)
    assert [line["change"] for line in shop("gift", "ledger", "--json").json] == [1, 4, -1, 2]
    shop("gift", "budget", "--store", "S1", "--class", "A", "--value", "500", *ON)
    budgets = {line["class"]: line["amount"] for line in shop("gift", "budget", *ON, "--json").json}
    assert budgets == {"-": "1000.00", "A": "500.00"}
    assert "茶" in shop("gift", "list").out
    assert shop("report", "gifts", *ON, "--json").json["sections"]["gifts"][0]["returned"] == 1


def test_offers_and_their_coupons(shop: Huifang) -> None:
    shop(
        "offer",
        "keep",
        "BACK",
        "--name",
        "回店礼券",
        "--value",
        "30",
        "--until",
        "2026-12-31",
        "--reasons",
        "price",
        *ON,
    )
    (coupon,) = shop("offer", "give", "BACK", "--member", "1", "--reason", "price", *ON, "--json").json
    assert (coupon["state"], coupon["expires_on"]) == ("open", "2026-12-23")
    assert shop("offer", "give", "BACK", "--member", "1", "--reason", "busy", *ON, code=1).out == ""
    assert len(shop("offer", "coupons", *ON, "--json").json) == 1
    (used,) = shop("offer", "use", coupon["coupon"], "--order", "D1", *ON, "--json").json
    assert used["used_with"] == "D1"
    assert shop("offer", "use", coupon["coupon"], *ON, code=1).out == ""
    (row,) = shop("offer", "list", *ON, "--json").json
    assert (row["given"], row["used"]) == (1, 1)


def test_a_review_is_decided(shop: Huifang) -> None:
    shop("recovery", "decide", "3", "leave_alone", *ON, code=1)
    done = shop("recovery", "decide", "3", "gift", "--note", "生日", "--day", "2026-12-01", *ON, "--json").json
    assert (done["decision"], done["closed"], done["planned"]) == ("gift", ["dormant-review"], [])
    (row,) = shop("measure", "list", *ON, "--json").json
    assert (row["id"], row["measure"], row["origin"], row["due_on"]) == (
        done["measure"], "gift", "review", "2026-12-01",
    )  # fmt: skip
    assert shop("recovery", "decide", "3", "gift", *ON, code=1).out == ""


def test_a_wrong_amount_is_wrong_usage(shop: Huifang) -> None:
    assert shop("gift", "keep", "TEA", "--name", "茶", "--value", "viel", code=2).out == ""
