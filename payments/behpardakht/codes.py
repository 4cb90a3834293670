"""Result codes of the bank with their meanings: for the payer, for us, and for the sale, call by call.

Their Persian words for the staff are the texts `gateways.codes.behpardakht`. Table 11 of the manuals 1.29 and 1.39.

The rule for sales: a code says what a sale *is* only where the manual says so of that call. To `bpVerifyRequest` that
is success, verified before, settled before and given back; after any other code the manual wants the call repeated
until one of these comes. So «sale not found» (42), «session over» (415) or «user cancelled» (17) to a sale that a
callback called paid say nothing: money may have been taken, and the bank is asked again.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.gateways.gateway import DeclineReason, SaleState

SUCCESS = "0"
VERIFIED_BEFORE = "43"
REFUND_NOT_FOUND = "49"

DECLINE_REASONS: Mapping[str, DeclineReason] = {
    "17": DeclineReason.CANCELLED,
    "12": DeclineReason.FUNDS,
    **dict.fromkeys(("11", "15", "18", "56", "57", "111", "114", "995"), DeclineReason.CARD),
    **dict.fromkeys(("13", "14", "98"), DeclineReason.PIN),
    **dict.fromkeys(("16", "19"), DeclineReason.LIMIT),
    "25": DeclineReason.AMOUNT,
    **dict.fromkeys(("36", "112", "113", "116", "117", "997"), DeclineReason.ISSUER),
    **dict.fromkeys(("415", "419"), DeclineReason.SESSION),
}
"""Reasons for not paying, as the payer can act on them; every other code is the bank's matter, or ours with it."""

OUR_FAULTS = frozenset({"20", "21", "24", "26", "27", "29", "32", "33", "35", "62", "115", "417", "418", "421"})
"""Codes of faults that only the municipality can mend with the bank: contract and terminal, credentials, the form of
our calls, the registered domain, the address that we call from."""


class SaleCall(StrEnum):
    """The bank's operations about one sale, by its names."""

    VERIFY = "bpVerifyRequest"
    SETTLE = "bpSettleRequest"
    INQUIRE = "bpInquiryRequest"
    REVERSE = "bpReversalRequest"


_ENDED = {"45": SaleState.SETTLED, "48": SaleState.REVERSED}

SALE_STATES: Mapping[SaleCall, Mapping[str, SaleState]] = {
    SaleCall.VERIFY: {SUCCESS: SaleState.VERIFIED, VERIFIED_BEFORE: SaleState.VERIFIED, **_ENDED},
    SaleCall.SETTLE: {SUCCESS: SaleState.SETTLED, **_ENDED},
    SaleCall.INQUIRE: {
        **dict.fromkeys((SUCCESS, "44", "46", "47"), SaleState.AWAITING_VERIFICATION),
        VERIFIED_BEFORE: SaleState.VERIFIED,
        **_ENDED,
    },
    SaleCall.REVERSE: {SUCCESS: SaleState.REVERSED, **_ENDED},
}
"""States of a sale after a code; a code that is not here says nothing about it.

The manuals leave open whether an inquiry's 0 means paid or verified, and 44, 46 and 47 miss a later step of a sale that
is there: all of them lead to one more verification, which answers the same whether it is the first or not.
"""

REFUND_REFUSALS = frozenset({"12", "19", "21", "24", "25", "32", "42", "48", "421"})
"""Codes by which the bank takes up no transfer to a card: credit, sums beyond the sale, no such settled sale, no right.

By the manual a code is no proof: the transfer is inquired before it counts as refused.
"""


def read_reason(code: str) -> DeclineReason:
    """Return why nothing was paid, for the payer."""
    return DECLINE_REASONS.get(code, DeclineReason.BANK)
