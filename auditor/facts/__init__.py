"""What an app is made of and whom it talks to, told without following data. See `collect`."""

from auditor.facts.code import Code, NoCode
from auditor.facts.collect import Facts, collect_facts, no_facts
from auditor.facts.configuration import SdkSetting, sdk_settings, with_settings
from auditor.facts.hybrid.bridges import bridges_of
from auditor.facts.hybrid.read import HybridFacts, read_hybrid
from auditor.facts.indexed import IndexedCode
from auditor.facts.indicators import match_indicators
from auditor.facts.libraries import APP, Owners, identify_libraries, owner_of
from auditor.facts.operators import operator_of
from auditor.facts.recipients import HostBook, Recipient, recipient_of, registrable_domain
from auditor.facts.tls import TlsFact
from auditor.facts.traits import Traits, collect_traits, sketch_of
from auditor.facts.urls import host_of, split_url

__all__ = [
    "APP",
    "Code",
    "Facts",
    "HostBook",
    "HybridFacts",
    "IndexedCode",
    "NoCode",
    "Owners",
    "Recipient",
    "SdkSetting",
    "TlsFact",
    "Traits",
    "bridges_of",
    "collect_facts",
    "collect_traits",
    "host_of",
    "identify_libraries",
    "no_facts",
    "match_indicators",
    "operator_of",
    "owner_of",
    "read_hybrid",
    "recipient_of",
    "registrable_domain",
    "sdk_settings",
    "sketch_of",
    "split_url",
    "with_settings",
]
