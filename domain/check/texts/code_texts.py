"""The texts that the code asks for by name, wherever it does: what no declaration of a service calls for.

A key or a reason that is written out in the code is listed here too: `tests/domain/check/test_text_keys.py` reads the
code and holds this list to it, in both directions. Tables whose rows have names of their own (phases, roles, errors,
what the commands ask) follow from these.
"""

from collections.abc import Iterator

from domain.bills.bill import PaymentMethod
from domain.blocks.asking import ANSWER_PAPER
from domain.blocks.delivery_confirmations import DeliveryStage
from domain.blocks.operator_reports import WORK_PHOTO
from domain.chats.chat import MESSENGERS
from domain.conversation.reading.bot_commands import LISTED_COMMANDS
from domain.conversation.reading.command_fields import (
    CHAT_FIELDS,
    COMMAND_FIELDS,
    EXPLAINED_COMMANDS,
    INTENTS_WITH_OWN_QUESTION,
    asks_own_request,
)
from domain.conversation.reading.courtesies import COURTESY_INTENTS
from domain.conversation.reading.emergencies import Emergency
from domain.conversation.reading.vocabulary import COMMAND_INTENTS, LANGUAGE_INTENT
from domain.feedback.suggestions import SuggestionProgress
from domain.gateways.attempt import AttemptAlert
from domain.language.printouts import PRINT_PHRASES, PaperStatus
from domain.messages.code_spending import SpendingLevel
from domain.requests.request import Phase
from domain.values.actors import Role
from domain.values.errors import ERROR_CODES

WRITTEN_OUT_KEYS = (
    "chat.buttons.language", "chat.languages", "sms.language_adopted", "sms.language_set", "sms.languages",
    "ask.field", "ask.tariff", "ask.value",
    "chat.buttons.agree", "chat.buttons.back", "chat.buttons.cancel", "chat.buttons.driver",
    "chat.buttons.each", "chat.buttons.exit", "chat.buttons.finish", "chat.buttons.keep",
    "chat.buttons.menu", "chat.buttons.notices",
    "chat.buttons.papers", "chat.buttons.pay", "chat.buttons.record", "chat.buttons.refuse", "chat.buttons.reply",
    "chat.buttons.read_aloud",
    "chat.buttons.track", "chat.code_sent", "chat.door", "chat.driver", "chat.edited", "chat.fine_line",
    "chat.file_first", "chat.file_not_taken", "chat.file_waits", "chat.new_request_of",
    "chat.buttons.other_use", "chat.file_kinds.file", "chat.file_kinds.photo", "chat.buttons.slip",
    "chat.moved_away", "chat.no_paper_wanted", "chat.notices", "chat.notices_set", "chat.paper_kept",
    "chat.papers_complete", "chat.papers_missing", "chat.printed", "chat.prove_first", "chat.proved",
    "chat.public", "chat.record", "chat.record_empty", "chat.reward_line", "chat.send_paper", "chat.share",
    "chat.buttons.barcode", "chat.buttons.copy_bill_id", "chat.buttons.copy_code", "chat.buttons.copy_payment_id",
    "chat.caption", "chat.card", "chat.answer_file_kept", "chat.answer_of", "chat.answer_taken",
    "chat.answered_by_file",
    "chat.ask_answer",
    "chat.buttons.point", "chat.place_kept", "chat.send_point", "chat.share_place", "chat.what_file",
    "chat.which_place",
    "chat.description", "chat.short_description", "chat.step",
    "chat.toasts.stale", "chat.toasts.twice", "chat.unreadable", "chat.violation_line", "chat.voice", "chat.welcome",
    "chat.which_paper", "chat.which_request", "details.invalid_field.soap_value", "details.missing_field.soap_missing",
    "errors.expired_dialogue",
    "chat.account", "chat.account_changing", "chat.account_left", "chat.buttons.account",
    "chat.buttons.jobs", "chat.buttons.next_page", "chat.buttons.operator_hours", "chat.buttons.pay_amount",
    "chat.buttons.previous_page", "chat.group", "chat.operator.hours", "chat.operator.how_long",
    "chat.operator.job_line", "chat.operator.jobs", "chat.operator.no_jobs", "chat.page",
    "sms.after_hours", "sms.after_hours_too_late",
    "sms.contact.address", "sms.contact.wanted_call", "sms.contact.closed", "sms.contact.hours",
    "sms.contact.closed_on", "sms.contact.open", "sms.contact.open_on", "sms.contact.phone", "sms.readers.line",
    "sms.readers.none", "units.today", "units.tomorrow", "units.yesterday",
    "sms.authentic.bills_closed", "sms.authentic.bills_open", "sms.authentic.foreign_address",
    "sms.authentic.own_address", "sms.authentic.request", "sms.authentic.single_closed",
    "sms.authentic.letter_of_other", "sms.authentic.number_of_other",
    "sms.authentic.single_open", "sms.authentic.unknown", "sms.bill_line", "sms.bill_of_other",
    "sms.more_prices", "sms.price_line", "sms.prices",
    "sms.bill_settled", "sms.bills", "sms.choose", "sms.claim.arrived", "sms.claim.asked",
    "sms.claim.details", "sms.claim.no_bill", "sms.claim.of_another", "sms.claim.not_found",
    "sms.money.deadline", "sms.money.deadline_of", "sms.money.deadline_over", "sms.money.refund_card",
    "sms.money.refund_none",
    "sms.money.refund_sent", "sms.money.refund_waits", "sms.money.refund_wanted",
    "sms.claim.noted",
    "sms.claim.paid_at", "sms.claim.photo", "sms.claim.reference", "chat.is_it_slip", "chat.slip_waits",
    "sms.claim.unseen", "sms.comment_answered", "sms.comment_kept", "sms.suggestion.kept",
    "sms.suggestion.supported", "sms.did_you_mean", "sms.did_you_mean_one",
    "sms.emergency.numbers", "sms.emergency_offer", "sms.closed_day", "sms.closed_mark", "sms.keep_text", "sms.secret",
    "sms.help", "sms.left", "sms.list", "sms.list_line", "sms.which_line", "sms.more", "sms.more_bills",
    "sms.no_requests",
    "sms.no_such_request", "sms.nothing_to_leave",
    "sms.nothing_to_pay", "sms.none_to.cancel", "sms.none_to.confirm",
    "sms.opted_in", "sms.opted_out", "sms.pay", "sms.pay_bill",
    "sms.bill_taken_back", "sms.step_taken_back",
    "sms.nothing_returned", "sms.payment_reversed", "sms.portal_code", "sms.proof_code", "sms.rated", "sms.rated_low",
    "sms.rated_low_only", "sms.refunded", "sms.refunded_to_card", "sms.refused", "sms.reopened", "sms.restarted",
    "sms.status",
    "chat.buttons.change", "sms.request_changed",
    "sms.left_to_unit", "sms.present_answer", "sms.same", "sms.summary_estimate", "sms.summary_head", "sms.taken",
    "sms.way_out", "sms.ways_out", "sms.again", "sms.bill_again", "sms.call_offer", "sms.next_intent",
    "sms.intent_kept",
    "sms.status_of_other", "sms.unknown", "sms.unknown_after_answer",
    "sms.unknown_after_request", "sms.waiting", "sms.waiting_in_short", "sms.which_value", "staff.low_rating",
    "staff.answered_by_change", "staff.card_refund_refused", "staff.payment_differences",
    "staff.payment_reversed", "staff.reopened_by_rating", "staff.request_changed",
    "staff.report_ready", "sms.bill_over", "sms.late_bill", "staff.late_bill", "staff.sla_broken", "units.before_dawn",
    "chat.buttons.pay_by_invoice", "chat.buttons.pay_merged", "chat.buttons.pay_online", "chat.buttons.receipt",
    "chat.invoice_refused", "chat.toasts.invoice", "sms.merge_hint", "sms.merged_closed", "sms.none_to.pay",
    "sms.pay_merged", "sms.pay_merged_until", "sms.receipt_at",
    "sms.mobile_corrected", "sms.mobile_objected", "sms.mobile_proposed", "sms.contact_changed",
    "staff.mobile_objected", "staff.money_role_given",
    "sms.paid_late", "sms.paid_twice", "sms.payment_left", "sms.payment_returned",
    "sms.iban_asked", "sms.iban_kept", "sms.iban_reminded", "sms.offer.iban",
    "units.closed", "units.hour", "units.map_point", "units.marked", "units.metre", "units.plate", "units.rial",
    "units.until",
)  # fmt: skip
"""Keys that are written out."""

_ARRIVAL = SuggestionProgress.RECEIVED
"""Point of a suggestion that no step leads to."""

DECLINE_REASONS = ("no_answer", "no_consent", "owner_refused", "unsaid")
"""Reasons for declining a request without a reason in words (`StoreReasonCode`, `Wording.request_facts`)."""

ACCOUNT_STEPS, OPERATOR_STEPS = ("change", "leave"), ("arrived", "began", "ended")
"""Buttons of a chat's number, and of an operator's job."""

ANSWER_BUTTONS = ("submit", "exit", "yes", "no")
"""Buttons of a summary or an offer."""

PRINT_KEYS = ("number", "date", "code", "blank", "municipality", "holder", *PRINT_PHRASES)
"""Text keys of every printed paper, under `print`."""


def required_keys() -> Iterator[str]:
    """Yield every key that the catalogue must hold whatever services there are."""
    yield from WRITTEN_OUT_KEYS
    yield from (f"phases.{phase}" for phase in Phase)
    yield from (f"roles.{role}" for role in Role)
    yield from (f"errors.{code}" for code in ERROR_CODES)
    yield from (f"choices.reason.{cause}" for cause in DECLINE_REASONS)
    yield from (f"choices.payment_method.{method}" for method in PaymentMethod if method is not PaymentMethod.REFUND)
    yield from (f"staff.payment_alerts.{alert}" for alert in AttemptAlert)
    yield from (f"staff.code_spending.{level}" for level in SpendingLevel)
    yield from (f"print.{name}" for name in PRINT_KEYS)
    yield from (f"choices.document.{name}" for name in (ANSWER_PAPER, WORK_PHOTO))
    yield from (f"chat.channels.{channel}" for channel in ("sms", *MESSENGERS))
    yield from (f"chat.buttons.{name}" for name in ANSWER_BUTTONS)
    yield from (f"chat.buttons.{step}_account" for step in ACCOUNT_STEPS)
    yield from (key for step in OPERATOR_STEPS for key in (f"chat.operator.{step}", f"chat.buttons.operator_{step}"))
    yield from (f"chat.commands.{name}" for name in LISTED_COMMANDS)
    yield from _command_keys()


def _command_keys() -> Iterator[str]:
    """Yield what the citizen's commands are called in menus, ask, and answer where they have nothing to do it with."""
    called = {intent.name for intent in (*COMMAND_INTENTS, LANGUAGE_INTENT)}
    confirmed_intents = [intent.name for intent in COMMAND_INTENTS if intent.is_asked_once]
    yield from (f"sms.{table}.{intent}" for table in ("offer", "kept") for intent in confirmed_intents)
    yield from (f"ask.{intent}" for intent in INTENTS_WITH_OWN_QUESTION)
    yield from (f"sms.about.{intent}" for intent in EXPLAINED_COMMANDS)
    yield from (f"sms.authentic.paper_{status}" for status in PaperStatus)
    yield from (f"sms.suggestion.{progress}" for progress in SuggestionProgress if progress is not _ARRIVAL)
    yield from (f"sms.suggestion.standing.{progress}" for progress in SuggestionProgress)
    yield from (key for stage in DeliveryStage for key in (f"sms.delivery.ask_{stage}", f"sms.delivery.{stage}"))
    yield from (f"sms.emergency.{emergency}" for emergency in Emergency)
    yield from (f"sms.courtesy.{courtesy}" for courtesy in sorted(COURTESY_INTENTS))
    yield from ("sms.unknown_again", "chat.voice_again")
    yield from (f"sms.money.{subject}" for subject in ("instalments", "discount", "no_account"))
    yield from (f"sms.holder.{kind}" for kind in ("nobody", "due", "late", "open", "line_due", "line_late"))
    yield from (f"units.{part}_hours" for part in ("week", "thursday"))
    yield from (f"ask.{field.name}" for fields in CHAT_FIELDS.values() for field in fields)
    for intent, fields in COMMAND_FIELDS.items():
        yield from (f"ask.{field.name}" for field in fields if field.required)
        yield from (key for field in fields for key in field.type.text_keys(field.choices))
        if intent not in called:
            yield f"sms.offer.{intent}"  # no words call it: it is offered, with the request that it is about
            continue
        yield f"intents.{intent}"
        if asks_own_request(intent):
            yield from (f"sms.none_to.{intent}", f"sms.which.{intent}")
