"""Where a citizen finds a person of the municipality."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody is reached; what is empty is not said."""

    phone: str = ""
    """ASCII digits, as one dials them."""
    address: str = ""
    """Of the office."""
    hours: str = ""
    """When somebody answers, in words."""
    line: str = ""
    """The number that citizens text, day and night."""
