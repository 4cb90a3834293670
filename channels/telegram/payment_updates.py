"""Updates about money, read by ourselves: the library refuses those in which a field is missing that we do not need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.gateways.checkout import REFUSAL_FIELD, UPDATE_KIND_FIELD, PaymentUpdateKind


@dataclass(frozen=True, slots=True)
class PaymentUpdate:
    """An update about money."""

    update_number: int
    """The messenger's own."""
    kind: PaymentUpdateKind
    """Text."""
    values: Mapping[str, str]
    """The messenger's names and values, and `UPDATE_KIND_FIELD`."""
    sender_id: str
    """Payer, as the messenger numbers them; empty where it does not say."""

    @property
    def chat_id(self) -> str:
        """Chat whose updates it waits behind: nothing. A query has ten seconds, and other updates of its chat may take
        longer."""
        return f"payment:{self.update_number}"

    @property
    def query_id(self) -> str:
        """Names a query to the messenger, which waits for the answer."""
        return self.values.get("id", "")

    @property
    def payment_id(self) -> str:
        """Names a payment that was made to the messenger; empty where it does not say."""
        return self.values.get("telegram_payment_charge_id", "")


def read_payment_update(raw_update: Mapping[str, Any]) -> PaymentUpdate | None:
    """Return what an update says of money; None for one that says nothing of it. It never raises."""
    query, message = raw_update.get("pre_checkout_query"), raw_update.get("message")
    if isinstance(query, dict):
        return _build_update(raw_update, PaymentUpdateKind.PRE_CHECKOUT_QUERY, query, query)
    payment = message.get("successful_payment") if isinstance(message, dict) else None
    if isinstance(message, dict) and isinstance(payment, dict):
        return _build_update(raw_update, PaymentUpdateKind.SUCCESSFUL_PAYMENT, payment, message)
    return None


def _build_update(
    raw_update: Mapping[str, Any], kind: PaymentUpdateKind, content: Mapping[str, Any], sent: Mapping[str, Any]
) -> PaymentUpdate:
    values = {name: str(value) for name, value in content.items() if isinstance(value, str | int)}
    values.pop(REFUSAL_FIELD, None)  # ours alone to write
    sender, number = sent.get("from"), raw_update.get("update_id")
    return PaymentUpdate(
        update_number=number if isinstance(number, int) else 0,
        kind=kind,
        values={**values, UPDATE_KIND_FIELD: kind.value},
        sender_id=str(sender.get("id", "")) if isinstance(sender, dict) else "",
    )
