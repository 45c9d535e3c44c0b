"""Good rows go in, and the same file again changes nothing (R6.8)."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from core.base.actor import SHELL, Actor, Role
from core.base.errors import BadInput, Cancelled, NotAllowed
from core.base.language import catalogue
from core.imports import purchase_file
from core.imports.importing import import_file
from core.imports.member_file import OWNER_KEPT, TO_FIX
from core.imports.purchase_file import AHEAD
from core.imports.result import ImportResult
from core.store.engine import Store
from tests.imports.conftest import MEMBERS, PURCHASES, WriteFile, bring, everything, rows

ZHANG = ("001", "张伟", "13800138000", "1980-05-06", "2026-01-02", "S1", "A1")
LI = ("002", "李娜", "13900139000", "", "2026-02-03", "S2", "B1")


def counts(done: ImportResult) -> tuple[int, int, int, int, int, int]:
    return done.read, done.added, done.updated, done.unchanged, done.anonymous, done.rejected


def test_members_with_all_that_belongs_to_them(ready: Store, written: WriteFile) -> None:
    file = written("m.csv", MEMBERS, ZHANG, LI)
    assert counts(bring(ready, "members", file)) == (2, 2, 0, 0, 0, 0)
    found = everything(ready)
    number, name, shop, owner, joined, *_ = found["member"][0]
    assert (number, name, shop, owner, str(joined)) == ("001", "张伟", "S1", "A1", "2026-01-02")
    assert str(found["member"][0][12]) == "2026-01-02"
    assert found["phone"][0][2:] == ("13800138000", "+8613800138000", "mobile")
    assert ("001", "zhangwei") in found["key"]
    assert rows(ready, "select new from audit_entry where table_name = 'member' and deed = 'bulk' order by id")


def test_the_same_file_again_changes_nothing(ready: Store, written: WriteFile) -> None:
    members = written("m.csv", MEMBERS, ZHANG, LI, (*ZHANG[:2], "139 0000 1111", *ZHANG[3:]), ZHANG)
    purchases = written(
        "p.csv",
        PURCHASES,
        ("P1", "001", "2026-03-04 10:00", "S1", "A1", "100", "1"),
        ("P2", "", "2026-03-04 10:00", "S1", "A1", "5", "1"),
        ("P1", "001", "2026-03-04 10:00", "S1", "A1", "250", "2"),
        ("P1", "001", "2026-03-04 10:00", "S1", "A1", "200", "2"),
    )
    assert counts(bring(ready, "members", members)) == (4, 2, 1, 1, 0, 0)
    assert counts(bring(ready, "purchases", purchases)) == (4, 1, 2, 0, 1, 0)
    before = everything(ready)
    entries = rows(ready, "select count(*) from audit_entry")
    assert counts(bring(ready, "members", members)) == (4, 0, 0, 4, 0, 0)
    assert counts(bring(ready, "purchases", purchases)) == (4, 0, 0, 3, 1, 0)
    assert everything(ready) == before
    assert rows(ready, "select count(*) from audit_entry") == entries
    assert rows(ready, "select amount_total, purchase_count from member where number = '001'") == [(20000, 1)]


def test_a_changed_row_changes_its_fields_and_leaves_a_history(ready: Store, written: WriteFile) -> None:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG))
    changed = ("001", "章伟", "", "", "2026-01-02", "S2", "")
    assert counts(bring(ready, "members", written("m2.csv", MEMBERS, changed))) == (1, 0, 1, 0, 0, 0)
    history = rows(
        ready, "select field, old, new, why from audit_entry where table_name = 'member' and deed = 'update'"
    )
    assert ("name", "张伟", "章伟", "import m2.csv") in history
    assert {field for field, *_ in history} == {"name", "store_id"}
    found = everything(ready)
    assert found["member"][0][5:8] == (1980, 5, 6)
    assert ("001", "zhangwei") in found["key"]
    assert ("001", "张伟") not in found["key"]


def test_an_import_never_changes_an_owner(ready: Store, written: WriteFile) -> None:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG, (*LI[:6], "")))
    done = bring(ready, "members", written("m2.csv", MEMBERS, (*ZHANG[:6], "A2"), LI))
    assert counts(done) == (2, 0, 1, 1, 0, 0)
    assert [(notice.template, notice.params["count"]) for notice in done.warnings] == [(OWNER_KEPT, 1)]
    assert [row[3] for row in everything(ready)["member"]] == ["A1", "B1"]


def test_what_cannot_be_understood_keeps_the_member_and_asks_a_person(ready: Store, written: WriteFile) -> None:
    odd = ("003", "王五", "13800138000/12345/0512-65101234", "85年", "2026-01-02", "S1", "")
    file = written("m.csv", MEMBERS, odd)
    done = bring(ready, "members", file)
    assert counts(done) == (1, 1, 0, 0, 0, 0)
    assert [(notice.template, notice.params["count"]) for notice in done.warnings] == [(TO_FIX, 2)]
    found = everything(ready)
    assert [(phone[2], phone[4]) for phone in found["phone"]] == [
        ("13800138000", "mobile"),
        ("12345", "unknown"),
        ("0512-65101234", "fixed"),
    ]
    assert [fix[1:3] for fix in found["fix"]] == [("birthday", "85年"), ("phone", "12345")]
    assert counts(bring(ready, "members", file)) == (1, 0, 0, 1, 0, 0)
    assert everything(ready) == found


def test_a_dry_run_counts_what_a_run_does_and_writes_nothing(
    ready: Store, written: WriteFile, tmp_path: Path
) -> None:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG))
    members = written(
        "m2.csv", MEMBERS, LI, (*ZHANG[:1], "张维", *ZHANG[2:]), LI, (*LI[:1], "李丽", *LI[2:]), ("", "x")
    )
    sales = [(f"P{n % 7}", "001", "2026-03-04", "S1", "A1", n // 10, "1") for n in range(25)]
    purchases = written(
        "p.csv", PURCHASES, *sales, ("P9", "", "", "", "", "", ""), ("P8", "001", "x", "S1", "", "1")
    )
    before = everything(ready), sorted(tmp_path.iterdir()), rows(ready, "select count(*) from audit_entry")
    for kind, file in (("members", members), ("purchases", purchases)):
        dry = bring(ready, kind, file, dry_run=True)
        assert dry.rejects_file is None
        assert (
            everything(ready),
            sorted(tmp_path.iterdir()),
            rows(ready, "select count(*) from audit_entry"),
        ) == before
        real = bring(ready, kind, file, rejects=tmp_path / "r.csv")
        assert counts(dry) == counts(real)
        before = everything(ready), sorted(tmp_path.iterdir()), rows(ready, "select count(*) from audit_entry")


def test_spread_over_many_batches_it_is_the_same(
    ready: Store, written: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG, LI))
    sales = [(f"P{n % 40}", "001", f"2026-03-{1 + n % 28:02}", "S1", "A1", n // 30, "1") for n in range(100)]
    file = written("p.csv", PURCHASES, *sales)
    monkeypatch.setattr(purchase_file.PurchasesFile, "batch", 7)
    dry = counts(bring(ready, "purchases", file, dry_run=True))
    assert counts(bring(ready, "purchases", file)) == dry == (100, 40, 60, 0, 0, 0)
    assert counts(bring(ready, "purchases", file)) == (100, 0, 0, 100, 0, 0)


def test_a_stopped_import_is_completed_by_running_it_again(
    ready: Store, written: WriteFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bring(ready, "members", written("m.csv", MEMBERS, ZHANG))
    sales = [(f"P{n}", "001", "2026-03-04", "S1", "A1", "1", "1") for n in range(50)]
    file = written("p.csv", PURCHASES, *sales, ("P99", "", "", ""), ("bad", "001"))
    monkeypatch.setattr(purchase_file.PurchasesFile, "batch", 10)
    told: list[tuple[int, float]] = []
    with pytest.raises(Cancelled) as stopped:
        import_file(
            ready,
            SHELL,
            "purchases",
            file,
            progress=lambda done, part: told.append((done, part)),
            cancelled=lambda: len(told) == 2,
            rejects=tmp_path / "r.csv",
        )
    assert [done for done, _ in told] == [10, 20]
    assert all(0 < part <= 1 for _, part in told)
    assert "20" in str(stopped.value)
    assert rows(ready, "select count(*) from purchase") == [(20,)]
    assert not (tmp_path / "r.csv").exists()
    assert counts(bring(ready, "purchases", file)) == (52, 30, 0, 20, 1, 1)


def test_workbooks_and_text_files_bring_in_the_same(ready: Store, written: WriteFile, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (MEMBERS, ZHANG, (1001, "赵六", 13700137000, 31000, "2026-01-02", "S1", None)):
        sheet.append(list(row))
    book.save(tmp_path / "m.xlsx")
    assert counts(bring(ready, "members", tmp_path / "m.xlsx")) == (2, 2, 0, 0, 0, 0)
    assert [row[0] for row in everything(ready)["member"]] == ["001", "1001"]
    twin = written("m.csv", MEMBERS, ZHANG, ("1001", "赵六", "13700137000", "1984-11-14", "2026-01-02", "S1", ""))
    assert counts(bring(ready, "members", twin)) == (2, 0, 0, 2, 0, 0)


def test_roles_in_chinese_and_stores_by_name(ready: Store, written: WriteFile) -> None:
    file = written(
        "s.csv",
        ("工号", "姓名", "角色", "门店"),
        *[
            (f"C{n}", "某", role, "观前街店")
            for n, role in enumerate(("客服", "店员", "店长", "经理", "客服部", "管理员"))
        ],
        ("C9", "某", "洗车工", "S1"),
    )
    done = bring(ready, "staff", file, words=catalogue("en"))
    assert counts(done) == (7, 6, 0, 0, 0, 1)
    found = rows(ready, "select role from staff where code like 'C%' order by code")
    assert [role for (role,) in found] == [
        "caller",
        "assistant",
        "store_manager",
        "manager",
        "service_desk",
        "admin",
    ]


def test_a_single_store_need_not_be_named(lite: Store, written: WriteFile) -> None:
    bring(lite, "stores", written("s.csv", ("门店编号", "门店名称"), ("S1", "独店")))
    bring(lite, "members", written("m.csv", ("会员号", "姓名", "注册日期"), ("1", "张伟", "2026-01-02")))
    file = written(
        "p.csv",
        ("小票号", "会员号", "日期", "实付"),
        ("P1", "1", "2026.3.4", "￥1,280.50"),
        ("P2", "散客", "", ""),
    )
    assert counts(bring(lite, "purchases", file)) == (2, 1, 0, 0, 1, 0)
    assert rows(lite, "select amount, day from purchase") == [(128050, "2026-03-04")]


def test_purchases_of_tomorrow_are_told(ready_lite: Store, written: WriteFile) -> None:
    bring(ready_lite, "members", written("m.csv", MEMBERS, ZHANG))
    file = written(
        "p.csv", PURCHASES, *[(f"P{n}", "001", f"2026-11-{n}", "S1", "", "1", "") for n in (23, 24, 30)]
    )
    done = bring(ready_lite, "purchases", file)
    assert [(notice.template, notice.params["count"]) for notice in done.warnings] == [(AHEAD, 2)]


def test_only_who_may_import_does(lite: Store, written: WriteFile) -> None:
    file = written("s.csv", ("门店编号", "门店名称"), ("S1", "x"))
    for role in Role:
        if role is not Role.ADMIN:
            with pytest.raises(NotAllowed):
                import_file(lite, Actor("X", "x", role, 1, 1), "stores", file)
    with pytest.raises(BadInput):
        import_file(lite, SHELL, "cars", file)


def test_the_fast_way_reads_like_the_careful_way(ready_lite: Store, written: WriteFile) -> None:
    from core.imports.columns import Kind
    from core.imports.sheets import open_sheet

    bring(ready_lite, "members", written("m.csv", MEMBERS, ZHANG))
    odd = [
        ("P1", "001", "2026-03-04 10:00", "S1", "A1", "100.5", "3"),
        ("P1", "001", "2026-03-04", "S1", "", "-100.55", ""),
        ("P 1", "001", "2026-03-04 10:00:59", "S2", "B1", "¥3", "3.0"),
        ("Ｐ１", "001", "2026-03-04T10:00", "S1", "A1", "3", "-3"),
        ("P1", "001", "20260304", "南京路店", "A1", "3", "1"),
        ("P1", "001", "2026-W10-3", "S1", "A1", "3", "1"),
        ("P1", "001", "2026-03-04 10:00+01:00", "S1", "A1", "3", "1"),
        ("P1", "001", "1899-03-04", "S1", "A1", "3", "1"),
        ("P" * 65, "001", "2026-03-04", "S1", "A1", "3", "1"),
        ("P1", "001", "2026-03-04", "S1", "A1", "3", "1" * 12),
        ("P1", "001", "2026-03-04", "S1", "A1"),
        ("P1", "001", "2026-03-04", "S1", "A1", "3", "1", "more"),
        ("P1", "无", "2026-03-04", "S1", "A1", "3", "1"),
    ]
    with open_sheet(written("p.csv", PURCHASES, *odd), Kind.PURCHASES, catalogue("en")) as sheet:
        usual = purchase_file.PurchasesFile(ready_lite, sheet)
        careful = purchase_file.PurchasesFile(ready_lite, sheet)
        for kind in (usual, careful):
            kind._members["001"] = 1
        for cells in odd:
            for text in ("S1", "S2"):
                usual._store(text)
            for text in ("A1", "B1"):
                usual._received_by(text)
            assert outcome(usual.state, list(cells)) == outcome(careful._read, list(cells))


def outcome(read: object, cells: list[str]) -> object:
    try:
        return read(cells)  # type: ignore[operator]
    except purchase_file.Wrong as wrong:
        return wrong.template
