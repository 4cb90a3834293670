"""Reasons of errors: their bases by kind of error.

A reason is the finer part of an error inside its code: the catalogue words it under `details.<code>.<reason>`. The
reasons that packages share stand beside this module, an enumeration for each error. A municipal service or a channel
declares reasons of its own at home, in an enumeration that derives from the same base: an error takes reasons of its
own base and no others.
"""

from enum import StrEnum
from typing import Self


class ErrorReason(StrEnum):
    """A reason of an error; its value is stable, as the code is.

    A member is written as its value and the names of the parameters that it is raised with, which its text may show:
    `TOO_LONG = "too_long", "limit"`.
    """

    parameter_names: tuple[str, ...]

    def __new__(cls, value: str, *parameter_names: str) -> Self:
        """Take what stands behind the value for the names of its parameters."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.parameter_names = parameter_names
        return member


class InvalidReasonBase(ErrorReason):
    """Reason why a value cannot be understood or is not allowed (`InvalidField`)."""


class MissingReasonBase(ErrorReason):
    """Reason why a value is required here, or which one is meant (`MissingField`)."""


class UnknownKindReasonBase(ErrorReason):
    """Reason why something is not in its list (`UnknownKind`)."""


class MistypedCodeReasonBase(ErrorReason):
    """Reason why a code cannot be any (`CodeMistyped`)."""


class NotFoundReasonBase(ErrorReason):
    """Reason why there is no such thing (`NotFound`)."""


class ForbiddenReasonBase(ErrorReason):
    """Reason why a person may not do it (`Forbidden`)."""


class NotAllowedReasonBase(ErrorReason):
    """Reason why it cannot be done in the present state (`NotAllowedNow`)."""


class AlreadyDoneReasonBase(ErrorReason):
    """Reason why nothing is left to do (`AlreadyDone`)."""


class ConflictReasonBase(ErrorReason):
    """Reason why somebody else was first, or what is needed is taken (`Conflict`)."""


class DuplicateReasonBase(ErrorReason):
    """Reason why an id or reference was used before for something else (`DuplicateRequest`)."""


class TooManyRequestsReasonBase(ErrorReason):
    """Reason why a limit of frequency was met (`TooManyRequests`)."""


class ExpiredDialogueReasonBase(ErrorReason):
    """Reason why no question is open that this answers (`ExpiredDialogue`)."""


class DocumentReasonBase(ErrorReason):
    """Reason why a file is not taken (`DocumentRejected`)."""


class TooLargeReasonBase(ErrorReason):
    """Reason why something is over a limit of size or number (`TooLarge`)."""


class AmountReasonBase(ErrorReason):
    """Reason why an amount is not the one that is due (`AmountMismatch`)."""


class PaymentReasonBase(ErrorReason):
    """Reason why the outcome of a payment is awaited (`PaymentUnknown`)."""


class MobileReasonBase(ErrorReason):
    """Reason why a mobile number is not proved (`MobileNotVerified`)."""


class AuthenticationReasonBase(ErrorReason):
    """Reason why somebody is not let in (`AuthenticationFailed`)."""


class ReplayReasonBase(ErrorReason):
    """Reason why a message counts as used before (`Replayed`)."""


class UnsupportedReasonBase(ErrorReason):
    """Reason why something is not offered here (`Unsupported`)."""


class UnavailableReasonBase(ErrorReason):
    """Reason why a part outside our hands does not answer (`Unavailable`)."""


class InternalReasonBase(ErrorReason):
    """Reason why a fault is ours (`Internal`)."""
