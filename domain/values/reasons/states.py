"""Reasons about the things that somebody asks for, and the state that they are in."""

from domain.values.reasons.bases import (
    AlreadyDoneReasonBase,
    AmountReasonBase,
    ConflictReasonBase,
    DuplicateReasonBase,
    ExpiredDialogueReasonBase,
    NotAllowedReasonBase,
    NotFoundReasonBase,
    PaymentReasonBase,
)


class NotFoundReason(NotFoundReasonBase):
    """Reason why there is no such thing."""

    ANSWER_ERASED = "answer_erased"
    CONSENT_LINK = "consent_link"
    DRAFT = "draft"
    DRAFT_CODE = "draft_code"
    NOT_ISSUED = "not_issued"
    PAYMENT = "payment"
    REFERENCE = "reference", "given", "registry"
    SUGGESTION = "suggestion"
    TARIFF = "tariff"
    TAXI = "taxi"
    TAXI_PERSON = "taxi_person"
    TRACKING_CODE = "tracking_code"
    CODE_AND_MOBILE = "code_and_mobile"
    UPLOAD = "upload"


class NotAllowedReason(NotAllowedReasonBase):
    """Reason why it cannot be done in the present state."""

    NOTHING_CHANGEABLE = "nothing_changeable"
    OWN_SUGGESTION = "own_suggestion"
    SUGGESTION_CLOSED = "suggestion_closed"
    SUGGESTION_STEP = "suggestion_step"
    FIELD_UNCHANGEABLE = "field_unchangeable"
    VISIT_SOON = "visit_soon", "hours"
    OFFICER_LEFT = "officer_left"
    NO_ALERT = "no_alert"
    NO_CARD = "no_card"
    REFUND_ENDED = "refund_ended"
    REFUND_NOT_UNKNOWN = "refund_not_unknown"
    REFUND_ON_ITS_WAY = "refund_on_its_way"
    IBAN_NOT_WANTED = "iban_not_wanted"
    IBAN_IN_USE = "iban_in_use"
    NO_REFUND_DUE = "no_refund_due"
    NOTHING_TO_TRANSFER = "nothing_to_transfer"
    NOT_UNKNOWN = "not_unknown"
    BANK_NOT_ASKABLE = "bank_not_askable"
    SETTLEMENT_BOOKED = "settlement_booked"
    AMOUNT_OF_REVENUE = "amount_of_revenue"
    BAD_ROWS = "bad_rows"
    ANNUL_BILLED = "annul_billed"
    ANNUL_PAID = "annul_paid"
    ANNULLED = "annulled"
    BILL_OPEN = "bill_open"
    TOO_LATE_TO_PAY = "too_late_to_pay"
    CHARGE_ELSEWHERE = "charge_elsewhere"
    CHARGE_FIXED = "charge_fixed"
    CHARGE_STATE = "charge_state"
    DOCUMENTS_PENDING = "documents_pending", "document"
    ENROLLED = "enrolled"
    ERASED = "erased"
    FINE_ELSEWHERE = "fine_elsewhere"
    GUARD = "guard"
    WORK_LATER = "work_later"
    LAST_ADMIN = "last_admin"
    MOBILE_OBJECTED = "mobile_objected"
    ACCOUNT_WAITS = "account_waits", "until"
    OWN_CHANGE = "own_change"
    NO_CHARGE = "no_charge"
    NO_CONSENT = "no_consent"
    NO_DELIVERY_CODE = "no_delivery_code"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    NO_REFUND = "no_refund"
    NO_OPEN_BILL = "no_open_bill"
    LATE_BILL = "late_bill"
    BILL_SENT_OFTEN = "bill_sent_often"
    NOT_FAILED = "not_failed"
    NOT_FINISHED = "not_finished"
    BANKS_WORD = "banks_word"
    PAPER_VOID = "paper_void"
    NOTHING_NEW = "nothing_new"
    OWN_PAYMENT = "own_payment"
    PAID_OUT = "paid_out"
    RATE_LATER = "rate_later"
    RATED_LOW_ONLY = "rated_low_only"
    REFUND_DUE = "refund_due"
    RETIRED = "retired"
    SECOND_PERSON = "second_person"
    SURPLUS_FIRST = "surplus_first"
    PART_NOT_REVERSIBLE = "part_not_reversible", "bill_id"
    SINGLE_BILL = "single_bill"
    CLOSED_BILL = "closed_bill"
    BILL_BEING_PAID = "bill_being_paid"
    SEVERAL_PAYERS = "several_payers"
    SURPLUS_UNSAID = "surplus_unsaid"
    UNDO_DELIVERED = "undo_delivered"
    UNDO_ENDED = "undo_ended"
    UNDO_GONE_ON = "undo_gone_on"
    UNDO_LASTS = "undo_lasts"
    UNDO_MONEY = "undo_money"
    UNDO_OVER = "undo_over", "until"
    UNDO_UNDECLARED = "undo_undeclared"
    VISIT_AHEAD = "visit_ahead", "day"


class PaymentReason(PaymentReasonBase):
    """Reason why the outcome of a payment is awaited."""

    PAYER_AT_BANK = "payer_at_bank", "until"


class AlreadyDoneReason(AlreadyDoneReasonBase):
    """Reason why nothing is left to do."""

    NOTHING_CHANGED = "nothing_changed"
    VISIT_SAME = "visit_same"
    ANSWERED = "answered"
    DELIVERY_CONFIRMED = "delivery_confirmed"
    ERASED = "erased"
    MOBILE_VERIFIED = "mobile_verified"
    REPEATED_FORM = "repeated_form"
    REPEATED_COMMENT = "repeated_comment"
    OFFICE_CODE_TAKEN = "office_code_taken"
    OWN_ALREADY = "own_already"
    PAYMENT_REVERSED = "payment_reversed"
    RATED = "rated"
    REFUNDED = "refunded"
    REOPENED = "reopened"
    STEP_TAKEN_BACK = "step_taken_back"
    SUPPORTED = "supported"
    UNASSIGNED = "unassigned"
    USERNAME_TAKEN = "username_taken"
    VERIFYING = "verifying"


class ConflictReason(ConflictReasonBase):
    """Reason why somebody else was first, or what is needed is taken."""

    BANK_ASKED_NOW = "bank_asked_now"
    SETTLEMENT_MOVED = "settlement_moved"
    ALREADY_BEGUN = "already_begun"
    EARLIER_PAGE = "earlier_page"
    CHANGED_MEANWHILE = "changed_meanwhile"
    VISIT_TAKEN = "visit_taken"
    BOOKED_AHEAD = "booked_ahead", "codes"
    BOOKED_MEANWHILE = "booked_meanwhile"
    BOOKED_LEFT = "booked_left", "title"
    ACCOUNT_CHANGED = "account_changed"
    COMMENT_CHANGED = "comment_changed"
    MISREAD_CHANGED = "misread_changed"
    OFFICE_CHANGED = "office_changed"
    DEMO_NOT_EMPTY = "demo_not_empty"
    DUTIES_CHANGED = "duties_changed"
    FILE_EXISTS = "file_exists"
    IMPORT_MOVED = "import_moved"
    MOVED_ON = "moved_on"
    NO_FREE_MACHINE = "no_free_machine", "machine"
    NO_FREE_OPERATOR = "no_free_operator", "machine"
    NUMBER_USED = "number_used"
    OFFICER_BUSY = "officer_busy", "officer_name"
    OUT_THEN = "out_then"
    PRICE_MOVED = "price_moved", "amount"
    PRICE_PENDING = "price_pending"
    REACHES_BAND = "reaches_band", "minimum", "band"
    ROW_CHANGED = "row_changed"
    SETTING_CHANGED = "setting_changed"
    TAKEN = "taken", "holder"
    TAKEN_BY = "taken_by", "officer"
    TAKEN_UNTIL_THEN = "taken_until_then"
    TARIFF_OVERLAP = "tariff_overlap"
    TILL_CHANGED = "till_changed"
    TWICE_IN_FILE = "twice_in_file", "row"
    USERNAME_TAKEN = "username_taken"


class DuplicateReason(DuplicateReasonBase):
    """Reason why an id or reference was used before for something else."""

    CALL_ID_USED = "call_id_used"
    FORM_USED = "form_used"
    PAYMENT_REVERSED = "payment_reversed"
    REFERENCE_USED = "reference_used"


class AmountReason(AmountReasonBase):
    """Reason why an amount is not the one that is due."""

    NOT_WHAT_IS_DUE = "not_what_is_due", "due"


class ExpiredDialogueReason(ExpiredDialogueReasonBase):
    """Reason why no question is open that this answers."""

    NUMBER = "number"
