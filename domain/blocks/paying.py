"""The way from a price to its payment, the same for every service that charges (services.md, "Tariffs and money")."""

from domain.bills.bill import BillState
from domain.blocks.asking import REASON
from domain.blocks.charging import (
    BillsSettled,
    CloseOpenBills,
    FreeOfCharge,
    HasCharge,
    IssueBill,
    NoPaymentUnresolved,
    WaiveBills,
    compute_payment_expiry,
)
from domain.language.service import Audience, Effect, MomentReckoner, Notice, Transition, Trigger
from domain.values.actors import Role

REVENUE_ROLES = frozenset({Role.REVENUE})


def payment_transitions(*expiry_effects: Effect, reckon_limit: MomentReckoner | None = None) -> tuple[Transition, ...]:
    """Return the steps `priced` → `awaiting_payment` → `paid`, waived or `expired`; a price of nothing is paid at once.

    `expiry_effects` are the effects that an expiry has besides closing the bill (what was held is freed);
    `reckon_limit` reckons until when the service takes money at all (`IssueBill`). Each step has
    a notice of its name, but for the way back to waiting when a payment was recorded wrongly: who reverses it sends
    that. When money came, the unit whose turn it is
    has one too.
    """
    return (
        Transition(
            "bill", ("priced",), "awaiting_payment", condition=HasCharge(), effects=(IssueBill(reckon_limit),),
            notices=(Notice("bill"),), trigger=Trigger.AUTOMATIC,
        ),
        Transition(
            "free", ("priced",), "paid", condition=FreeOfCharge(), notices=(Notice("free"),), trigger=Trigger.AUTOMATIC
        ),
        Transition(
            "pay", ("awaiting_payment",), "paid", guards=(BillsSettled(),),
            notices=(Notice("pay"), Notice("unit_paid", Audience.OWNER_UNIT)), trigger=Trigger.BILL_SETTLED,
        ),
        Transition("await_payment", ("paid",), "awaiting_payment", trigger=Trigger.PAYMENT_REVERSED),
        Transition(
            "waive", ("awaiting_payment",), "paid", REVENUE_ROLES, inputs=(REASON,),
            guards=(NoPaymentUnresolved(),), effects=(WaiveBills(),), notices=(Notice("waive"),),
        ),
        Transition(
            "expire", ("awaiting_payment",), "expired", guards=(NoPaymentUnresolved(),),
            effects=(CloseOpenBills(BillState.EXPIRED), *expiry_effects), notices=(Notice("expire"),),
            trigger=Trigger.DEADLINE, reckon_deadline=compute_payment_expiry,
        ),
    )  # fmt: skip
