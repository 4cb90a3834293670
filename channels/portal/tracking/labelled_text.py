"""A value in words with what it is called, as pages about requests show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A value in words under its label."""

    label: str
    value: str
