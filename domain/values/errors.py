"""One tree of domain errors: a stable code and safe fields, no HTTP and no Persian.

Each channel words an error from the catalogue (`errors.<code>` in `texts/fa/common.toml`) and puts it in its own form:
JSON on the web, a typed fault over SOAP, a sentence by SMS. The codes are a contract (channels.md, "Error codes").
"""

from collections.abc import Sequence
from typing import ClassVar, Generic, Never, Self, TypeVar, get_args

from domain.values.reasons.bases import (
    AlreadyDoneReasonBase,
    AmountReasonBase,
    AuthenticationReasonBase,
    ConflictReasonBase,
    DocumentReasonBase,
    DuplicateReasonBase,
    ErrorReason,
    ExpiredDialogueReasonBase,
    ForbiddenReasonBase,
    InternalReasonBase,
    InvalidReasonBase,
    MissingReasonBase,
    MistypedCodeReasonBase,
    MobileReasonBase,
    NotAllowedReasonBase,
    NotFoundReasonBase,
    PaymentReasonBase,
    ReplayReasonBase,
    TooLargeReasonBase,
    TooManyRequestsReasonBase,
    UnavailableReasonBase,
    UnknownKindReasonBase,
    UnsupportedReasonBase,
)


class DomainError(Exception):
    """Something a person did or asked cannot be done, for a reason that they may see.

    `field` names the form field or input at fault, `reason` a finer reason inside the code (its text is
    `details.<code>.<reason>`), and `params` are the values its text may show; none of them is internal. `other_faults`
    are the further faults of the same form: a channel that can show several shows them all, another one the first.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, field: str | None = None, reason: ErrorReason | None = None, **params: object) -> None:
        super().__init__(self.code, field, reason, params)
        self.field = field
        self.reason = reason
        self.params = params
        self.other_faults: tuple[DomainError, ...] = ()

    @property
    def faults(self) -> "tuple[DomainError, ...]":
        """This error and the others of the same form, in the form's order."""
        return (self, *self.other_faults)

    def with_other_faults(self, other_faults: "Sequence[DomainError]") -> Self:
        """Return this error with further faults of the same form beside it."""
        self.other_faults = (*self.other_faults, *other_faults)
        return self

    def about_field(self, field: str | None) -> Self:
        """Return the same error about another field: whoever reads a part of a form knows what the form calls it."""
        return type(self)(field, self.reason, **self.params)

    def __str__(self) -> str:
        return ":".join(part for part in (self.code, self.field, self.reason) if part)


ReasonT = TypeVar("ReasonT", bound=ErrorReason)


class ReasonedError(DomainError, Generic[ReasonT]):
    """An error of a stable code, raised with a reason of its own or with none."""

    reason: ReasonT | None

    def __init__(self, field: str | None = None, reason: ReasonT | None = None, **params: object) -> None:
        super().__init__(field, reason, **params)


class InvalidField(ReasonedError[InvalidReasonBase]):
    """A value was given and cannot be understood or is not allowed."""

    code = "invalid_field"


class AmbiguousField(InvalidField):
    """A value was given that can be read in several ways; `options` are the values, as they are kept, that it may mean.

    A dialogue asks which; everywhere else it is refused as any other value that is not understood.
    """

    def __init__(
        self,
        field: str | None = None,
        reason: InvalidReasonBase | None = None,
        *,
        options: tuple[str, ...] = (),
        **params: object,
    ) -> None:
        super().__init__(field, reason, **params)
        self.options = options

    def about_field(self, field: str | None) -> Self:
        """Return the same error about another field, with its options."""
        return type(self)(field, self.reason, options=self.options, **self.params)


class MissingField(ReasonedError[MissingReasonBase]):
    """A required value was not given."""

    code = "missing_field"


class UnknownService(ReasonedError[Never]):
    """No such municipal service."""

    code = "unknown_service"


class UnknownKind(ReasonedError[UnknownKindReasonBase]):
    """A kind (of expert opinion, machine, table …) that is not in the list."""

    code = "unknown_kind"


class CodeMistyped(ReasonedError[MistypedCodeReasonBase]):
    """A tracking code whose check digit is wrong; no look-up was made."""

    code = "code_mistyped"


class NotFound(ReasonedError[NotFoundReasonBase]):
    """Well formed, but there is no such thing, or it is not this person's to know."""

    code = "not_found"


class Forbidden(ReasonedError[ForbiddenReasonBase]):
    """The role of this person may not do it."""

    code = "forbidden"


class NotAllowedNow(ReasonedError[NotAllowedReasonBase]):
    """The action exists, but not in the present state of the request."""

    code = "not_allowed_now"


class AlreadyDone(ReasonedError[AlreadyDoneReasonBase]):
    """The request is already in the state that the action leads to."""

    code = "already_done"


class Conflict(ReasonedError[ConflictReasonBase]):
    """Somebody else changed it first, or the machine or hour is taken."""

    code = "conflict"


class DuplicateRequest(ReasonedError[DuplicateReasonBase]):
    """The same client request id came with another body."""

    code = "duplicate_request"


class TooManyRequests(ReasonedError[TooManyRequestsReasonBase]):
    """A rate limit was met."""

    code = "too_many_requests"


class ExpiredDialogue(ReasonedError[ExpiredDialogueReasonBase]):
    """The question that this answers is no longer open."""

    code = "expired_dialogue"


class DocumentRejected(ReasonedError[DocumentReasonBase]):
    """A file whose content is not of an allowed type."""

    code = "document_rejected"


class TooLarge(ReasonedError[TooLargeReasonBase]):
    """A body, text or file over its limit."""

    code = "too_large"


class BillNotFound(ReasonedError[Never]):
    """No bill with these two ids."""

    code = "bill_not_found"


class AmountMismatch(ReasonedError[AmountReasonBase]):
    """The amount paid is not the amount of the bill."""

    code = "amount_mismatch"


class AlreadyPaid(ReasonedError[Never]):
    """The bill was paid before."""

    code = "already_paid"


class BillExpired(ReasonedError[Never]):
    """The bill can no longer be paid."""

    code = "bill_expired"


class PaymentUnknown(ReasonedError[PaymentReasonBase]):
    """The bank has not yet reported the outcome of this payment."""

    code = "payment_unknown"


class MobileNotVerified(ReasonedError[MobileReasonBase]):
    """The citizen has not yet proved the mobile number."""

    code = "mobile_not_verified"


class AuthenticationFailed(ReasonedError[AuthenticationReasonBase]):
    """Unknown user, wrong password, key or second factor."""

    code = "authentication_failed"


class Replayed(ReasonedError[ReplayReasonBase]):
    """A nonce or signed message that was used before."""

    code = "replayed"


class Unsupported(ReasonedError[UnsupportedReasonBase]):
    """Understood, but not offered here."""

    code = "unsupported"


class Unavailable(ReasonedError[UnavailableReasonBase]):
    """A part outside our hands does not answer; trying later may help."""

    code = "unavailable"


class Internal(ReasonedError[InternalReasonBase]):
    """A fault of ours; what happened is in the log under the reference in `params`."""

    code = "internal"


def raise_faults(faults: Sequence[DomainError]) -> None:
    """Raise `join_faults` of these; nothing when there are none."""
    joined_fault = join_faults(faults)
    if joined_fault is not None:
        raise joined_fault


def join_faults(faults: Sequence[DomainError]) -> DomainError | None:
    """Return the first of these faults with the others beside it; None when there are none.

    Of several about one field the first alone counts: what is wrong with a value is also why it is not there.
    """
    faults_by_field: dict[str | None, DomainError] = {}
    for fault in faults:
        faults_by_field.setdefault(fault.field, fault)
    first_fault, *other_faults = faults_by_field.values() or (None,)
    return None if first_fault is None else first_fault.with_other_faults(other_faults)


ERROR_CLASSES: tuple[type[DomainError], ...] = tuple(ReasonedError.__subclasses__())
"""The class of each code, in the order of the contract."""

ERROR_CODES: tuple[str, ...] = tuple(error.code for error in ERROR_CLASSES)
"""Every stable code, in the order of the contract."""

_CODES_BY_REASON_BASE = {get_args(vars(error)["__orig_bases__"][0])[0]: error.code for error in ERROR_CLASSES}


def find_error_code(reason_type: type[ErrorReason]) -> str:
    """Return the code of the error that takes the reasons of an enumeration."""
    return _CODES_BY_REASON_BASE[reason_type.__base__]
