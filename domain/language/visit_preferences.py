"""States in which citizens may say when they would like an officer's visit, as a service declares it."""

from dataclasses import dataclass

from domain.values.actors import Role


@dataclass(frozen=True, slots=True)
class VisitPreferences:
    """Times that a citizen would like, before an officer and an hour are settled."""

    states: tuple[str, ...]
    """The states in which they may be said."""
    officer_role: Role
    """Role of the officers whose times are offered: those at which one of these officers is free."""
    most_preferences: int = 3
    """Number that may be said."""
