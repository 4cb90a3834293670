"""Rules under test, as one value: the machines, and the rules of their driver and store. Planted faults change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.actions.payments.claims import CLAIM_LEASE
from domain.gateways.attempt import AttemptState, GatewayCall
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import GatewayAnswer
from domain.gateways.refund_machine import RefundMachine


def read_plainly(call: GatewayCall, answer: GatewayAnswer) -> GatewayAnswer:
    """Read a bank's answer as a right gateway does: by what the sale is since, whatever the code."""
    return answer


STATEMENTS: Mapping[AttemptState, str] = {
    AttemptState.SETTLED: "paid",
    AttemptState.FAILED: "not_paid",
    AttemptState.REVERSED: "given_back",
}
"""Certain statements of the result page; of every other state, that it is not known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverRules:
    """Rules that `domain/actions/payments` and the store keep to; each is broken by one of the planted faults."""

    machine: type[AttemptMachine] = AttemptMachine
    refund_machine: type[RefundMachine] = RefundMachine
    read_answer: Callable[[GatewayCall, GatewayAnswer], GatewayAnswer] = field(default=read_plainly)
    """Reading of codes by a gateway's file."""
    reclaims_after: timedelta | None = CLAIM_LEASE
    """Duration of a claim; None: without end."""
    drops_stale_denials: bool = True
    """«Not paid» and silence say nothing of an attempt that moved on while the bank was asked."""
    judges_by_storing: bool = False
    """An answer is taken for what is so when it is stored, not when the bank was asked."""
    stores_effects_with_change: bool = True
    """An attempt and what follows from it are one transaction."""
    stores_before_leaving: bool = True
    """The browser leaves once the bank's name of the session is stored."""
    refuses_known_sales: bool = True
    """A sale number that another attempt has is refused."""
    compares_exactly: bool = True
    """References are compared letter by letter."""
    holds_bills: bool = True
    """Bills of an open attempt cannot be cancelled."""
    releases_held_by_others: bool = False
    """Bills are let go although another attempt holds them."""
    settles_twice: bool = False
    """A bill that is paid is paid once more, and nothing is surplus."""
    keeps_surplus: bool = True
    """Money for a settled bill is due back."""
    expects_start_to_end: bool = True
    """An attempt whose session never opened is looked after."""
    polls_list: bool = True
    """Lists of unverified sales are read."""
    draws_tokens: bool = True
    """Callback addresses bear a secret, where the bank lets them."""
    reads_settlement_file: bool = True
    waits_for_coverage: bool = True
    """Nothing is concluded from a file that does not name a sale before every file has come that could name it."""
    stores_refund_before_sending: bool = True
    """A transfer is stored as sent before the bank is asked for it."""
    limits_refunds: bool = True
    """No more goes back than came."""
    statements: Mapping[AttemptState, str] = field(default_factory=lambda: STATEMENTS)
    """Statements of the result page."""
