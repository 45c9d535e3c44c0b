"""The benchmarks run, part by part, on a small store: so that they do not rot."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import URL

from core.base.actor import SHELL
from core.people.tables import Store as Shop
from core.store.check import check
from core.store.engine import Store
from scripts.dev.bench.__main__ import OF_THE_DATABASE, PARTS, main, measured, table
from scripts.dev.bench.ground import Ground
from scripts.dev.bench.server_ground import ServerGround

TOLD = (
    "select coalesce(value_class, '-'), count(*), sum(amount_total) from member group by value_class order by 1",
    "select programme, count(*), sum(member_id) from follow_up group by programme order by 1",
    "select count(*), sum(amount), sum(items) from purchase",
    "select count(*), sum(member_id) from member_name_key",
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(500, 5, tmp_path_factory.mktemp("bench"), 3)


@pytest.mark.slow
@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_gives_figures(part: str, ground: Ground) -> None:
    figures = measured(part, ground)
    assert figures
    assert all(figure.value is not None and figure.value > 0 for figure in figures), table(figures)


@pytest.fixture(scope="module")
def server_ground(ground: Ground, postgresql_server: URL) -> ServerGround:
    return ServerGround(ground.members, ground.purchases, ground.folder, ground.rounds, postgresql_server)


@pytest.mark.slow
@pytest.mark.parametrize("part", OF_THE_DATABASE)
def test_each_part_of_the_database_gives_figures_on_a_server(part: str, server_ground: ServerGround) -> None:
    figures = measured(part, server_ground)
    assert figures
    assert all(figure.value is not None and figure.value > 0 for figure in figures), table(figures)
    assert not [figure.note for figure in figures if "NOT the same" in figure.note]


def test_what_a_server_does_not_change_is_not_measured_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--database", "postgres", "--only", "keys"])
    assert "keys: measured without --database" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["ground", pytest.param("server_ground", marks=pytest.mark.slow)])
def test_a_generated_store_is_sound(where: str, request: pytest.FixtureRequest) -> None:
    chosen: Ground = request.getfixturevalue(where)
    with chosen.copy("planned") as store:
        report = check(store)
    assert report.findings == ()
    assert report.rows["member"] == 500
    assert report.rows["follow_up"] > 100


@pytest.mark.slow
def test_the_stores_of_both_databases_are_alike(ground: Ground, server_ground: ServerGround) -> None:
    with ground.copy("planned") as file, server_ground.copy("planned") as there:
        assert _told(file) == _told(there)
        with there.write(SHELL) as tx:  # new rows are numbered after those that were loaded
            assert tx.insert(Shop, code="NEW", name="NEW") > 1


def _told(store: Store) -> list[list[Any]]:
    with store.read() as connection:
        return [[tuple(row) for row in connection.exec_driver_sql(text)] for text in TOLD]
