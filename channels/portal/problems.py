"""Problems of a form, as the summary of errors above it says them (`error_summary` in `portal/parts.html`)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the summary of errors above a form."""

    message: str
    """Words about the problem."""
    anchor: str = ""
    """Address of its link: `#` and an id of the page, or an address; empty where it is about the form as a whole."""


def name_field(label: str, message: str) -> str:
    """Return a message as it stands in the summary, away from its field: it names the field, once."""
    return message if label in message else f"{label}: {message}"
