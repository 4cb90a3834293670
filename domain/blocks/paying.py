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
    payment_gives_up,
)
from domain.fields.form import Field
from domain.fields.types import Moment
from domain.language.service import Effect, Notice, Transition, Trigger
from domain.values.actors import Role

REVENUE = frozenset({Role.REVENUE})
PAYMENT_DEADLINE = Field("payment_deadline", Moment())
"""Until when the bill is to be paid, as requests keep it."""


def paying(*given_up: Effect) -> tuple[Transition, ...]:
    """Return the steps `priced` → `awaiting_payment` → `paid`, waived or `expired`; a price of nothing is paid at once.

    `given_up` are the effects that an expiry has besides closing the bill (what was held is freed). Each step has a
    notice of its name, but for the way back to waiting when a payment was recorded wrongly: who reverses it tells so.
    """
    return (
        Transition(
            "bill", ("priced",), "awaiting_payment", when=HasCharge(), effects=(IssueBill(),),
            notices=(Notice("bill"),), trigger=Trigger.AUTOMATIC,
        ),
        Transition(
            "free", ("priced",), "paid", when=FreeOfCharge(), notices=(Notice("free"),), trigger=Trigger.AUTOMATIC
        ),
        Transition(
            "pay", ("awaiting_payment",), "paid", guards=(BillsSettled(),),
            notices=(Notice("pay"),), trigger=Trigger.BILL_SETTLED,
        ),
        Transition("await_payment", ("paid",), "awaiting_payment", trigger=Trigger.PAYMENT_REVERSED),
        Transition(
            "waive", ("awaiting_payment",), "paid", REVENUE, inputs=(REASON,),
            guards=(NoPaymentUnresolved(),), effects=(WaiveBills(),), notices=(Notice("waive"),),
        ),
        Transition(
            "expire", ("awaiting_payment",), "expired", guards=(NoPaymentUnresolved(),),
            effects=(CloseOpenBills(BillState.EXPIRED), *given_up), notices=(Notice("expire"),),
            trigger=Trigger.DEADLINE, deadline=payment_gives_up,
        ),
    )  # fmt: skip
