"""Kinds of facts in the audit, as they are expected: every kind of entry, and what may be told with it."""

from collections.abc import Mapping

_CALLER = frozenset({"address", "inside", "agent"})
_REFUSAL = frozenset({"why", "error", "further"})
_PRICE = frozenset({"service", "kind", "per", "machine", "vehicle_type", "band", "rate"})
_COMMISSION = frozenset({"office", "service", "per_request", "share_bp", "from"})
_TALLY = frozenset({"rows", "added", "changed", "same", "bad", "faults"})
_REPORT_FILTERS = frozenset({"service", "kind", "state", "phase", "channel", "office", "unit", "officer", "machine"})
_IMPORT = frozenset({"registry", "source", "brought_by"})
_BANK_SALE = frozenset({"gateway", "order_number", "reason", "sale_number", "code"})
_ROW_MONEY = frozenset({"registry", "bill_id", "reference"})
_TARGET = frozenset({"iban", "destination"})
_MOBILE_CHANGE = frozenset({"about", "mobile_before", "mobile", "proposed_by"})
_SETTLEMENT_OUTCOMES = frozenset(
    {
        "settles", "confirms", "surplus", "wrong_amount", "no_bill", "no_attempt", "no_refund", "refunded_twice",
        "contradicts", "other_number", "known", "repeated", "faulty", "failed", "left_out",
    }
)  # fmt: skip

AUDIT_FACTS: Mapping[str, frozenset[str]] = {
    "signed_in": _CALLER,
    "signed_out": _CALLER,
    "device_shared": _CALLER | {"username"},
    "second_factor_shown": _CALLER,
    "proved": _CALLER,
    "sessions_ended": _CALLER | {"username", "sessions_ended"},
    "sign_in_refused": _CALLER | _REFUSAL,
    "sign_in_not_enrolled": _CALLER | _REFUSAL,
    "proof_refused": _CALLER | _REFUSAL,
    "code_refused": _CALLER | _REFUSAL,
    "denied": _CALLER | _REFUSAL | {"right", "path", "method", "about", "command", "channel"},
    "counter_refused": _REFUSAL | {"username", "address", "operation"},
    "malware_found": _REFUSAL | {"channel", "malware", "sha256", "about"},
    "session_ended": frozenset({"address"}),
    "password_changed": frozenset({"username", "sessions_ended"}),
    "second_factor_enrolled": frozenset(),
    "second_factor_given": frozenset({"username", "sessions_ended"}),
    "second_factor_given_up": frozenset({"username"}),
    "staff_added": frozenset({"username", "roles"}),
    "staff_changed": frozenset({"username", "changed", "roles", "roles_before"}),
    "staff_activated": frozenset({"username", "sessions_ended"}),
    "staff_deactivated": frozenset({"username", "sessions_ended"}),
    "unlocked": frozenset({"username", "count"}),
    "substitute": frozenset({"absent", "deputy", "to"}),
    "substitute_ended": frozenset({"absent", "deputy", "from", "to"}),
    "out_of_service": frozenset({"resource", "from", "to", "note"}),
    "back_in_service": frozenset({"resource", "note"}),
    "office_added": frozenset({"office", "name", "username"}),
    "office_key_rotated": frozenset({"office", "old_until"}),
    "office_renamed": frozenset({"office", "name", "name_before"}),
    "office_networks": frozenset({"office", "networks"}),
    "office_activated": frozenset({"office"}),
    "office_deactivated": frozenset({"office"}),
    "office_locked": frozenset({"office", "address", "until"}),
    "office_unlocked": frozenset({"office", "address"}),
    "till_closed": frozenset({"office", "day", "declared", "amount"}),
    "commission": _COMMISSION,
    "commission_withdrawn": _COMMISSION,
    "tariff_withdrawn": _PRICE | {"from"},
    "tariff_proposed": _PRICE | {"proposal", "from"},
    "tariff_approved": _PRICE | {"proposal", "proposed_by"},
    "tariff_rejected": _PRICE | {"proposal", "proposed_by"},
    "message_retried": frozenset({"message", "reason", "state", "failed_by"}),
    "setting_changed": frozenset({"name"}),
    "mobile_proposed": _MOBILE_CHANGE,
    "mobile_corrected": _MOBILE_CHANGE,
    "mobile_objected": _MOBILE_CHANGE,
    "contact_changed": _MOBILE_CHANGE | {"registry", "row"},
    "import": _IMPORT | _TALLY,
    "import_confirmed": _IMPORT,
    "import_dropped": _IMPORT,
    "export": frozenset({"registry", "kind", "file", "office", "bytes"}),
    "report_exported": _REPORT_FILTERS | {"report", "format", "file", "figures", "from", "before"},
    "duties": frozenset({"year", "made", "present", "amount"}),
    "charge_entered": frozenset({"registry", "row", "state", "amount"}),
    "surplus_payment": _ROW_MONEY | {"refund"},
    "refund": _ROW_MONEY | _TARGET | {"refund"},
    "payment_reversed": _ROW_MONEY | {"amount", "reason"},
    "refund_approved": _TARGET | {"bill_id", "refund"},
    "refund_iban": frozenset({"bill_id", "iban_end"}),
    "refund_iban_asked": frozenset({"bill_id"}),
    "refund_file": frozenset({"day", "refund", "count"}),
    "refund_transfer_refused": frozenset({"bill_id", "refund"}),
    "card_refund_requested": _TARGET | {"bill_id", "refund"},
    "card_refund_denied": _BANK_SALE | {"reference", "refund"},
    "card_refund_inquired": frozenset({"gateway", "order_number"}),
    "payment_inquired": frozenset({"gateway", "order_number"}),
    "payment_alert_resolved": frozenset({"gateway", "order_number", "reason"}),
    "payment_denied": _BANK_SALE,
    "suspense_matched": frozenset({"bill_id", "amount", "reference", "reason"}),
    "suspense_corrected": frozenset({"amount", "reference"}),
    "suspense_approved": frozenset({"amount", "reference"}),
    "suspense_returned": frozenset({"amount", "reference", "iban", "reason"}),
    "settlement_file_brought": frozenset({"file", "layout", "digest"}),
    "settlement_file_confirmed": frozenset({"file", "brought_by"}),
    "settlement_file_booked": _SETTLEMENT_OUTCOMES | {"file"},
    "settlement_file_dropped": frozenset({"file"}),
    "difference_closed": frozenset({"difference", "reason"}),
    "ledger_corrected": frozenset({"debit", "credit", "amount", "note"}),
    "secret_key_accepted": frozenset({"reason"}),
    "verification_asked": frozenset(),
    "history_faults": frozenset({"count"}),
    "restored": frozenset({"sessions_ended"}),
}
"""Kind → the names of its facts."""
