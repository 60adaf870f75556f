"""Read the terms that a lender declares: documents → blocks → clauses → statements with spans."""

from auditor.terms.annotate import annotate
from auditor.terms.bundled import bundled_terms
from auditor.terms.read import read_terms
from auditor.terms.sources import TermsSource, read_terms_file

__all__ = ["TermsSource", "annotate", "bundled_terms", "read_terms", "read_terms_file"]
