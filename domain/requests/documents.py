"""Files of requests: what is kept of each."""

from dataclasses import dataclass

from domain.values.files import KeptFile


@dataclass(frozen=True, slots=True)
class Document(KeptFile):
    """A stored file of a request."""

    request_id: int
    """The request that it belongs to."""
    added_by: str
    """Person who added it, as a label."""
