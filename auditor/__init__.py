"""Audit an Android lending app: what its code does with personal data against what it declares."""

__version__ = "0.1.0"
