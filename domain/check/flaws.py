"""What `check` returns."""

from dataclasses import dataclass

NO_SERVICE = "texts"
"""What a flaw of a text of no service names in place of the service."""


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
