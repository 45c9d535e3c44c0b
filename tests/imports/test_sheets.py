"""Reading sheets as shops have them: never a traceback, always the file's name."""

from __future__ import annotations

import codecs
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base.errors import BadInput
from core.base.language import catalogue
from core.imports.columns import Kind, columns, match
from core.imports.delimited import encoding_of
from core.imports.sheets import open_sheet

WORDS = catalogue("en")
STORES = "门店编号,门店名称\n"


def read(path: Path, kind: Kind = Kind.STORES) -> list[tuple[int, list[str]]]:
    with open_sheet(path, kind, WORDS) as sheet:
        return list(sheet.rows)


def refused(path: Path, kind: Kind = Kind.STORES) -> str:
    with pytest.raises(BadInput) as caught, open_sheet(path, kind, WORDS) as sheet:
        list(sheet.rows)
    return str(caught.value)


CELLS = st.text(
    st.characters(codec="gb18030", exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=12
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8).filter(lambda rows: all(a.strip() for a, _ in rows)),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_encoding_and_separator_reads_the_same(
    tmp_path: Path, rows: list[tuple[str, str]], encoding: str, separator: str, end: str
) -> None:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    text = end.join(separator.join(row) for row in [["门店编号", "门店名称"], *quoted])
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    path = tmp_path / "any.csv"
    path.write_bytes(mark + text.encode(encoding))
    assert [cells for _, cells in read(path)] == [list(row) for row in rows]


@pytest.mark.parametrize("kind", Kind)
def test_every_bad_file_is_read_or_refused_in_words(realdata: Path, kind: Kind) -> None:
    for path in sorted((realdata / "badcsv").iterdir()):
        message = refused(path, kind)
        assert path.name in message
        assert "Traceback" not in message


def test_headings_are_found_under_a_page_of_text(realdata: Path) -> None:
    for name, row in (("cn_alipay_gbk_preamble.csv", 25), ("cn_wechat_preamble_yuan.csv", 17)):
        assert f"in row {row};" in refused(realdata / "badcsv" / name, Kind.PURCHASES)


def test_a_file_with_nothing_in_it_says_what_is_expected(realdata: Path) -> None:
    for name in ("zero_bytes.csv", "empty_sheet.xlsx"):
        assert "is empty" in refused(realdata / "badcsv" / name)
    assert "no row that names" in refused(realdata / "badcsv" / "no_headers.csv")


def test_rows_keep_the_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(f'导出时间,2026\n\n{STORES}S1,"南京\n路店"\n,,\n , \nS2,x\n', encoding="utf-8")
    assert read(path) == [(4, ["S1", "南京\n路店"]), (7, ["S2", "x"])]


def test_headings_in_other_dress(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "\ufeff 门 店 名 称 ；ｓｔｏｒｅ＿ｃｏｄｅ\n".replace("；", ";") + "南京路店;007\n", encoding="utf-8"
    )
    with open_sheet(path, Kind.STORES, WORDS) as sheet:
        assert dict(sheet.layout.places) == {"name": 0, "code": 1}
    layout = match(["单号", "会员编号", "消费时间", "金额（元）", "实收金额"], Kind.PURCHASES)
    assert layout.places["amount"] == 4
    assert match(["单号", "实收金额", "金额"], Kind.PURCHASES).places["amount"] == 2


def test_every_heading_of_the_data_file_leads_to_its_field() -> None:
    for kind in Kind:
        for field, column in columns(kind).items():
            for name in (column.zh, column.en, field):
                assert field in match([name], kind).places, (kind, field, name)


def test_a_needed_heading_twice_is_refused_and_another_used_once(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("门店编号,门店名称,门店编号\nS1,x,S2\n", encoding="utf-8")
    assert "store code" in refused(path)
    path.write_text("门店编号,门店名称,城市,城市\nS1,x,a,b\n", encoding="utf-8")
    with open_sheet(path, Kind.STORES, WORDS) as sheet:
        assert sheet.layout.doubled == ("city",)


def test_gb18030_is_told_from_damaged_utf8(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes((STORES + "S1,南京路店\n").encode("gb18030"))
    assert encoding_of(path) == "gb18030"
    path.write_bytes((STORES + "S1,一家名字很长而且全部用汉字写成的门店名称店\n").encode() + b"S2,\xff\xfe\n")
    assert "neither UTF-8 nor GB18030" in refused(path)


def test_files_that_are_not_there_folders_and_broken_books(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "none.csv")
    assert "is a folder" in refused(tmp_path)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing more")
    assert "no readable workbook" in refused(broken)
    quote = tmp_path / "quote.csv"
    quote.write_text(STORES + 'S1,"' + "x" * 200_000, encoding="utf-8")
    assert "quotation mark" in refused(quote)


def test_cells_of_a_workbook_are_what_a_person_would_type(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first["A1"] = "nothing here"
    sheet = book.create_sheet("data")
    sheet["B2"] = "会员消费明细"
    sheet.merge_cells("B2:F2")
    for place, heading in zip("BCDEF", ("单号", "会员编号", "消费时间", "金额", "件数"), strict=True):
        sheet[f"{place}4"] = heading
    for place, value in zip(
        "BCDEF", (1001, "007", datetime.fromisoformat("2024-01-02 03:04:05"), 12.34, "=1/0"), strict=True
    ):
        sheet[f"{place}6"] = value
    path = tmp_path / "b.xlsx"
    book.save(path)
    assert read(path, Kind.PURCHASES) == [(6, ["1001", "007", "2024-01-02 03:04:05", "12.34", ""])]


def test_errors_in_cells_and_the_1904_calendar_are_seen(realdata: Path) -> None:
    from core.imports.workbooks import _Marks

    marks = _Marks.of(realdata / "badcsv" / "cell_errors.xlsx", "Feuil1", 0)
    assert [marks.errors[row][0] for row in range(7)] == [
        (0, mark) for mark in ("#DIV/0!", "#NAME?", "#VALUE!", "#NULL!", "#REF!", "#NUM!", "#N/A")
    ]
    assert not marks.epoch_1904
    assert _Marks.of(realdata / "badcsv" / "dates_1904_epoch.xlsx", "Sheet1", 0).epoch_1904
