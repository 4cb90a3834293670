"""An attempt to pay online as the pages show it: where it stands, and what was said of it step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.admin.actors import describe_actor
from domain.actions.payments.asking import AttemptStory, list_attempt_stories
from domain.authorization.policy import may_use
from domain.authorization.rights import Right
from domain.bills.bill import Bill
from domain.gateways.attempt import AttemptEvent, PaymentAttempt
from domain.gateways.callback_record import CallbackRecord
from domain.gateways.code_texts import describe_code
from domain.gateways.ports import PaymentAttemptRepository
from domain.language.wording import day_and_hour_text
from domain.messages.catalogue import Catalogue
from domain.values.actors import Actor
from domain.values.text import group_digits, persian_digits

_ACTOR_FACTS = frozenset({"by", "booked_by"})
_AMOUNT_FACTS = frozenset({"bank_amount", "paid_amount"})
_FACT_TEXT_TABLES: Mapping[str, str] = {
    "call": "admin.attempts.calls",
    "answer": "admin.attempts.answers",
    "alert": "admin.attempts.alerts",
    "resolved": "admin.attempts.alerts",
}
"""Details of the history that are codes, and where their words are."""


@dataclass(frozen=True, slots=True)
class AttemptStepView:
    """One entry of the history, in words."""

    at: str
    """Day and hour in Tehran."""
    event_label: str
    """Event."""
    state_label: str
    """State of the attempt since."""
    code: str | None
    """The bank's code, as it came."""
    code_meaning: str
    """The same in words; empty for one that has none."""
    facts: Sequence[tuple[str, str]]
    """Further facts: label and value."""


@dataclass(frozen=True, slots=True)
class CallbackView:
    """Callback by a payer's browser, in words."""

    at: str
    """Day and hour in Tehran."""
    event_label: str
    """Its result."""
    method: str
    """GET or POST."""
    source_address: str
    """Address of its sender."""


@dataclass(frozen=True, slots=True)
class StaffAttemptView:
    """An attempt, in words."""

    attempt_id: int
    """Names it in addresses."""
    gateway_label: str
    """The bank gateway."""
    state_label: str
    """State."""
    state_key: str
    """The state itself, for the style sheet."""
    begun_at: str
    """Day and hour in Tehran."""
    amount: str
    """In rials, with Persian digits."""
    card: str | None
    """The paying card, masked."""
    sale_number: str | None
    """The bank's number of the sale."""
    order_number: str
    """Our number at that gateway."""
    code: str | None
    """Last code of the bank, as it came."""
    code_meaning: str
    """The same in words; empty for a code that has none."""
    alert_text: str | None
    """Reason to look at it; None: nobody has to."""
    may_be_denied: bool
    """Whether the staff may say that it was not paid."""
    steps: Sequence[AttemptStepView]
    """Its history, oldest first."""
    callbacks: Sequence[CallbackView]
    """Callbacks for it, oldest first."""


async def load_attempt_views(
    payment_attempts: PaymentAttemptRepository,
    catalogue: Catalogue,
    bill: Bill,
    member_names: Mapping[str, str],
    actor: Actor,
) -> list[StaffAttemptView]:
    """Return the attempts at a bill in words, oldest first; none for who may not see them."""
    if not may_use(Right.ATTEMPTS_VIEW, actor):
        return []
    stories = await list_attempt_stories(payment_attempts, bill.id)
    return [build_attempt_view(catalogue, story, member_names) for story in stories]


def build_attempt_view(catalogue: Catalogue, story: AttemptStory, member_names: Mapping[str, str]) -> StaffAttemptView:
    """Return an attempt in words; `member_names` is what members of the staff are called by user name."""
    attempt = story.attempt
    return StaffAttemptView(
        attempt_id=attempt.id,
        gateway_label=_word_code(catalogue, "gateways.names", attempt.gateway),
        state_label=_word_code(catalogue, "admin.attempts.states", attempt.state),
        state_key=attempt.state.value,
        begun_at=day_and_hour_text(attempt.created_at),
        amount=group_digits(attempt.amount),
        card=_render_card(attempt.card),
        sale_number=attempt.sale_number,
        order_number=str(attempt.order_number),
        code=attempt.code,
        code_meaning=describe_code(catalogue, attempt.gateway, attempt.code),
        alert_text=_word_code(catalogue, "admin.attempts.alerts", attempt.alert) if attempt.alert else None,
        may_be_denied=attempt.may_be_denied,
        steps=[_build_step(catalogue, attempt, event, member_names) for event in story.events],
        callbacks=[_build_callback(catalogue, callback) for callback in story.callbacks],
    )


def _render_card(card: str | None) -> str | None:
    return persian_digits(card) if card else None


def _build_step(
    catalogue: Catalogue, attempt: PaymentAttempt, event: AttemptEvent, member_names: Mapping[str, str]
) -> AttemptStepView:
    return AttemptStepView(
        at=day_and_hour_text(event.at),
        event_label=_word_code(catalogue, "admin.attempts.events", event.event),
        state_label=_word_code(catalogue, "admin.attempts.states", event.state),
        code=event.code,
        code_meaning=describe_code(catalogue, attempt.gateway, event.code),
        facts=[
            (_word_code(catalogue, "admin.attempts.facts", name), _render_fact(catalogue, name, value, member_names))
            for name, value in event.details.items()
        ],
    )


def _build_callback(catalogue: Catalogue, callback: CallbackRecord) -> CallbackView:
    event_label = _word_code(catalogue, "admin.attempts.events", callback.event)
    return CallbackView(day_and_hour_text(callback.at), event_label, callback.method, callback.source_address)


def _render_fact(catalogue: Catalogue, name: str, value: str | int, member_names: Mapping[str, str]) -> str:
    if name in _ACTOR_FACTS:
        return describe_actor(catalogue, str(value), member_names)
    if name in _AMOUNT_FACTS:
        return group_digits(int(value))
    if name == "reason":  # a bank's, of a decline, or a member's, in their own words
        return _word_code(catalogue, "gateways.declines", str(value))
    if name == "card":
        return _render_card(str(value)) or ""
    table = _FACT_TEXT_TABLES.get(name)
    return _word_code(catalogue, table, str(value)) if table else str(value)


def _word_code(catalogue: Catalogue, table: str, code: str) -> str:
    """Return the words of a code; one that nobody worded is shown as it is."""
    return catalogue.first_text(f"{table}.{code}", fallback=code)
