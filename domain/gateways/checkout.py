"""Payments inside a messenger's chat: the messenger asks before it takes the money, and says afterwards that it did.

Both come as updates of its bot, and not by a browser. They are written out as names and values, so that the gateway
reads them and the store keeps them as any callback. What came of a payment is asked of the messenger, as of any bank.
"""

from enum import StrEnum

BOT_UPDATE = "BOT"
"""Method in a `CallbackRecord` that came by a bot."""

UPDATE_KIND_FIELD = "update_kind"
"""The value beside the messenger's own ones that says which update it is (`PaymentUpdateKind`)."""

REFUSAL_FIELD = "refusal"
"""The value that says why we refused a payment (`CheckoutRefusal`); absent where we allowed it."""


class PaymentUpdateKind(StrEnum):
    """The updates of a bot that are about money, as the Bot API names them."""

    PRE_CHECKOUT_QUERY = "pre_checkout_query"
    """The payer confirmed; without our yes within ten seconds nothing is taken."""
    SUCCESSFUL_PAYMENT = "successful_payment"
    """The messenger says that the payer paid."""


class CheckoutRefusal(StrEnum):
    """Reason for refusing a payment before it is taken, as the payer reads it (`payments.checkout` in the texts)."""

    FOREIGN = "foreign"
    """It names no attempt of ours."""
    OVER = "over"
    """The attempt has ended, or its time is up."""
    AMOUNT = "amount"
    """It is over another amount than the bills."""
    CLOSED = "closed"
    """A bill of it was paid, expired or was withdrawn meanwhile."""
    CLAIMED = "claimed"
    """Another payment of a bill of it is said to be made already."""
