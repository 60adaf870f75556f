"""Every error this program raises on purpose.

AuditError                 shown as one line on stderr, never as a traceback
├── UsageError             arguments that make no sense together              exit 2
├── UnreadableInputError   a file that cannot be read as what it should be    exit 3
│   ├── UnreadablePackageError   not an APK or bundle, truncated, encrypted, without code
│   └── UnreadableTermsError     terms in no readable format or encoding
├── StoreError             a batch's store cannot be opened, written or asked exit 3
└── InvalidCatalogError    a file of `data/`, or of the user, is wrong        exit 2

Anything else that escapes is a bug: a stage of the audit that fails becomes a `model.Limit`
(`guard`), elsewhere the traceback is shown and the program ends with 70. What could only be read in
part is no error but a `model.Limit` too.
"""


class AuditError(Exception):
    """The base of the errors that `cli` turns into one line and an exit code."""

    exit_code = 3


class UsageError(AuditError):
    """The arguments do not fit together; the message says which."""

    exit_code = 2


class UnreadableInputError(AuditError):
    """An input file cannot be read at all; the message names it and says why."""

    exit_code = 3


class UnreadablePackageError(UnreadableInputError):
    """The file is no readable APK or bundle of APKs."""


class UnreadableTermsError(UnreadableInputError):
    """The file is no readable document of terms."""


class StoreError(AuditError):
    """A batch's store is unreachable, full, locked, damaged, or of another version."""

    exit_code = 3


class InvalidCatalogError(AuditError):
    """A catalog file does not follow its schema; the message names file, key and reason."""

    exit_code = 2
