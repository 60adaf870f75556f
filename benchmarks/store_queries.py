"""How long questions take on a store of 100,000 apps and more than 10 million rows.

    python -m benchmarks.store_queries --store /tmp/big.db            (or a PostgreSQL URL)

Makes the store when it is empty (made-up apps: names, hosts, libraries as unevenly spread as real
ones), then asks every ready question for 1,000 rows and searches names, each several times, and
prints median and slowest in milliseconds. Each question is asked twice over, for something usual
and for what most apps have. The first answer of each is left out of the median and shown apart;
with `--cold COMMAND` that command runs before it, to empty what database and system hold in memory.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from auditor.batch import schema as t
from auditor.batch.find import find
from auditor.batch.names import every_gram, fold, initials, sound
from auditor.batch.query import Values, asked, filled, questions
from auditor.batch.store import Store, open_store
from auditor.batch.totals import count_totals
from auditor.catalog import Catalog

CHUNK = 2_000
ZH = "现金急速信用微贷白卡钱包借款分期宝花呗融易安心快捷普惠金条豆好有米多利来速融乐享惠民随心"
EN = "cash quick easy loan credit peso rupee money fast pocket smart gold star kredit dana".split()
TYPES = "contacts sms call_log location installed_apps device_ids photos calendar camera".split()
RULES = [f"rule-{n}" for n in range(60)]
PERMISSIONS = [f"android.permission.P{n}" for n in range(120)] + [
    "android.permission.READ_CONTACTS"
]
LEVELS = "requested referenced reachable linked traced".split()
DISCLOSURES = "clear vague ambiguous incorrect omitted no_terms".split()


def uneven(pick: random.Random, count: int) -> int:
    """A number below `count`, small ones far more often."""
    return int(count * pick.random() ** 3)


def app_rows(number: int, pick: random.Random) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The rows of one app: table, values in the order of its columns."""
    sha = f"{pick.getrandbits(256):064x}"
    package = f"com.{pick.choice(EN)}{number}.{pick.choice(EN)}"
    label = (
        "".join(pick.choices(ZH, k=pick.randint(3, 5)))
        if number % 2
        else " ".join(w.title() for w in pick.sample(EN, 2)) + f" {number % 977}"
    )
    severity = pick.randint(-1, 3)
    words = ("", "info", "low", "medium", "high")
    yield "apps", (number, package)
    yield (
        "versions",
        (
            *(number, number, sha, f"{number}.apk", pick.randint(10**6, 10**8), label, "1.0", "10"),
            *(21, 33, words[severity + 1], severity, pick.choice((True, False, None)), 6),
            *(pick.randint(0, 2), number % 9 == 0, "f", "v"),
        ),
    )
    yield "version_signers", (number, 0, 1 + uneven(pick, 40_000), "v2", "2020-01-01")
    for kind, text in (("package", package), ("label", label)):
        yield "names", (kind, text, number)
    for n in range(25):
        yield "permissions", (number, n, PERMISSIONS[uneven(pick, 121)], None, n % 3, n % 5)
    for n in range(8):
        data = TYPES[uneven(pick, 9)]
        yield (
            "practices",
            (
                *(number, n, pick.choice(("collect", "share")), data, pick.choice(LEVELS), "bulk"),
                *(f"org {uneven(pick, 30_000)}", "app", pick.choice(DISCLOSURES), "click"),
                pick.choice((True, False, None)),
            ),
        )
    for n in range(10):
        host = f"api{uneven(pick, 80_000)}.example"
        yield (
            "flows",
            (
                *(
                    number,
                    n,
                    f"f-{n}",
                    TYPES[uneven(pick, 9)],
                    pick.choice(LEVELS),
                    "bulk",
                    "network",
                ),
                *(f"https://{host}/v1/upload", host, "name,phone", "app", "org", "click", None),
            ),
        )
    for n in range(20):
        host = f"api{uneven(pick, 80_000)}.example"
        yield (
            "endpoints",
            (
                *(
                    number,
                    n,
                    f"https://{host}/v1/{n}",
                    "https",
                    host,
                    f"/v1/{n}",
                    "POST",
                    "literal",
                ),
                *("app", "org", False),
            ),
        )
    for n in range(12):
        library = uneven(pick, 400)
        yield "libraries", (number, n, f"lib{library}", f"Lib {library}", "V", "1.0", "analytics")
    for n in range(10):
        yield (
            "statements",
            (
                *(number, n, f"s1.{n}", "policy.html", "we", pick.choice(("collect", "share"))),
                *(
                    TYPES[uneven(pick, 9)],
                    False,
                    "we collect your data for the purpose of the service",
                ),
            ),
        )
    for n in range(6):
        yield (
            "findings",
            (
                *(number, n, RULES[uneven(pick, 60)], "medium", "share:contacts:org", "omitted"),
                *("The address book can leave the phone", "通讯录可能被传出手机"),
            ),
        )
    for n in range(3):
        kind = pick.choice(("budget", "native_code", "reflection", "obfuscated", "dynamic_code"))
        yield "limits", (number, n, "packed" if number % 500 == 0 else kind, "classes.dex", "why")


class Names:
    """Names and their grams: each name once, as the store keeps them."""

    def __init__(self) -> None:
        self.ids: dict[tuple[str, str], int] = {}

    def rows(self, kind: str, text: str, version: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
        key = (kind, text)
        if key not in self.ids:
            self.ids[key] = number = len(self.ids) + 1
            yield "names", (number, kind, text, fold(text), sound(text), initials(text))
            for gram, size in sorted(every_gram(text).items()):
                yield "grams", (gram, size, number)
        yield "name_versions", (self.ids[key], version)


def build(store: Store, apps: int) -> None:
    """Fill an empty store."""
    indexes = [i for table in t.METADATA.sorted_tables for i in table.indexes if not i.unique]
    with store.engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
    pick, names = random.Random(7), Names()
    held: dict[str, list[tuple[Any, ...]]] = {}
    write = _sqlite_writer(store) if store.is_sqlite else _postgresql_writer(store)
    held["signers"] = [(n, f"{n:064x}", f"CN=Maker {n}") for n in range(1, 40_001)]
    for number in range(1, apps + 1):
        for table, values in app_rows(number, pick):
            if table == "names":
                for name, row in names.rows(*values):
                    held.setdefault(name, []).append(row)
            else:
                held.setdefault(table, []).append(values)
        if number % CHUNK == 0 or number == apps:
            write(held)
            held = {}
            print(f"\r{number:,} apps", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    with store.engine.begin() as connection:
        for index in indexes:
            index.create(connection)
    with store.engine.begin() as connection:
        count_totals(connection)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What a server does by itself after a while.
        connection.execute(sa.text("ANALYZE" if store.is_sqlite else "VACUUM ANALYZE"))


ORDER = ("apps", "signers", "versions", "names")


def _sorted(held: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    return sorted(held, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n))


def _sqlite_writer(store: Store) -> Callable[[dict[str, list[tuple[Any, ...]]]], None]:
    connection = sqlite3.connect(str(store.engine.url.database))
    connection.execute("PRAGMA synchronous=OFF")

    def write(held: dict[str, list[tuple[Any, ...]]]) -> None:
        with connection:
            for name in _sorted(held):
                marks = ",".join("?" * len(held[name][0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", held[name])

    return write


def _postgresql_writer(store: Store) -> Callable[[dict[str, list[tuple[Any, ...]]]], None]:
    import psycopg

    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(url)

    def write(held: dict[str, list[tuple[Any, ...]]]) -> None:
        with connection.cursor() as cursor:
            for name in _sorted(held):
                with cursor.copy(f"COPY {name} FROM STDIN".encode()) as copy:
                    for row in held[name]:
                        copy.write_row(row)
        connection.commit()

    return write


def timed(what: Callable[[], int], times: int, cold: str) -> tuple[int, float, float, float]:
    """Rows, first, median and slowest of the later ones, in milliseconds."""
    found = []
    if cold:
        subprocess.run(cold, shell=True, check=True)
    for _ in range(times + 1):
        begin = time.perf_counter()
        rows = what()
        found.append((time.perf_counter() - begin) * 1000)
    return rows, found[0], statistics.median(found[1:]), max(found[1:])


ROWS = 1_000
VALUES = {
    "host": "api77.example",
    "data": "contacts",
    "rule": "rule-30",
    "library": "lib200",
    "name": "android.permission.READ_CONTACTS",
}
COMMON = {
    "host": "api0.example",
    "data": "contacts",
    "rule": "rule-0",
    "library": "lib0",
    "name": "android.permission.P0",
}
NAMES = (
    "现金宝",
    "xianjinbao",
    "xjb",
    "现京宝",
    "Quik Loan 55",
    "cash",
    "com.cash777.loan",
    "Maker 5",
    "现金",
    "loan",
    "com",
)


def packages(store: Store) -> tuple[str, str]:
    """A usual app, and one that is signed like most others."""
    with store.reading() as connection:
        usual = connection.execute(sa.text("SELECT package FROM apps WHERE id = 777")).scalar()
        most = connection.execute(
            sa.text(
                "SELECT a.package FROM apps a JOIN versions v ON v.app_id = a.id "
                "JOIN version_signers x ON x.version_id = v.id WHERE x.signer_id = 1 LIMIT 1"
            )
        ).scalar()
    return str(usual), str(most)


def measure(store: Store, times: int, cold: str) -> None:
    """Print the table."""
    with store.reading() as connection:
        total = sum(
            int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0)
            for table in t.METADATA.sorted_tables
        )
        apps = connection.execute(sa.select(sa.func.count()).select_from(t.apps)).scalar()
    usual, most = packages(store)
    print(f"{store.engine.dialect.name}: {apps:,} apps, {total:,} rows; load {os.getloadavg()[0]}")
    print(f"{'question':<32}{'rows':>7}{'first':>9}{'median':>9}{'slowest':>9}  ms")
    for entry in questions(Catalog()).values():
        for values, kind in (
            ({**VALUES, "package": usual}, ""),
            ({**COMMON, "package": most}, ", common"),
        ):
            if kind and not entry.parameters:
                continue
            bound = filled(entry, {name: values[name] for name in entry.parameters}, ROWS)

            def ask(sql: str = entry.sql, bound: Values = bound) -> int:
                with asked(store, sql, bound) as answer:
                    return sum(1 for _ in answer.rows)

            line(entry.id + kind, timed(ask, times, cold))
    for name in NAMES:

        def search(name: str = name) -> int:
            with store.reading() as connection:
                return len(find(connection, name).hits)

        line(f"find {name}", timed(search, times, cold))


def line(name: str, found: tuple[int, float, float, float]) -> None:
    rows, first, median, slowest = found
    print(f"{name:<32}{rows:>7}{first:>9.1f}{median:>9.1f}{slowest:>9.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", required=True)
    parser.add_argument("--apps", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--cold", default="", metavar="COMMAND")
    given = parser.parse_args()
    store = open_store(given.store, create=True)
    with store.reading() as connection:
        empty = not connection.execute(sa.select(sa.func.count()).select_from(t.apps)).scalar()
    if empty:
        build(store, given.apps)
    measure(store, given.times, given.cold)


if __name__ == "__main__":
    main()
