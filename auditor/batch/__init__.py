"""Batches: many apps through the same pipeline into one store, which can be asked.

    sources ─plan→ tasks ─executor→ worker processes, one app each ─→ results ─save→ store
    store ─→ find · query · makers · index site · export        (no app is opened again)

Modules are imported one by one where they are needed: a worker loads no database library.
"""
