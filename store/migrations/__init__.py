"""The schema's versions (Alembic). `versions/` is run in order by `store.migrate`, on every engine unchanged.

A new one: change `store/schema/`, write `versions/000N_what.py` after its neighbours, run the contract tests (they
compare a migrated database with the schema on both engines).
"""
