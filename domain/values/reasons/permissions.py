"""Reasons for those who may not: by role, by proof, by how often."""

from domain.values.reasons.bases import (
    AuthenticationReasonBase,
    ForbiddenReasonBase,
    MobileReasonBase,
    TooManyRequestsReasonBase,
)


class ForbiddenReason(ForbiddenReasonBase):
    """Reason why a person may not do it."""

    AUDITOR_APART = "auditor_apart"
    OWN_SUBSTITUTE = "own_substitute"
    OWN_ROLES = "own_roles"
    CROSS_SITE = "cross_site"
    DEMO_ONLY = "demo_only"
    INSIDE_ONLY = "inside_only"
    OF_ADMIN = "of_admin"
    OLD_FORM = "old_form"
    OTHER_OFFICE = "other_office"
    OTHER_OFFICER = "other_officer"
    OWN_PROPOSAL = "own_proposal"
    SENDERS_ONLY = "senders_only"


class AuthenticationReason(AuthenticationReasonBase):
    """Reason why somebody is not let in."""

    OUTSIDE = "outside"
    WRONG_CODE = "wrong_code"


class ProofReason(AuthenticationReasonBase):
    """Proofs that a session needs before a right may be used. It has no text: the staff site asks for the proof."""

    SECOND_FACTOR = "second_factor"
    FRESH = "proof"


class MobileReason(MobileReasonBase):
    """Reason why a mobile number is not proved."""

    ASK_PROOF = "ask_proof", "purpose", "mobile"
    CODE_EXPIRED = "code_expired"
    FOREIGN_CONTACT = "foreign_contact"
    NO_MORE_TRIES = "no_more_tries"
    NOT_IRANIAN = "not_iranian"
    WRONG_CODE = "wrong_code"


class TooManyRequestsReason(TooManyRequestsReasonBase):
    """Reason why a limit of frequency was met."""

    DRAFT_FILES = "draft_files"
    PAYMENT_STARTS = "payment_starts", "until"
    FILES = "files"
    LOOKUPS = "lookups"
    NETWORK = "network"
    BUSY = "busy"
    CHAT = "chat", "until"
    CODES = "codes"
    COMMENTS = "comments"
    OWN_COMMENTS = "own_comments"
    DRAFTS = "drafts"
    CODES_LATER = "codes_later"
    DELIVERY_CODES = "delivery_codes"
    DELIVERY_TRIES = "delivery_tries"
    GUESSING = "guessing"
    REQUESTS = "requests"
    UNVERIFIED = "unverified"
    SIGN_IN = "sign_in"
