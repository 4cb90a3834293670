"""The simulated banks: one for each kind of protocol, with the bank's own habits beside what our side knows of it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RefundScope, RepeatedVerify, Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class BankProfile:
    """A bank: what its protocol promises, and what it does besides."""

    name: str
    capabilities: GatewayCapabilities
    callback_brings_order: bool = True
    callback_brings_reference: bool = True
    callback_brings_sale_number: bool = True
    compares_order: bool = True
    """Whether it refuses to verify a sale for another order than its own."""
    says_amount: bool = True
    """Whether its answers say what the sale is over; where not, a wrong amount cannot be its fault here."""
    denies_sales: bool = True
    """Whether its «no such sale» can be read as «not paid»; where not, it is no answer (docs/payments.md, codes)."""
    forgets_reversed: bool = False
    """Whether it answers «no such sale» for what it gave back."""
    repeats_refunds: bool = False
    """Whether it would pay one refund number twice."""


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def _settling_by_call(
    session: int, verify: int, inquiry: InquiryKey, repeated_verify: RepeatedVerify
) -> GatewayCapabilities:
    """Capabilities of a bank that settles by a call, and pays back whole or in parts; lengths in minutes."""
    return GatewayCapabilities(
        session_lasts=_minutes(session),
        verify_within=_minutes(verify),
        inquiry=inquiry,
        repeated_verify=repeated_verify,
        settlement=Settlement.BY_CALL,
        reverse_within=timedelta(hours=3),
        refund=RefundScope.PARTIAL,
    )


MELLAT = BankProfile(
    name="mellat",
    capabilities=_settling_by_call(15, 20, InquiryKey.SALE_NUMBER, RepeatedVerify.SAYS_SO),
    says_amount=False,
    denies_sales=False,
)
ZARINPAL = BankProfile(
    name="zarinpal",
    capabilities=GatewayCapabilities(
        session_lasts=_minutes(15),
        verify_within=None,
        inquiry=InquiryKey.ORDER,
        repeated_verify=RepeatedVerify.SAYS_SO,
        settlement=Settlement.WITH_VERIFY,
        reverse_within=_minutes(30),
        lists_unverified=True,
    ),
    callback_brings_order=False,
    callback_brings_sale_number=False,
)
LISTED = replace(
    ZARINPAL,
    name="listed",
    capabilities=replace(ZARINPAL.capabilities, inquiry=InquiryKey.NOTHING, reverse_within=None),
)
"""As Zarinpal was before it could be asked: payers who do not come back are found in its list alone."""
SAMAN = BankProfile(
    name="saman",
    capabilities=GatewayCapabilities(
        session_lasts=_minutes(20),
        verify_within=_minutes(30),
        inquiry=InquiryKey.SALE_NUMBER,
        repeated_verify=RepeatedVerify.SUCCEEDS,
        settlement=Settlement.WITH_VERIFY,
        reverse_within=_minutes(50),
    ),
    callback_brings_reference=False,
    compares_order=False,
    forgets_reversed=True,
)
SADAD = BankProfile(
    name="sadad",
    capabilities=GatewayCapabilities(
        session_lasts=_minutes(15),
        verify_within=_minutes(15),
        inquiry=InquiryKey.ORDER,
        repeated_verify=RepeatedVerify.ONLY_UNANSWERED,
        settlement=Settlement.WITH_VERIFY,
    ),
    callback_brings_sale_number=False,
)
UNASKABLE = replace(
    SADAD,
    name="unaskable",
    capabilities=replace(SADAD.capabilities, inquiry=InquiryKey.NOTHING, callback_carries_token=False),
    denies_sales=False,
)
"""As Sadad, where its token is no question: what was said to be paid is verified, and nothing else can be asked. It
sends browsers to one registered address alone, which bears no secret.
"""
ASKABLE = BankProfile(
    name="askable",
    capabilities=_settling_by_call(10, 30, InquiryKey.ORDER, RepeatedVerify.ONLY_UNANSWERED),
    repeats_refunds=True,
)
SILENT = BankProfile(
    name="silent",
    capabilities=GatewayCapabilities(
        session_lasts=_minutes(10),
        verify_within=None,
        inquiry=InquiryKey.NOTHING,
        repeated_verify=RepeatedVerify.SUCCEEDS,
        settlement=Settlement.WITH_VERIFY,
    ),
)
ASKS_FIRST = BankProfile(
    name="asks_first",
    capabilities=GatewayCapabilities(
        session_lasts=_minutes(30),
        verify_within=None,
        inquiry=InquiryKey.SALE_NUMBER,
        repeated_verify=RepeatedVerify.SUCCEEDS,
        settlement=Settlement.WITH_VERIFY,
        asks_before_payment=True,
        callback_carries_token=False,
    ),
    callback_brings_reference=False,
    compares_order=False,
)
"""As Bale: nothing is taken that we did not allow. It is played apart (`test_asking_first.py`)."""
PROFILES = (MELLAT, ZARINPAL, SAMAN, SADAD, ASKABLE, SILENT, LISTED, UNASKABLE)
