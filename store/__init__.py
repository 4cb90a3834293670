"""The store: the ports of `domain.ports` over SQLite and PostgreSQL, with SQLAlchemy Core."""
