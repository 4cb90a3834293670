"""Stored time limit of a request in a state."""

from domain.fields.stored import stored_texts
from domain.fields.types import Choices

SLA_BROKEN = stored_texts("sla_broken", Choices())
"""In which states a request was for too long, the first one first. The event of its history is called so too."""
