"""Money of a bill that can go back to the card that paid, or is on its way there, as the pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.admin.actors import describe_actor
from domain.actions.context import ActionContext
from domain.actions.payments.card_refunds import CardTransfer, list_discounted_sales, plan_card_transfers
from domain.bills.bill import Payment, Refund
from domain.gateways.code_texts import describe_code
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptEvent
from domain.gateways.refund_machine import RefundMachine
from domain.language.wording import day_and_hour_text
from domain.messages.catalogue import Catalogue
from domain.values.text import group_digits, persian_digits


@dataclass(frozen=True, slots=True)
class CardRefundStep:
    """One entry of a transfer's history, in words."""

    at: str
    """Day and hour in Tehran."""
    event_label: str
    """Event."""
    done_by: str
    """Actor: somebody of the staff, or the bank."""
    code: str | None
    """The bank's code, as it came."""
    code_meaning: str
    """The same in words; empty for one that has none."""
    reason: str
    """Reason; empty where nobody had to say."""


@dataclass(frozen=True, slots=True)
class CardRefundView:
    """A transfer back to a card, in words."""

    card_refund_id: int
    """Names it in addresses."""
    state_label: str
    """State of the money."""
    state_key: str
    """The state itself, for the style sheet."""
    is_open: bool
    """Whether its end is not known yet."""
    has_failed: bool
    """Whether the money did not go: it is due by another way."""
    may_be_denied: bool
    """Whether the staff may end it as never made."""
    amount: str
    """In rials, with Persian digits."""
    card: str | None
    """The card, masked; None where it is not known."""
    gateway_label: str
    """The bank gateway."""
    requested_at: str
    """Day and hour in Tehran."""
    requested_by: str
    """Name of the person who had it sent."""
    number: str
    """Our number of it at the bank."""
    reference: str | None
    """The bank's number of it; None before one is known."""
    code: str | None
    """Last code of the bank, as it came."""
    code_meaning: str
    """The same in words; empty for a code that has none."""
    steps: Sequence[CardRefundStep]
    """Its history, oldest first."""


@dataclass(frozen=True, slots=True)
class CardChoice:
    """Amount that can go to cards now."""

    amount: str
    """In rials, with Persian digits."""
    cards: str
    """The cards, masked; empty where none is known."""


@dataclass(frozen=True, slots=True)
class CardDiscount:
    """A discount of the bank's on a sale, in rials with Persian digits."""

    discount: str
    """Part borne by the bank."""
    card_amount: str
    """Part paid by the card, which it can have back."""


@dataclass(frozen=True, slots=True)
class CardMoneyView:
    """Ways for the money of a bill that is due back, and transfers on their way to a card."""

    choice: CardChoice | None
    """Amount that can go to cards; None: nothing can."""
    transferable_amount: str | None
    """Amount that can be transferred to an IBAN, in rials with Persian digits; None: nothing, or all is on its way."""
    discounts: Sequence[CardDiscount]
    """Sales of which less can go to the card than they are over; none where nothing is due."""
    refunds: Sequence[CardRefundView]
    """The bill's transfers to cards, oldest first."""

    @property
    def open_refunds(self) -> Sequence[CardRefundView]:
        """Those whose end is not known."""
        return [refund for refund in self.refunds if refund.is_open]

    @property
    def failed_refund(self) -> CardRefundView | None:
        """The last one, where its money did not go."""
        last_refund = self.refunds[-1] if self.refunds else None
        return last_refund if last_refund and last_refund.has_failed else None


async def load_card_money(
    context: ActionContext,
    bill_row_id: int,
    payments: Sequence[Payment],
    refunds: Sequence[Refund],
    member_names: Mapping[str, str],
) -> CardMoneyView:
    """Return what the page of a bill, with these payments and refunds, says of cards."""
    attempts = await context.uow.card_refunds.list_of_bill(bill_row_id) if refunds else []
    transfers = await plan_card_transfers(context, payments, refunds)
    free_amount = sum(refund.amount for refund in refunds if refund.is_free)
    return CardMoneyView(
        choice=_build_choice(transfers) if transfers else None,
        transferable_amount=group_digits(free_amount) if free_amount else None,
        discounts=await _load_discounts(context, payments) if free_amount else (),
        refunds=[await load_card_refund_view(context, attempt, member_names) for attempt in attempts],
    )


async def load_card_refund_view(
    context: ActionContext, refund: RefundAttempt, member_names: Mapping[str, str]
) -> CardRefundView:
    """Return a transfer in words; `member_names` is what members of the staff are called by user name."""
    catalogue = context.dependencies.catalogue
    card = (await context.uow.payment_attempts.get(refund.attempt_id)).card
    return CardRefundView(
        card_refund_id=refund.id,
        state_label=catalogue.text(f"admin.card_refunds.states.{refund.state}"),
        state_key=refund.state.value,
        is_open=refund.state.is_open,
        has_failed=refund.state.has_failed,
        may_be_denied=RefundMachine().may_be_denied(refund, context.dependencies.clock.now()),
        amount=group_digits(refund.amount),
        card=persian_digits(card) if card else None,
        gateway_label=catalogue.first_text(f"gateways.names.{refund.gateway}", fallback=refund.gateway),
        requested_at=day_and_hour_text(refund.created_at),
        requested_by=describe_actor(catalogue, refund.requested_by, member_names),
        number=str(refund.refund_number),
        reference=refund.reference,
        code=refund.code,
        code_meaning=describe_code(catalogue, refund.gateway, refund.code),
        steps=[
            _build_step(catalogue, refund.gateway, event, member_names)
            for event in await context.uow.card_refunds.list_events(refund.id)
        ],
    )


def _build_step(
    catalogue: Catalogue, gateway: str, event: RefundAttemptEvent, member_names: Mapping[str, str]
) -> CardRefundStep:
    return CardRefundStep(
        at=day_and_hour_text(event.at),
        event_label=catalogue.text(f"admin.card_refunds.events.{event.event}"),
        done_by=describe_actor(catalogue, str(event.details.get("by", "")), member_names),
        code=event.code,
        code_meaning=describe_code(catalogue, gateway, event.code),
        reason=str(event.details.get("reason", "")),
    )


async def _load_discounts(context: ActionContext, payments: Sequence[Payment]) -> list[CardDiscount]:
    return [
        CardDiscount(group_digits(attempt.amount - attempt.card_amount), group_digits(attempt.card_amount))
        for attempt in await list_discounted_sales(context, payments)
    ]


def _build_choice(transfers: Sequence[CardTransfer]) -> CardChoice:
    cards = dict.fromkeys(_isolate(one.attempt.card) for one in transfers if one.attempt.card)
    return CardChoice(group_digits(sum(one.amount for one in transfers)), "، ".join(cards))


def _isolate(card: str) -> str:
    """Return a masked number for a Persian sentence: its groups stay in order."""
    return f"\u2066{persian_digits(card)}\u2069"
