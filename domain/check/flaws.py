"""Flaws found by `check`."""

from dataclasses import dataclass

NO_SERVICE = "texts"
"""Placeholder for the service of a flaw in a text of no service."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a declaration."""

    kind: str
    """The stable code of the flaw."""
    service_key: str
    """The key of the service."""
    subject: str
    """The state, action or text concerned."""

    def __str__(self) -> str:
        return f"{self.service_key}: {self.kind}: {self.subject}"
