"""The store: the ports of `domain.unit_of_work` over SQLite and PostgreSQL, with SQLAlchemy Core."""
