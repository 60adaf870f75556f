"""Select from a report what one answer needs; nothing here decides or words anything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from auditor.model import (
    AuditReport,
    Disclosure,
    Endpoint,
    Flow,
    Level,
    Limit,
    Practice,
    Scope,
    SinkKind,
    SourceRead,
    Statement,
    is_a,
)
from auditor.report.document import all_limits, practice_id
from auditor.report.exhibits import Exhibits

LEAVES = frozenset({SinkKind.NETWORK, SinkKind.WEB, SinkKind.SMS})
"""Ways by which data leave the phone; a file or another app on it are not among them."""

HIDES_CODE = frozenset(
    [
        "packed",
        "code_not_visible",
        "encrypted",
        "hybrid",
        "dex_malformed",
        "not_examined",
        "timeout",
        "memory",
        "stage_failed",
    ]
)
"""Kinds of limit that hide so much code that "nothing found" would say nothing."""

HIDES_PARTS = frozenset(
    (
        *("native_code", "reflection", "dynamic_code", "budget", "unresolved_uri", "nested_apk"),
        *("web", "obfuscated", "archive_malformed", "manifest_malformed"),
    )
)
"""Kinds of limit that hide some paths."""

_HOST_END = re.compile(r"[/?#{]")
_GRAVITY = (
    Disclosure.INCORRECT,
    Disclosure.AMBIGUOUS,
    Disclosure.OMITTED,
    Disclosure.VAGUE,
    Disclosure.NO_TERMS,
    Disclosure.CLEAR,
)


@dataclass
class Seen:
    """A report with the selections that several answers share, and the numbering of exhibits."""

    report: AuditReport
    exhibits: Exhibits = field(init=False)

    def __post_init__(self) -> None:
        """Start an empty numbering."""
        self.exhibits = Exhibits(self.report.quotes)

    @cached_property
    def limits(self) -> list[Limit]:
        """Every limit, each once."""
        return all_limits(self.report)

    @cached_property
    def hidden(self) -> bool:
        """Tell whether the app's own logic is hidden from this program, wholly or mostly."""
        frameworks = any(not framework.visible for framework in self.report.frameworks)
        return frameworks or any(limit.kind in HIDES_CODE for limit in self.limits)

    @cached_property
    def blurred(self) -> bool:
        """Tell whether some paths could not be followed."""
        return any(limit.kind in HIDES_PARTS for limit in self.limits)

    def reads(self, data_type: str) -> list[SourceRead]:
        """Give the reads of a data type: those that are reached, of the whole table, first."""
        found = [r for r in self.report.reads if is_a(r.data_type, data_type)]
        return sorted(
            found,
            key=lambda r: (-r.level.rank, r.scope != Scope.BULK, r.owner != "app", r.site, r.rule),
        )

    def flows(self, data_type: str = "") -> list[Flow]:
        """Give the flows by which a data type (or any) leaves the phone, best proved first."""
        found = [
            f
            for f in self.report.flows
            if f.sink_kind in LEAVES and (not data_type or is_a(f.data_type, data_type))
        ]
        return sorted(found, key=lambda f: (-f.level.rank, f.scope != Scope.BULK, f.id))

    def practices(self, data_type: str) -> list[Practice]:
        """Give the practices with a data type, gravest disclosure first."""
        found = [p for p in self.report.practices if is_a(p.data_type, data_type)]
        return sorted(
            found,
            key=lambda p: (-p.level.rank, _GRAVITY.index(p.disclosure), practice_id(p)),
        )

    def gravest(self, data_type: str) -> Practice | None:
        """Give the practice with the gravest disclosure of what the code can do with a type."""
        done = [p for p in self.practices(data_type) if p.level != Level.REQUESTED]
        return min(done, key=lambda p: _GRAVITY.index(p.disclosure), default=None)

    def disclosure(self, data_type: str) -> Disclosure | None:
        """Give the gravest disclosure of what the code can do with a data type."""
        gravest = self.gravest(data_type)
        return gravest.disclosure if gravest else None

    def level(self, data_type: str) -> Level | None:
        """Give the highest level seen for a data type."""
        levels = [
            *(r.level for r in self.report.reads if is_a(r.data_type, data_type)),
            *(f.level for f in self.report.flows if is_a(f.data_type, data_type)),
            *(p.level for p in self.report.practices if is_a(p.data_type, data_type)),
        ]
        if self.requests(data_type):
            levels.append(Level.REQUESTED)
        return max(levels, key=lambda level: level.rank, default=None)

    def requests(self, data_type: str) -> list[str]:
        """Give the requested permissions that open a data type."""
        return sorted(
            {
                p.name
                for p in self.report.permissions
                if any(is_a(t, data_type) or is_a(data_type, t) for t in p.data_types)
            }
        )

    def statements(self, ids: Iterable[str]) -> list[Statement]:
        """Give the statements with these ids, in the order of the terms."""
        wanted = set(ids)
        found = [s for s in self.report.terms.statements if s.id in wanted]
        return sorted(found, key=lambda s: (s.document, s.start, s.id))

    def statements_about(self, data_type: str) -> list[Statement]:
        """Give the statements that name a data type or what lies under it."""
        return [
            s
            for s in sorted(self.report.terms.statements, key=lambda s: (s.document, s.start, s.id))
            if any(is_a(t, data_type) for t in s.data_types)
        ]

    @cached_property
    def data_types(self) -> list[str]:
        """Give the top-level data types about which anything was seen, best proved first."""
        types = {
            *(str(r.data_type) for r in self.report.reads),
            *(str(f.data_type) for f in self.report.flows),
            *(str(p.data_type) for p in self.report.practices),
            *(str(t) for p in self.report.permissions for t in p.data_types),
        }
        top = {t.split(".")[0] for t in types}
        return sorted(top, key=lambda t: (-self._rank(t), t))

    def endpoints(self, data_type: str = "") -> list[Endpoint]:
        """Give the endpoints that carry a data type (or any personal data)."""
        return [
            e
            for e in sorted(self.report.endpoints)
            if e.data_types and (not data_type or any(is_a(t, data_type) for t in e.data_types))
        ]

    def _rank(self, data_type: str) -> int:
        level = self.level(data_type)
        return -1 if level is None else level.rank


def host_of(address: str) -> str:
    """Give the host and port of an address; parts set at run time (`{…}`) are not among them."""
    return _HOST_END.split(address.split("://", 1)[-1], maxsplit=1)[0]
