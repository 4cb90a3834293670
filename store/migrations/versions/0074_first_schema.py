"""The schema before the first release: one SQL file for each kind of database.

Revision ID: 0074
"""

from importlib.resources import files

from alembic import op
from sqlalchemy import text

revision = "0074"
down_revision = None


def upgrade() -> None:
    """Make all tables and indexes, one statement after the other."""
    schema_file = files("store.migrations") / f"first_schema_{op.get_bind().dialect.name}.sql"
    for statement in schema_file.read_text("utf-8").split(";\n\n"):
        op.execute(text(statement.rstrip(";\n")))
