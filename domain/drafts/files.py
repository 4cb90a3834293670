"""Files of a draft: papers that wait, each kept at once, for their form to be sent."""

from dataclasses import dataclass

from domain.values.files import KeptFile


@dataclass(frozen=True, slots=True)
class DraftFile(KeptFile):
    """A stored file of a draft."""

    draft_id: int
    """The draft that it belongs to."""
