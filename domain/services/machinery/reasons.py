"""Reasons for not booking the machines of a request so."""

from domain.values.reasons.bases import InvalidReasonBase


class MachineryInvalidReason(InvalidReasonBase):
    """Reason why hours are not those of the machines that were asked for."""

    ONE_AN_ITEM = "one_an_item"
