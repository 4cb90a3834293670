"""Reasons about files, limits of size, and parts that do not answer."""

from domain.values.reasons.bases import (
    DocumentReasonBase,
    InternalReasonBase,
    TooLargeReasonBase,
    UnavailableReasonBase,
    UnsupportedReasonBase,
)


class DocumentReason(DocumentReasonBase):
    """Reason why a file is not taken."""

    ACTIVE_PDF = "active_pdf"
    BROKEN_PDF = "broken_pdf"
    BROKEN_PHOTO = "broken_photo"
    EMPTY_FILE = "empty_file"
    LOCKED_PDF = "locked_pdf"
    MALWARE = "malware"
    TOO_MANY_PIXELS = "too_many_pixels"
    UNREADABLE_DOCUMENT = "unreadable_document"


class TooLargeReason(TooLargeReasonBase):
    """Reason why something is over a limit of size or number."""

    DOCUMENT = "document", "most"
    DRAFT_FILES = "draft_files", "most"
    DRAFT = "draft"
    FORM_FILES = "form_files"
    FORM_FILE_COUNT = "form_file_count", "most"
    TOO_MANY_DOCUMENTS = "too_many_documents", "most"
    TOO_MANY_REQUESTS = "too_many_requests", "most"
    TOO_MANY_VIEWS = "too_many_views", "most"
    TOO_MANY_ROWS = "too_many_rows", "most"


class UnsupportedReason(UnsupportedReasonBase):
    """Reason why something is not offered here."""

    SERVICE_BY_SMS = "service_by_sms"


class UnavailableReason(UnavailableReasonBase):
    """Reason why a part outside our hands does not answer."""

    BANK_SILENT = "bank_silent"
    CLEANER = "cleaner"
    GATEWAY_NOT_USED = "gateway_not_used"
    FILE = "file"
    PRINTER = "printer"
    SCANNER = "scanner"


class InternalReason(InternalReasonBase):
    """Reason why a fault is ours."""

    SEALED_ELSEWHERE = "sealed_elsewhere"
