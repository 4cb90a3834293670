"""Limits of a process: its connections, and the wait for its database before it says that it is away."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Lengths of time are seconds. What takes longer than its limit is `Unavailable("database")`."""

    connections: int = 16
    """Connections of one process to PostgreSQL."""

    connect_seconds: float = 5.0
    """For one host to take a connection."""

    wait_seconds: float = 10.0
    """For a free connection, a free place at the server, or another process that writes to an SQLite file."""

    command_seconds: float = 20.0
    """For one statement of PostgreSQL: a connection that is silent for so long is dead, those beside it are suspect."""

    long_command_seconds: float = 600.0
    """For one that looks through whole tables."""

    @property
    def lock_seconds(self) -> float:
        """For a lock: less than for a statement, so that the server itself says what is waited for."""
        return self.command_seconds * 3 / 4


DEFAULT_LIMITS = ConnectionLimits()
"""Those of a process that was given no others."""
