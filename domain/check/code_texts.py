"""The texts that the code asks for by name, wherever it does: what no declaration of a service calls for.

A key or a reason that is written out in the code is listed here too: `tests/domain/check/test_text_keys.py` reads the
code and holds this list to it, in both directions. Tables whose rows have names of their own (phases, roles, errors,
what the commands ask) follow from these.
"""

from collections.abc import Iterator, Mapping

from domain.bills.bill import PaymentMethod
from domain.chats.chat import MESSENGERS
from domain.conversation.buttons.menus import LISTED_COMMANDS
from domain.conversation.command_fields import CHAT_FIELDS, COMMAND_FIELDS
from domain.conversation.vocabulary import COMMAND_INTENTS, SERVICE_WORDS
from domain.gateways.attempt import AttemptAlert
from domain.language.printouts import PRINT_PHRASES
from domain.requests.request import Phase
from domain.values.actors import Role
from domain.values.errors import ERROR_CODES

WRITTEN_OUT_KEYS = (
    "ask.tariff", "chat.buttons.agree", "chat.buttons.back", "chat.buttons.cancel", "chat.buttons.driver",
    "chat.buttons.each", "chat.buttons.exit", "chat.buttons.finish", "chat.buttons.menu", "chat.buttons.notices",
    "chat.buttons.papers", "chat.buttons.pay", "chat.buttons.record", "chat.buttons.refuse", "chat.buttons.reply",
    "chat.buttons.track", "chat.caption", "chat.code_sent", "chat.door", "chat.driver", "chat.edited", "chat.fine_line",
    "chat.moved_away", "chat.no_paper_wanted", "chat.notices", "chat.notices_set", "chat.paper_kept",
    "chat.papers_complete", "chat.papers_missing", "chat.printed", "chat.prove_first", "chat.proved",
    "chat.public", "chat.record", "chat.record_empty", "chat.reward_line", "chat.same", "chat.send_paper", "chat.share",
    "chat.toasts.stale", "chat.toasts.twice", "chat.unreadable", "chat.violation_line", "chat.welcome",
    "chat.which_paper", "chat.which_request", "details.invalid_field.soap_value", "details.missing_field.soap_missing",
    "errors.expired_dialogue", "errors.internal", "errors.too_many_requests", "sms.bill_line", "sms.bill_of_other",
    "sms.bill_settled", "sms.bills", "sms.choose", "sms.comment_answered", "sms.comment_kept", "sms.did_you_mean",
    "sms.help", "sms.left", "sms.list", "sms.list_line", "sms.more", "sms.no_requests", "sms.nothing_to_leave",
    "sms.nothing_to_pay", "sms.offer.cancel", "sms.opted_in", "sms.opted_out", "sms.pay", "sms.pay_bill",
    "sms.nothing_returned", "sms.payment_reversed", "sms.proof_code", "sms.rated", "sms.rated_low",
    "sms.rated_low_only", "sms.refunded", "sms.refused", "sms.reopened", "sms.restarted", "sms.status",
    "sms.status_of_other", "sms.unknown", "sms.waiting", "sms.waiting_in_short", "sms.which_value", "staff.low_rating",
    "staff.payment_reversed", "staff.reopened_by_rating", "staff.report_ready", "staff.sla_broken", "units.before_dawn",
    "chat.buttons.pay_online", "units.closed", "units.hour", "units.plate", "units.rial", "units.until",
)  # fmt: skip
"""Keys that are written out."""

DECLINE_REASONS = ("no_answer", "no_consent", "owner_refused", "unsaid")
"""Why a request was declined, where nobody gave a reason in words (`StoreReasonCode`, `Wording.request_facts`)."""

REASONS_BY_CODE: Mapping[str, tuple[str, ...]] = {
    "invalid_field": (
        "bad_card",
        "bad_datetime",
        "bad_hour_span",
        "bad_hours",
        "bad_iban",
        "bad_legal_id",
        "bad_page",
        "bad_postal_code",
        "bad_renovation_code",
        "bad_share",
        "bad_tick",
        "bad_time",
        "bad_year",
        "clock_not_hours",
        "days_not_hours",
        "national_or_postal",
        "two_days",
        "two_hours",
        "before_begun",
        "before_start",
        "broken_row",
        "column_twice",
        "common_password",
        "date_cell",
        "empty",
        "empty_file",
        "file_kind",
        "file_wanted",
        "fine_of_reward",
        "future",
        "hours_missing",
        "hours_order",
        "known_words",
        "leave_days_left",
        "leave_notice",
        "leave_order",
        "leave_too_far",
        "leave_too_long",
        "long_password",
        "menu",
        "more_cells",
        "no_bands",
        "no_headings",
        "no_machine",
        "no_number",
        "not_a_multiple",
        "not_approved",
        "not_of_unit",
        "not_the_same",
        "not_thousands",
        "of_officers",
        "office_code",
        "one_an_item",
        "other_driver",
        "other_taxi",
        "own_number",
        "paper_file",
        "part_of_day",
        "past",
        "range",
        "retention",
        "same_mobile",
        "same_password",
        "same_person",
        "search_short",
        "several_payments",
        "short_password",
        "soap_attribute",
        "soap_base64",
        "soap_before",
        "soap_bill_digits",
        "soap_body",
        "soap_clock",
        "soap_cut",
        "soap_day",
        "soap_encoding",
        "soap_envelope",
        "soap_flag",
        "soap_hours",
        "soap_inside",
        "soap_instead",
        "soap_late",
        "soap_misspelt",
        "soap_moment",
        "soap_order",
        "soap_rrn",
        "soap_security",
        "soap_text",
        "soap_too_many",
        "soap_tracking_code",
        "soap_twice",
        "soap_unknown",
        "soap_unqualified",
        "soap_value",
        "soap_whole",
        "soap_xml",
        "staff_username",
        "text_braces",
        "text_cuts",
        "text_facts",
        "text_parts",
        "too_high",
        "too_long",
        "too_long_work",
        "too_many_days",
        "too_many_machines",
        "two_places",
        "two_periods",
        "unknown_action",
        "unknown_days",
        "unknown_field",
        "unknown_filter",
        "unknown_paper",
        "unknown_value",
        "unreadable",
        "unreadable_file",
        "unreadable_form",
        "visit_hours",
        "work_too_far",
        "yes_no",
        "yes_or_no",
    ),
    "mobile_not_verified": (
        "code_expired",
        "foreign_contact",
        "no_more_tries",
        "not_iranian",
        "wrong_code",
    ),
    "missing_field": (
        "booked_for_later",
        "empty_cell",
        "far_price",
        "leave_of_stranger",
        "name_driver",
        "no_column",
        "no_file",
        "no_own_taxi",
        "no_role",
        "nothing_ticked",
        "override_needs_reason",
        "rrn",
        "several_taxis",
        "till_differs",
        "which_driver",
    ),
    "unknown_kind": (
        "choice",
        "machine",
        "report",
        "table",
    ),
    "not_found": (
        "answer_erased",
        "driver",
        "no_driver",
        "not_issued",
        "payment",
        "reference",
        "tariff",
        "taxi",
        "taxi_person",
    ),
    "forbidden": (
        "auditor_apart",
        "own_substitute",
        "cross_site",
        "demo_only",
        "inside_only",
        "leave_of_stranger",
        "of_admin",
        "old_form",
        "other_office",
        "other_officer",
        "own_proposal",
        "senders_only",
    ),
    "not_allowed_now": (
        "amount_of_revenue",
        "bad_rows",
        "annul_billed",
        "annul_paid",
        "annulled",
        "bill_open",
        "charge_elsewhere",
        "charge_fixed",
        "charge_state",
        "documents_pending",
        "driver_inactive",
        "duties_open",
        "enrolled",
        "erased",
        "fine_elsewhere",
        "guard",
        "last_admin",
        "leave_begun",
        "leave_past",
        "leave_used_up",
        "no_charge",
        "no_consent",
        "no_refund",
        "not_failed",
        "not_finished",
        "banks_word",
        "paper_void",
        "nothing_new",
        "own_payment",
        "paid_out",
        "rate_later",
        "rated_low_only",
        "refund_due",
        "retired",
        "second_person",
        "surplus_first",
        "surplus_unsaid",
        "taxi_inactive",
        "visit_ahead",
    ),
    "amount_mismatch": ("not_what_is_due",),
    "already_done": (
        "answered",
        "erased",
        "office_code_taken",
        "own_already",
        "payment_reversed",
        "rated",
        "refunded",
        "reopened",
        "unassigned",
        "username_taken",
        "verifying",
    ),
    "conflict": (
        "already_begun",
        "booked_ahead",
        "booked_then",
        "account_changed",
        "comment_changed",
        "office_changed",
        "demo_not_empty",
        "file_exists",
        "import_moved",
        "leave_overlap",
        "moved_on",
        "no_free_machine",
        "no_free_operator",
        "number_used",
        "officer_busy",
        "out_then",
        "price_moved",
        "price_pending",
        "reaches_band",
        "row_changed",
        "setting_changed",
        "taken",
        "taken_by",
        "taken_until_then",
        "tariff_overlap",
        "till_changed",
        "twice_in_file",
        "username_taken",
    ),
    "duplicate_request": (
        "call_id_used",
        "form_used",
        "payment_reversed",
        "reference_used",
    ),
    "too_many_requests": (
        "busy",
        "chat",
        "codes",
        "guessing",
        "sign_in",
    ),
    "too_large": (
        "too_many_documents",
        "too_many_requests",
        "too_many_views",
        "too_many_rows",
    ),
    "authentication_failed": (
        "address",
        "clock",
        "locked",
        "no_moment",
        "no_nonce",
        "no_token",
        "only_token",
        "outside",
        "plain_text",
        "wrong_code",
    ),
    "replayed": ("nonce",),
    "unsupported": (
        "dtd",
        "mtom",
        "must_understand",
        "service_by_sms",
        "soap_namespace",
        "soap_operation",
        "soap_operation_meant",
        "soap_version",
    ),
    "unavailable": ("file", "printer"),
    "expired_dialogue": ("number",),
    "internal": ("sealed_elsewhere",),
}
"""Code of an error → the reasons it is raised with: each has a text of its own."""

ANSWER_BUTTONS = ("submit", "amend", "exit", "yes", "no")
"""What buttons say of a summary or an offer."""

PRINT_KEYS = ("number", "date", "code", "blank", "municipality", "holder", *PRINT_PHRASES)
"""What every printed paper may say, under `print`."""

CODE_FIELD_NAME = "code"
"""The field that a command asks by a list of the citizen's own requests."""


def required_keys() -> Iterator[str]:
    """Yield every key that the catalogue must hold whatever services there are."""
    yield from WRITTEN_OUT_KEYS
    yield from (f"phases.{phase}" for phase in Phase)
    yield from (f"roles.{role}" for role in Role)
    yield from (f"errors.{code}" for code in ERROR_CODES)
    yield from (f"details.{code}.{reason}" for code, reasons in REASONS_BY_CODE.items() for reason in reasons)
    yield from (f"choices.reason.{cause}" for cause in DECLINE_REASONS)
    yield from (f"choices.payment_method.{method}" for method in PaymentMethod if method is not PaymentMethod.REFUND)
    yield from (f"staff.payment_alerts.{alert}" for alert in AttemptAlert)
    yield from (f"print.{name}" for name in PRINT_KEYS)
    yield from (f"chat.channels.{channel}" for channel in ("sms", *MESSENGERS))
    yield from (f"chat.buttons.{name}" for name in ANSWER_BUTTONS)
    yield from (f"chat.commands.{name}" for name in LISTED_COMMANDS)
    yield from _command_keys()


def _command_keys() -> Iterator[str]:
    """Yield what the citizen's commands are called in menus, ask, and answer where they have nothing to do it with."""
    called = {intent.name for intent in COMMAND_INTENTS}
    confirmed_intents = [intent.name for intent in COMMAND_INTENTS if intent.is_asked_once]
    yield from (f"sms.{table}.{intent}" for table in ("offer", "kept") for intent in confirmed_intents)
    yield from (f"ask.{field.name}" for fields in CHAT_FIELDS.values() for field in fields)
    for intent, fields in COMMAND_FIELDS.items():
        yield from (f"ask.{field.name}" for field in fields)
        yield from (key for field in fields for key in field.type.text_keys(field.choices))
        if intent not in called:
            yield f"sms.offer.{intent}"  # no words call it: it is offered, with the request that it is about
            continue
        yield f"intents.{intent}"
        if any(field.name == CODE_FIELD_NAME for field in fields):
            yield from (f"sms.none_to.{intent}", f"sms.which.{intent}")
    yield from (f"sms.about.{topic}" for topic in SERVICE_WORDS)
