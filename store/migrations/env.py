"""Alembic's entry: runs the versions on the connection and in the transaction that `store.migrate` holds open."""

from alembic import context

from store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Both engines change a schema inside the transaction (SQLite, because the driver begins none of its own).
    transactional_ddl=True,
)
context.run_migrations()
