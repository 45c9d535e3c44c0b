"""A server that does not let somebody in, or do what they asked: told for what it is, and not asked again."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from core.base.actor import SHELL
from core.base.errors import HuifangError, StoreTrouble
from core.base.language import catalogue
from core.people.tables import Store as Shop
from core.store import door, migrate
from core.store.again import retried
from core.store.check import check
from core.store.engine import Store
from core.store.troubles import Undone
from scripts.dev.cluster import Cluster, running
from tui.lasting import Lasting

HBA = """local all all trust
host all locked,unknown all scram-sha-256
host all banned all reject
host all postgres,gone,nologin,guest all trust
"""
ROLES = ("locked login password 'right'", "nologin", "banned login", "stranger login", "guest login")
REFUSED = [
    ("gone", "shop", "store.no_role", ("gone",), "没有用户"),
    ("nologin", "shop", "store.no_login", ("nologin", "alter role"), "不能登录"),
    ("locked", "shop", "store.no_password", ("locked", "~/.pgpass", "%40"), "密码"),
    ("locked:secret", "shop", "store.password", ("locked", "~/.pgpass"), "密码"),
    ("unknown:secret", "shop", "store.password", ("unknown", "no such user"), "密码"),
    ("banned", "shop", "store.not_let_in", ("banned", "shop", "pg_hba.conf"), "pg_hba.conf"),
    ("stranger", "shop", "store.not_let_in", ("stranger", "pg_hba.conf"), "pg_hba.conf"),
    ("postgres", "nowhere", "store.no_database", ("nowhere", "huifang init"), "没有数据库"),
    ("guest", "private", "store.no_right", ("huifang roles", "permission denied"), "huifang roles"),
    ("guest", "shop", "store.no_right", ("huifang roles", "alembic_version"), "huifang roles"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server with a doorkeeper, a store, and a database that is not open to all."""
    with running(tmp_path_factory.mktemp("door")) as made:
        made.execute(*(f"create role {role}" for role in ROLES), "create database shop", "create database private")
        made.execute("revoke connect on database private from public")
        store = Store(made.url("shop"))
        migrate.init(store)
        store.close()
        (made.folder / "pg_hba.conf").write_text(HBA)
        made.execute("select pg_reload_conf()")
        yield made


@pytest.fixture(params=REFUSED, ids=lambda case: f"{case[0]}-{case[1]}")
def case(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[tuple[Store, str, tuple[str, ...], str]]:
    user, database, code, english, chinese = request.param
    store = Store(cluster.url(database, user=user))
    yield store, code, english, chinese
    store.close()


def add(store: Store, tries: list[int]) -> None:
    @retried(idempotent=True)
    def added() -> None:
        tries.append(1)
        with store.write(SHELL) as tx:
            tx.insert(Shop, code="S1", name="shop")

    added()


def test_each_refusal_is_told_and_asked_for_once(case: tuple[Store, str, tuple[str, ...], str]) -> None:
    store, code, english, chinese = case
    acts: list[Callable[[], object]] = [store.verify, lambda: check(store), lambda: migrate.upgrade(store)]
    for act in acts:
        with pytest.raises(StoreTrouble) as caught:
            act()
        assert caught.value.code == code
    tries: list[int] = []
    with pytest.raises(StoreTrouble) as caught:
        Lasting(lambda _away: None).done(lambda: add(store, tries))
    assert caught.value.code == code
    assert len(tries) == 1
    said = catalogue("en").error(store_trouble(store))
    assert all(part in said for part in english), said
    assert chinese in catalogue("zh").error(store_trouble(store))
    assert "secret" not in said


def store_trouble(store: Store) -> HuifangError:
    with pytest.raises(StoreTrouble) as caught:
        store.verify()
    store.close()
    assert not isinstance(caught.value, Undone)
    return caught.value


def test_of_two_servers_the_one_that_is_there_decides(cluster: Cluster) -> None:
    for ports in (f"1,{cluster.port}", f"{cluster.port},1"):
        url = f"postgresql+psycopg://locked:secret@/shop?host=127.0.0.1,127.0.0.1&port={ports}"
        assert store_trouble(Store(url)).code == "store.password"


SPOKEN = [
    ("28000", '角色 "fang" 不存在', "store.no_role"),
    ("3D000", '数据库 "shop" 不存在', "store.no_database"),
    ("28P01", '用户 "fang" Password 认证失败', "store.password"),
    ("28000", '不允许角色"fang" 进行登录', "store.no_login"),
    ("28000", '没有用于主机 "::1", 用户 "fang", 数据库 "shop", 无加密 的 pg_hba.conf 记录', "store.not_let_in"),
    ("28000", '对用户"fang"的对等认证失败', "store.not_let_in"),
    ("42501", '访问数据库"shop"的权限不够', "store.no_right"),
    ("08P01", "no such user: fang", "store.no_role"),
    ("3D000", "no such database: shop", "store.no_database"),
    ("08P01", "SASL authentication failed", "store.password"),
    ("57P03", "数据库系统启动中", "store.unreachable"),
    ("53300", "对不起, 已经有太多的客户", "store.unreachable"),
]


@pytest.mark.parametrize(("state", "words", "code"), SPOKEN)
def test_what_servers_in_chinese_and_poolers_say(state: str, words: str, code: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        speaker = threading.Thread(target=_refuse, args=(listening, state, words))
        speaker.start()
        store = Store(f"postgresql+psycopg://fang@127.0.0.1:{listening.getsockname()[1]}/shop?sslmode=disable")
        with pytest.raises(StoreTrouble) as caught:
            store.version()
        store.close()
        speaker.join()
    assert caught.value.code == code
    assert isinstance(caught.value, Undone) is (code not in door.CODES)


def _refuse(listening: socket.socket, state: str, words: str) -> None:
    """Answer whoever comes as a server that does not let them in."""
    connection, _ = listening.accept()
    with connection:
        (length,) = struct.unpack("!I", connection.recv(4))
        connection.recv(length - 4)
        fields = (("S", "致命错误"), ("V", "FATAL"), ("C", state), ("M", words))
        body = b"".join(f"{name}{value}".encode() + b"\0" for name, value in fields) + b"\0"
        connection.sendall(b"E" + struct.pack("!I", len(body) + 4) + body)
