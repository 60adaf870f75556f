"""Keep an audit as evidence: one ZIP with a manifest, and the check that it still holds.

    AuditReport + terms as given --pack--> ZIP (files, SHA256SUMS, perhaps a signature)
    ZIP (foreign) --open--> files --check--> what holds; --rerun--> do the same files come out?

Nothing here analyzes; the second audit goes through `pipeline` like the first.
"""

from auditor.evidence.check import Outcome, Verification, check_contents
from auditor.evidence.container import open_container, write_container
from auditor.evidence.pack import Settings, pack_evidence, signed
from auditor.evidence.rerun import audit_again
from auditor.evidence.sshsig import Signature, load_key, load_public_key, read_signature, sign

__all__ = [
    "Outcome",
    "Settings",
    "Signature",
    "Verification",
    "audit_again",
    "check_contents",
    "load_key",
    "load_public_key",
    "open_container",
    "pack_evidence",
    "read_signature",
    "sign",
    "signed",
    "write_container",
]
