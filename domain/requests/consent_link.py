"""The link by which somebody else than the citizen answers what a request asks them (an owner's consent).

It leads to one question alone: the step of the service that asked it, as the history numbers its events. Whatever step
comes after that ends the question, and the link with it. Who has the link may read what the text of that question says
and answer it, and nothing else. Only a digest of its token is stored.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ConsentLink:
    """One link."""

    digest: str
    """SHA-256 of its token (`domain/people/sessions.py`)."""
    request_id: int
    """The request that asks."""
    asked_seq: int
    """The number of the event in the request's history by which it was asked."""
    text_name: str
    """The notice that asked it, a text of the service: what it says may be shown."""
    created_at: datetime
    """Time of asking, in UTC."""
    expires_at: datetime | None
    """Until when it can be answered, in UTC; None: as long as it is asked."""
