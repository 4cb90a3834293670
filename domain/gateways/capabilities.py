"""Capabilities of a gateway's protocol, as data: the machine of attempts asks these, and never a gateway's name."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class InquiryKey(StrEnum):
    """Key by which a gateway is asked about a sale."""

    NOTHING = "nothing"
    """It cannot be asked."""
    SALE_NUMBER = "sale_number"
    """Its own number of the sale, which only the callback brings."""
    ORDER = "order"
    """Our order number or its reference: it can be asked although the payer never came back."""


class RepeatedVerify(StrEnum):
    """Answer to a second verification of one sale."""

    SAYS_SO = "says_so"
    """A code of its own that means «verified before»: as good as the first one."""
    SUCCEEDS = "succeeds"
    """The same as the first one, any number of times: to use a receipt once is up to the merchant."""
    ONLY_UNANSWERED = "only_unanswered"
    """It is allowed where the first one was not answered."""


class Settlement(StrEnum):
    """Act that makes a verified sale ours."""

    BY_CALL = "by_call"
    """A call of its own; without it no money is deposited."""
    WITH_VERIFY = "with_verify"
    """Nothing further."""


class RefundScope(StrEnum):
    """Whether money of a settled sale can go back to the paying card."""

    NONE = "none"
    PARTIAL = "partial"
    """In parts, each with an order number of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCapabilities:
    """One gateway's, from its published protocol; what that leaves open is a setting of the gateway."""

    session_lasts: timedelta
    """Time after the start for which the payer may pay, also with a second card after the first was declined."""
    verify_within: timedelta | None
    """Time after the payment for which a sale may be verified; what was not is given back to the card by the bank
    itself. None: nothing is given back by itself.
    """
    inquiry: InquiryKey
    """Key of an inquiry about a sale."""
    repeated_verify: RepeatedVerify
    """Answer to a second verification."""
    settlement: Settlement
    """Act that makes a verified sale ours."""
    reverse_within: timedelta | None = None
    """Time after the verification for which a sale that is not settled can be given back; None: it cannot."""
    refund: RefundScope = RefundScope.NONE
    """Whether money of a settled sale can go back to the card."""
    lists_unverified: bool = False
    """Whether it lists the sales that were paid and not verified: payers who never came back are found there."""
    callback_methods: frozenset[str] = frozenset({"POST"})
    """The HTTP methods by which the payer's browser comes back; none: no browser does, a messenger's bot is told."""
    callback_names_session: bool = True
    """Whether the payer's browser brings back the bank's name of the session, which no stranger knows; where not, the
    callback's address bears the link that was left from.
    """
    asks_before_payment: bool = False
    """Whether it asks us before it takes the money, and takes none without our yes: what we allowed has a sale number,
    and without one nothing was paid.
    """
    opens_in_browser: bool = True
    """Whether a browser can be sent there; where not, attempts begin in a messenger's chat alone."""
    callback_carries_token: bool = True
    """Whether each attempt's callback address may bear a secret of its own (`callback_tokens.py`); not where the bank
    takes one registered address alone.
    """
    lowest_amount: int = 1_000
    """The least that can be paid, in rials."""
    needs_fixed_address: bool = False
    """Whether the bank admits calls from registered addresses alone."""
    needs_referrer: bool = False
    """Whether the bank refuses browsers that do not say which site they come from."""
