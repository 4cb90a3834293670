"""Why the machines of a request cannot be booked so."""

from domain.values.reasons.bases import InvalidReasonBase


class MachineryInvalidReason(InvalidReasonBase):
    """Why hours are not those of the machines that were asked for."""

    ONE_AN_ITEM = "one_an_item"
