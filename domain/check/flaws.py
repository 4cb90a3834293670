"""What `check` returns."""

from dataclasses import dataclass

NO_SERVICE = "texts"
"""What a flaw of a text of no service names in place of the service."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a declaration: a stable `kind`, the service, and the state, action or text concerned."""

    kind: str
    service_key: str
    subject: str

    def __str__(self) -> str:
        return f"{self.service_key}: {self.kind}: {self.subject}"
