"""Load before a worker is forked what audits load when they need it: a second for each app.

An empty package goes through the pipeline, which fills every table of the catalog. Libraries that
the stages import on demand are imported by their names: nothing is called in them here.
"""

from __future__ import annotations

import importlib

from auditor.batch.facts import StoredTexts
from auditor.catalog import Catalog
from auditor.model import Manifest, Package
from auditor.pipeline import Options, conclude, examine, registrable_domain

ON_DEMAND = (
    *(
        "androguard.core.analysis.analysis",
        "androguard.core.dex",
        "androguard.decompiler.decompile",
    ),
    *("asn1crypto.cms", "asn1crypto.x509", "charset_normalizer", "concurrent.futures", "opencc"),
    *("PIL.Image", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.WebPImagePlugin"),
)
"""Libraries that most audits need and that no module imports at its top."""


def warm_up(catalog: Catalog) -> None:
    """Load everything.

    Raises:
        InvalidCatalogError: the catalog is wrong.
    """
    conclude(examine(_empty(), catalog, Options()), catalog, Options())
    registrable_domain("example.com")
    for name in ON_DEMAND:
        importlib.import_module(name)


def _empty() -> Package:
    manifest = Manifest("none")
    return Package("none", "none", "0" * 64, 0, (), manifest, (), (), StoredTexts(()))
