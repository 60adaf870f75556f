"""Read the package that a user holds. See `package.read_package`."""

from auditor.ingest.code import Code, dex_files, nested_packages, read_code
from auditor.ingest.package import read_package, read_package_bytes
from auditor.ingest.resources import resource_limits

__all__ = [
    "Code",
    "dex_files",
    "nested_packages",
    "read_code",
    "read_package",
    "read_package_bytes",
    "resource_limits",
]
