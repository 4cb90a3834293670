"""States in which a request was for too long, as it keeps them."""

from domain.fields.stored import stored_texts
from domain.fields.types import Choices

SLA_BROKEN = stored_texts("sla_broken", Choices())
"""Names of those states, the first one first. The event of its history is called so too."""
