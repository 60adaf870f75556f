"""Migrations of the store (Alembic), applied when a batch opens an older one: one file each."""
