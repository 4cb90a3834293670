"""The reasons of errors that several packages share, an enumeration for each error."""

from domain.values.reasons.bases import ErrorReason
from domain.values.reasons.inputs import InvalidReason, MissingReason, MistypedCodeReason, UnknownKindReason
from domain.values.reasons.permissions import (
    AuthenticationReason,
    ForbiddenReason,
    MobileReason,
    ProofReason,
    TooManyRequestsReason,
)
from domain.values.reasons.states import (
    AlreadyDoneReason,
    AmountReason,
    ConflictReason,
    DuplicateReason,
    ExpiredDialogueReason,
    NotAllowedReason,
    NotFoundReason,
    PaymentReason,
)
from domain.values.reasons.systems import (
    DocumentReason,
    InternalReason,
    TooLargeReason,
    UnavailableReason,
    UnsupportedReason,
)

SHARED_REASONS: tuple[type[ErrorReason], ...] = (
    InvalidReason,
    MissingReason,
    UnknownKindReason,
    MistypedCodeReason,
    NotFoundReason,
    NotAllowedReason,
    AlreadyDoneReason,
    ConflictReason,
    DuplicateReason,
    AmountReason,
    ExpiredDialogueReason,
    ForbiddenReason,
    AuthenticationReason,
    PaymentReason,
    MobileReason,
    TooManyRequestsReason,
    DocumentReason,
    TooLargeReason,
    UnsupportedReason,
    UnavailableReason,
    InternalReason,
)
"""Each of them has a text of its own."""

__all__ = [
    "SHARED_REASONS",
    "AlreadyDoneReason",
    "AmountReason",
    "AuthenticationReason",
    "ConflictReason",
    "DocumentReason",
    "DuplicateReason",
    "ExpiredDialogueReason",
    "ForbiddenReason",
    "InternalReason",
    "InvalidReason",
    "MissingReason",
    "MistypedCodeReason",
    "MobileReason",
    "NotAllowedReason",
    "NotFoundReason",
    "PaymentReason",
    "ProofReason",
    "TooLargeReason",
    "TooManyRequestsReason",
    "UnavailableReason",
    "UnknownKindReason",
    "UnsupportedReason",
]
