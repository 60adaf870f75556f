"""What an app is made of and whom it talks to, told without following data. See `collect`."""

from auditor.facts.code import Code, NoCode
from auditor.facts.collect import Facts, collect_facts
from auditor.facts.indexed import IndexedCode
from auditor.facts.libraries import APP, Owners, identify_libraries, owner_of
from auditor.facts.recipients import HostBook, Recipient, recipient_of

__all__ = [
    "APP",
    "Code",
    "Facts",
    "HostBook",
    "IndexedCode",
    "NoCode",
    "Owners",
    "Recipient",
    "collect_facts",
    "identify_libraries",
    "owner_of",
    "recipient_of",
]
