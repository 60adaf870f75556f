"""Prove paths: an abstract interpreter that carries personal data from the read to the wire."""
