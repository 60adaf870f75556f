"""Everything a rule may look at about one app, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from auditor.model import (
    DataType,
    Flow,
    LendingAssessment,
    Level,
    Library,
    Limit,
    Manifest,
    Practice,
    SourceRead,
    Terms,
)
from auditor.verdicts.ontology import Ontology
from auditor.verdicts.parties import Parties
from auditor.verdicts.provisions import AppDate

BLIND = frozenset(
    (
        *("packed", "code_not_visible", "dynamic_code", "dex_malformed", "budget", "hybrid"),
        *("timeout", "memory", "stage_failed"),
    )
)
"""Kinds of limits after which "no code was found" means little."""


@dataclass(frozen=True, slots=True, order=True)
class Observation:
    """Something that a stage saw which is neither a read nor a flow."""

    kind: str
    """refusal_ends (refusing a permission or the terms ends the app's path), trust_all,
    any_hostname, ignores_errors, user_certificates, known_indicator, collector_library,
    shared_collector."""
    where: str
    """Class, `caller@offset`, file or address."""
    why: str
    """What was seen there, a few words; shown to readers."""
    owner: str = "app"
    named: tuple[tuple[str, str], ...] = ()
    """Values for the slots of the phrase `noted.<kind>`, where there is one."""


@dataclass(frozen=True)
class Case:
    """One app as the rules see it."""

    manifest: Manifest
    practices: tuple[Practice, ...]
    """With their disclosure."""
    reads: tuple[SourceRead, ...] = ()
    flows: tuple[Flow, ...] = ()
    terms: Terms = field(default_factory=Terms)
    limits: tuple[Limit, ...] = ()
    libraries: tuple[Library, ...] = ()
    lending: LendingAssessment = field(default_factory=LendingAssessment)
    jurisdictions: tuple[str, ...] = ()
    date: AppDate = field(default_factory=AppDate)
    observations: tuple[Observation, ...] = ()
    parties: Parties = field(default_factory=Parties)

    @cached_property
    def flow(self) -> Mapping[str, Flow]:
        """Flows by their ids."""
        return {f.id: f for f in self.flows}

    @cached_property
    def permissions(self) -> frozenset[str]:
        """Names of the permissions that the manifest requests."""
        return frozenset(p.name for p in self.manifest.permissions)

    @cached_property
    def blind(self) -> bool:
        """Tell whether part of the code could not be read."""
        return any(limit.kind in BLIND for limit in self.limits)

    def flows_of(self, practice: Practice) -> tuple[Flow, ...]:
        """Give the flows of a practice that are known."""
        return tuple(self.flow[i] for i in practice.flows if i in self.flow)

    def endpoints_of(self, practice: Practice) -> tuple[str, ...]:
        """Give the addresses that the flows of a practice name, sorted."""
        return tuple(sorted({f.endpoint for f in self.flows_of(practice) if f.endpoint}))

    def is_shared(self, data_type: DataType) -> bool:
        """Tell whether data of this type are seen to leave, `linked` or better."""
        return any(
            p.action == "share" and p.data_type == data_type and p.level.rank >= Level.LINKED.rank
            for p in self.practices
        )

    def permission_types(self, names: frozenset[str], ontology: Ontology) -> frozenset[DataType]:
        """Give the data types that these permissions open."""
        return frozenset(t for n in names for t in ontology.permissions.get(n, ()))


def is_cleartext(endpoint: str) -> bool:
    """Tell whether an address is one to which data go unencrypted.

    `http://…`, `ws://…`, `ftp://…`; a raw socket, `host:port` or `tcp://…`, counts as well unless
    its port is that of TLS.
    """
    lowered = endpoint.casefold()
    if "://" in lowered:
        return lowered.startswith(("http://", "ws://", "ftp://", "tcp://", "udp://", "socket://"))
    host, _, port = lowered.partition(":")
    return bool(host) and "/" not in host and port.isdigit() and port not in {"443", "8443"}
