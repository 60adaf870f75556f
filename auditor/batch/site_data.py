"""Read from the store what the index site shows: one value, in the order in which it is shown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditor import __version__
from auditor.batch import schema as t
from auditor.batch.places import name_of
from auditor.batch.rows import is_nameless
from auditor.model import Disclosure, Severity
from auditor.report.words import Local

RANKED, MAKERS, MEMBERS, LINKS, SHARING = 20, 200, 60, 12, 20
BARS, FAILED, CHANGED = 15, 500, 100
_REASONS = 3
_UNDECLARED = ("omitted", "incorrect", "ambiguous")

Bar = tuple[Any, int, float]


@dataclass(frozen=True, slots=True)
class App:
    """One version of an app in the table."""

    id: int
    sha256: str
    package: str
    label: str
    version: str
    severity: str
    rank: int
    """Of its severity, -1 without findings."""
    findings: int
    lending: bool | None
    blind: bool
    declared: int
    reasons: tuple[Local, ...]
    """Titles of its gravest findings."""
    undeclared: tuple[str, ...]
    """Kinds of data that it shares though its terms do not say so."""
    maker: int
    """Number of its maker, 0 without one."""
    store: str
    developer: str
    date: str
    report: str
    """Path of its report from the index, or empty."""


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that apps of a maker share."""

    kind: str
    value: str
    packages: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class MakerShown:
    """One maker."""

    apps: int
    names: str
    members: tuple[App, ...]
    more: int
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Two versions of one app."""

    package: str
    label: str
    old: App
    new: App


@dataclass(frozen=True, slots=True)
class Failure:
    """A package that was not audited."""

    file: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Site:
    """Everything on the page."""

    table: tuple[App, ...]
    apps: int
    versions: int
    blind: int
    ranking: tuple[App, ...]
    makers: tuple[MakerShown, ...]
    by_severity: tuple[Bar, ...]
    by_permission: tuple[Bar, ...]
    by_recipient: tuple[Bar, ...]
    by_rule: tuple[Bar, ...]
    by_disclosure: tuple[tuple[str, tuple[tuple[int, float], ...]], ...]
    months: tuple[tuple[str, int, int, int], ...]
    changes: tuple[Change, ...]
    failures: tuple[Failure, ...]
    failure_count: int
    disclosures: tuple[str, ...] = tuple(Disclosure)
    tool_version: str = field(default=__version__)


def gather(connection: Connection, reports: dict[str, str]) -> Site:
    """Read everything; `reports` gives the path of a package's report by its SHA-256."""
    table = _table(connection, reports)
    failures = _failures(connection)
    return Site(
        table=table,
        apps=len({app.package for app in table}),
        versions=len(table),
        blind=sum(app.blind for app in table),
        ranking=tuple(app for app in table if app.rank >= Severity.LOW.rank)[:RANKED],
        makers=_makers(connection, table),
        by_severity=_severities(table),
        by_permission=_counted(connection, t.permissions, t.permissions.c.name),
        by_recipient=_recipients(connection),
        by_rule=_rules(connection),
        by_disclosure=_disclosures(connection),
        months=_months(table),
        changes=_changes(table),
        failures=tuple(failures[:FAILED]),
        failure_count=len(failures),
    )


def _table(connection: Connection, reports: dict[str, str]) -> tuple[App, ...]:
    columns = t.versions.c
    query = sa.select(t.versions, t.apps.c.package).join(t.apps, t.apps.c.id == columns.app_id)
    reasons, undeclared = _reasons(connection), _undeclared(connection)
    makers, about = _maker_numbers(connection), _about(connection)
    found = []
    for row in connection.execute(query):
        store, developer, date = about.get(row.sha256, ("", "", ""))
        found.append(
            App(
                id=row.id,
                sha256=row.sha256,
                package=row.package,
                label=row.label or (row.file if is_nameless(row.package) else row.package),
                version=row.version_name,
                severity=row.severity,
                rank=row.severity_rank,
                findings=row.findings,
                lending=row.lending,
                blind=row.blind,
                declared=row.declared,
                reasons=tuple(reasons.get(row.id, ())[:_REASONS]),
                undeclared=tuple(sorted(undeclared.get(row.id, ()))),
                maker=makers.get(row.id, 0),
                store=store,
                developer=developer,
                date=date,
                report=reports.get(row.sha256, ""),
            )
        )
    key = lambda a: (-a.rank, -len(a.undeclared), -a.findings, a.package, a.sha256)  # noqa: E731
    return tuple(sorted(found, key=key))


def _reasons(connection: Connection) -> dict[int, list[Local]]:
    """Titles of findings by version, the gravest first, each once."""
    columns = t.findings.c
    found: dict[int, dict[str, Local]] = defaultdict(dict)
    query = sa.select(columns.version_id, columns.title, columns.title_zh)
    for row in connection.execute(query.order_by(columns.version_id, columns.n)):
        found[row.version_id].setdefault(row.title, _title(row.title, row.title_zh))
    return {version: list(titles.values()) for version, titles in found.items()}


def _title(english: str, chinese: str) -> Local:
    return Local((("en", english), ("zh", chinese or english)), english, "en")


def _undeclared(connection: Connection) -> dict[int, set[str]]:
    columns = t.practices.c
    query = sa.select(columns.version_id, columns.data_type).where(
        columns.action == "share", columns.disclosure.in_(_UNDECLARED)
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        found[row.version_id].add(row.data_type.partition(".")[0])
    return found


def _maker_numbers(connection: Connection) -> dict[int, int]:
    clusters, members = t.clusters.c, t.cluster_members.c
    query = sa.select(members.version_id, clusters.key).where(
        clusters.id == members.cluster_id, clusters.kind == "maker"
    )
    return {row.version_id: int(row.key) for row in connection.execute(query)}


def _about(connection: Connection) -> dict[str, tuple[str, str, str]]:
    """Store, developer and date of a package, of its first place that says something."""
    columns = t.sources.c
    query = sa.select(columns.sha256, columns.store, columns.developer, columns.date)
    found: dict[str, tuple[str, str, str]] = {}
    for row in connection.execute(query.order_by(columns.location)):
        known = found.get(row.sha256, ("", "", ""))
        said = (row.store, row.developer, row.date)
        found[row.sha256] = tuple(k or s for k, s in zip(known, said, strict=True))  # type: ignore[assignment]
    return found


def _makers(connection: Connection, table: Sequence[App]) -> tuple[MakerShown, ...]:
    members: dict[int, list[App]] = defaultdict(list)
    for app in table:
        if app.maker:
            members[app.maker].append(app)
    columns = t.clusters.c
    query = sa.select(columns.key, columns.evidence, columns.apps).where(columns.kind == "maker")
    found = []
    for row in connection.execute(query.order_by(columns.key).limit(MAKERS)):
        mine = members[int(row.key)]
        names = sorted({app.label for app in mine})
        found.append(
            MakerShown(
                apps=row.apps,
                names=", ".join(names[:6]) + (" …" if len(names) > 6 else ""),
                members=tuple(sorted(mine, key=lambda a: (a.package, a.sha256))[:MEMBERS]),
                more=max(0, len(mine) - MEMBERS),
                links=_links(json.loads(row.evidence)),
            )
        )
    return tuple(found)


def _links(pairs: Sequence[Mapping[str, Any]]) -> tuple[Link, ...]:
    """Turn what pairs of apps share into the apps that share each thing, the most shared first."""
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pair in pairs:
        for kind, value, _ in pair["signs"]:
            held[kind, value] |= {pair["one"], pair["other"]}
    most = sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Link(kind, value, tuple(sorted(names)[:SHARING]), max(0, len(names) - SHARING))
        for (kind, value), names in most[:LINKS]
    )


# ---------------------------------------------------------------- charts


def _bars(rows: Iterable[tuple[Any, int]]) -> tuple[Bar, ...]:
    """Give each number its share of the largest, in hundredths."""
    held = list(rows)
    most = max((number for _, number in held), default=1) or 1
    return tuple((name, number, round(100 * number / most, 1)) for name, number in held)


def _severities(table: Sequence[App]) -> tuple[Bar, ...]:
    numbers = Counter(app.severity for app in table)
    return _bars([(str(s), numbers[str(s)]) for s in reversed(Severity)])


def _counted(connection: Connection, table: sa.Table, column: sa.Column[Any]) -> tuple[Bar, ...]:
    number = sa.func.count(sa.distinct(table.c.version_id)).label("number")
    query = sa.select(column, number).group_by(column).order_by(number.desc(), column).limit(BARS)
    return _bars((row[0], row[1]) for row in connection.execute(query))


def _recipients(connection: Connection) -> tuple[Bar, ...]:
    columns = t.practices.c
    number = sa.func.count(sa.distinct(columns.version_id)).label("number")
    query = (
        sa.select(columns.recipient, number)
        .where(columns.action == "share", columns.recipient.not_in(("", "unknown", "first_party")))
        .group_by(columns.recipient)
        .order_by(number.desc(), columns.recipient)
        .limit(BARS)
    )
    return _bars((row[0], row[1]) for row in connection.execute(query))


def _rules(connection: Connection) -> tuple[Bar, ...]:
    columns = t.findings.c
    number = sa.func.count(sa.distinct(columns.version_id)).label("number")
    title, title_zh = sa.func.min(columns.title), sa.func.min(columns.title_zh)
    query = (
        sa.select(columns.rule, number, title, title_zh)
        .group_by(columns.rule)
        .order_by(number.desc(), columns.rule)
        .limit(BARS)
    )
    return _bars((_title(row[2], row[3]), row[1]) for row in connection.execute(query))


def _disclosures(
    connection: Connection,
) -> tuple[tuple[str, tuple[tuple[int, float], ...]], ...]:
    """For each kind of data, how many packages disclose its sharing in which way."""
    columns = t.practices.c
    number = sa.func.count(sa.distinct(columns.version_id))
    query = (
        sa.select(columns.data_type, columns.disclosure, number)
        .where(columns.action == "share")
        .group_by(columns.data_type, columns.disclosure)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for data_type, disclosure, count in connection.execute(query):
        found[data_type][disclosure] += count
    rows = []
    for data_type, numbers in sorted(found.items(), key=lambda r: (-r[1].total(), r[0]))[:BARS]:
        total = numbers.total()
        cells = ((numbers[d], round(100 * numbers[d] / total, 1)) for d in Disclosure)
        rows.append((data_type, tuple(cells)))
    return tuple(rows)


def _months(table: Sequence[App]) -> tuple[tuple[str, int, int, int], ...]:
    found: dict[str, list[App]] = defaultdict(list)
    for app in table:
        if app.date:
            found[app.date[:7]].append(app)
    high = Severity.HIGH.rank
    return tuple(
        (month, len(apps), sum(a.rank >= high for a in apps), sum(a.declared > 0 for a in apps))
        for month, apps in sorted(found.items())
    )


def _changes(table: Sequence[App]) -> tuple[Change, ...]:
    """Apps of which several versions are known and whose level or findings differ."""
    versions: dict[str, list[App]] = defaultdict(list)
    for app in table:
        versions[app.package].append(app)
    found = []
    for package, apps in sorted(versions.items()):
        apps.sort(key=lambda a: (a.date, _natural(a.version), a.sha256))
        old, new = apps[0], apps[-1]
        if (old.rank, old.findings) != (new.rank, new.findings):
            found.append(Change(package, new.label, old, new))
    return tuple(found[:CHANGED])


def _natural(version: str) -> tuple[tuple[int, str], ...]:
    """Order versions by their numbers: 2.10 after 2.9."""
    return tuple((int(p) if p.isdecimal() else -1, p) for p in version.split("."))


def _failures(connection: Connection) -> list[Failure]:
    columns = t.failures.c
    query = sa.select(columns.location, columns.kind, columns.reason).order_by(columns.location)
    return [Failure(name_of(r.location), r.kind, r.reason) for r in connection.execute(query)]
