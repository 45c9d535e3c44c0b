"""Names are found by themselves, by pinyin and by initials, in every reading."""

import csv
from pathlib import Path

import pytest

from core.members.names import MOST_READINGS, name_keys, search_key


def test_every_name_of_the_real_list_is_found(realdata: Path) -> None:
    with (realdata / "names_pinyin_dev.csv").open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) > 300
    missed = [
        case["name"]
        for case in cases
        if not {case["full_pinyin_joined"], case["initials"]} <= set(name_keys(case["name"]))
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("张三", {"张三", "zhangsan", "zs"}),
        ("欧阳明月", {"ouyangmingyue", "oymy"}),
        ("单于单", {"chanyudan", "shanyudan", "cyd"}),
        ("尉迟恭", {"yuchigong", "ycg"}),
        ("万俟卨", {"moqixie"}),
        ("曾国藩", {"zengguofan", "cengguofan", "zgf"}),
        ("仇　英", {"qiuying", "仇英"}),
        ("单 小飞", {"shanxiaofei", "单小飞", "sxf"}),
        ("吕布", {"lvbu"}),
        ("張三", {"zhangsan"}),
        ("阿依古丽·买买提", {"阿依古丽买买提", "ayigulimaimaiti"}),
        ("John Smith", {"johnsmith", "smithjohn", "js"}),
        ("Élodie d'Arc", {"elodiedarc", "darcelodie"}),
        ("张Tom", {"张tom", "zhangtom"}),
        ("ＬＩＮＤＡ", {"linda"}),
    ],
)
def test_keys(name: str, keys: set[str]) -> None:
    assert keys <= set(name_keys(name))


def test_a_surname_is_read_as_a_surname_first() -> None:
    assert name_keys("单小飞")[1] == "shanxiaofei"
    assert name_keys("解晓东")[1].startswith("xie")
    assert name_keys("查良镛")[1].startswith("zha")


def test_many_readings_are_capped() -> None:
    assert len(name_keys("乐乐行行长长单单")) <= 1 + 2 * MOST_READINGS


@pytest.mark.parametrize("name", ["", " ", "·", "[/foo]", "👨\u200d👩\u200d👧", "\x1b[31m", "-" * 300, "x" * 300])
def test_odd_names_do_not_disturb(name: str) -> None:
    assert all(name_keys(name))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ZhangSan", "zhangsan"),
        ("zhang san", "zhangsan"),
        ("zs", "zs"),
        ("张　三", "张三"),
        ("lü bu", "lvbu"),
        ("lyubu", "lvbu"),
        ("José", "jose"),
        ("ｚｓ", "zs"),
        ("d'arc", "darc"),
    ],
)
def test_what_is_typed_becomes_a_key(typed: str, key: str) -> None:
    assert search_key(typed) == key
