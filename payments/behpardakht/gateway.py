"""The gateway of Bank Mellat behind the port: sessions, sales and transfers back to cards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from pydantic import SecretStr
from yarl import URL

from domain.gateways.capabilities import (
    GatewayCapabilities,
    InquiryKey,
    RefundScope,
    RepeatedVerify,
    Settlement,
)
from domain.gateways.gateway import (
    NOT_CONNECTED,
    UNREADABLE,
    CardRefund,
    CardRefundAnswer,
    CardRefundState,
    GatewayAnswer,
    GatewayCallback,
    PaymentOrder,
    PaymentPage,
    Sale,
    StartRefusal,
    UnverifiedSale,
)
from domain.values.calendar import TEHRAN_ZONE
from payments.behpardakht.callback import read_behpardakht_callback
from payments.behpardakht.codes import (
    OUR_FAULTS,
    REFUND_NOT_FOUND,
    REFUND_REFUSALS,
    SALE_STATES,
    SUCCESS,
    VERIFIED_BEFORE,
    SaleCall,
    read_reason,
)
from payments.behpardakht.soap_client import BankUnanswered, SoapClient

BEHPARDAKHT_CAPABILITIES = GatewayCapabilities(
    session_lasts=timedelta(minutes=15),
    verify_within=timedelta(minutes=20),
    inquiry=InquiryKey.SALE_NUMBER,
    repeated_verify=RepeatedVerify.SAYS_SO,
    settlement=Settlement.BY_CALL,
    reverse_within=timedelta(hours=3),
    refund=RefundScope.PARTIAL,
    callback_methods=frozenset({"POST"}),
    needs_fixed_address=True,
    needs_referrer=True,
)
"""From the manual 1.29; 15 minutes is the least that it wants a merchant's session to last, and has none of its own.
It gives sales back on the day of the sale only: later the bank says so, and the attempt is before the staff's eyes.
"""

LONGEST_DESCRIPTION = 250
"""Characters of what is paid for that the payer is shown; the manual names no limit."""

_RESULT = re.compile(r"([0-9]{1,6})(?:\s*,\s*([0-9A-Za-z]{1,64}))?")


class BankResult(NamedTuple):
    """Result of an operation: a code, and after a comma the name of what it made."""

    code: str
    """The bank's own, or one of `UNANSWERED_CODES`."""
    made: str | None = None
    """A session's RefId, or the number of a transfer."""


@dataclass(frozen=True, slots=True)
class BehpardakhtTerminal:
    """A merchant's terminal, as the bank set it up."""

    number: int
    """Of the internet terminal."""
    username: str
    password: SecretStr


class BehpardakhtGateway:
    """Behpardakht Mellat. Each call names its sale by our order number, the later ones by the bank's number too."""

    name = "behpardakht"

    def __init__(
        self, client: SoapClient, terminal: BehpardakhtTerminal, start_url: str, *, fixed_callback: bool = False
    ) -> None:
        self.capabilities = replace(BEHPARDAKHT_CAPABILITIES, callback_carries_token=not fixed_callback)
        self._client = client
        self._terminal = terminal
        self._start_url = start_url
        self.form_origins: tuple[str, ...] = (str(URL(start_url).origin()),)

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Open a session with `bpPayRequest`."""
        clock_time = order.started_at.astimezone(TEHRAN_ZONE)
        result = await self._call(
            "bpPayRequest",
            orderId=order.order_number,
            amount=order.amount,
            localDate=f"{clock_time:%Y%m%d}",
            localTime=f"{clock_time:%H%M%S}",
            additionalData="",
            callBackUrl=order.callback_url,
            payerId="0",
        )
        if result.code == SUCCESS and result.made:
            return PaymentPage(result.made, self._start_url, _build_form_fields(result.made, order))
        code = UNREADABLE if result.code == SUCCESS else result.code
        return StartRefusal(code, read_reason(code), is_our_fault=code in OUR_FAULTS)

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read what the browser posts."""
        return read_behpardakht_callback(values)

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Verify with `bpVerifyRequest`. It says no amount: the session was opened over ours, and is none else's."""
        return await self._ask(SaleCall.VERIFY, sale)

    async def settle(self, sale: Sale) -> GatewayAnswer:
        """Settle with `bpSettleRequest`; without it the bank deposits nothing."""
        return await self._ask(SaleCall.SETTLE, sale)

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Inquire with `bpInquiryRequest`."""
        return await self._ask(SaleCall.INQUIRE, sale)

    async def reverse(self, sale: Sale) -> GatewayAnswer:
        """Give a verified sale back with `bpReversalRequest`."""
        return await self._ask(SaleCall.REVERSE, sale)

    async def refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Ask for a transfer with `bpRefundRequest` and confirm it with `bpRefundVerifyRequest`."""
        result = await self._call(
            "bpRefundRequest",
            orderId=refund.refund_number,
            saleOrderId=refund.sale.order_number,
            saleReferenceId=int(refund.sale.sale_number or 0),
            refundAmount=refund.amount,
        )
        if result.code == SUCCESS and result.made and result.made.isdecimal():
            return await self._confirm_refund(refund, result.made)
        if result.code == NOT_CONNECTED:
            return CardRefundAnswer(refund_state=CardRefundState.ABSENT, code=NOT_CONNECTED)
        if result.code in REFUND_REFUSALS:
            return await self._prove_refusal(refund, result.code)
        return CardRefundAnswer(refund_state=None, code=UNREADABLE if result.code == SUCCESS else result.code)

    async def inquire_refund(self, refund: CardRefund) -> CardRefundAnswer:
        """Ask for a transfer by our number of it, with `bpRefundInquiryRequest`."""
        code = await self._call_about_refund("bpRefundInquiryRequest", refund, refund.reference)
        return CardRefundAnswer(refund_state=_read_refund(code, refund), code=code, reference=refund.reference)

    async def list_unverified(self) -> Sequence[UnverifiedSale]:
        """Return nothing: the bank has no list."""
        return ()

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        await self._client.close()

    async def _ask(self, operation: SaleCall, sale: Sale) -> GatewayAnswer:
        """Ask about a sale: the number of the question may be that of the order, says the manual of each of them."""
        result = await self._call(
            operation,
            orderId=sale.order_number,
            saleOrderId=sale.order_number,
            saleReferenceId=int(sale.sale_number or 0),
        )
        code = UNREADABLE if result.made else result.code
        return GatewayAnswer(sale_state=SALE_STATES[operation].get(code), code=code, is_our_fault=code in OUR_FAULTS)

    async def _confirm_refund(self, refund: CardRefund, reference: str) -> CardRefundAnswer:
        """Confirm a transfer that the bank took; whatever it answers, the number is stored for the inquiry."""
        code = await self._call_about_refund("bpRefundVerifyRequest", refund, reference)
        state = _read_refund(code, replace(refund, reference=reference))
        return CardRefundAnswer(refund_state=state, code=code, reference=reference)

    async def _prove_refusal(self, refund: CardRefund, refusal: str) -> CardRefundAnswer:
        """Inquire a transfer that the bank seems to refuse: it is refused where the bank has none of that number."""
        code = await self._call_about_refund("bpRefundInquiryRequest", refund, None)
        if code == REFUND_NOT_FOUND:
            return CardRefundAnswer(refund_state=CardRefundState.REFUSED, code=refusal)
        return CardRefundAnswer(refund_state=_read_refund(code, refund), code=refusal)

    async def _call_about_refund(self, operation: str, refund: CardRefund, reference: str | None) -> str:
        result = await self._call(
            operation,
            orderId=refund.refund_number,
            refundOrderId=refund.refund_number,
            refundReferenceId=int(reference or 0),
        )
        return UNREADABLE if result.made else result.code

    async def _call(self, operation: str, **fields: int | str) -> BankResult:
        credentials: dict[str, int | str] = {
            "terminalId": self._terminal.number,
            "userName": self._terminal.username,
            "userPassword": self._terminal.password.get_secret_value(),
        }
        try:
            returned = await self._client.call(operation, {**credentials, **fields})
        except BankUnanswered as unanswered:
            return BankResult(unanswered.code)
        result = _RESULT.fullmatch(returned.strip())
        return BankResult(result[1], result[2]) if result else BankResult(UNREADABLE)


def _read_refund(code: str, refund: CardRefund) -> CardRefundState | None:
    """Return what a transfer is after a code. One whose number the bank named is never absent, whatever it says."""
    if code in {SUCCESS, VERIFIED_BEFORE}:
        return CardRefundState.DONE
    return CardRefundState.ABSENT if code == REFUND_NOT_FOUND and refund.reference is None else None


def _build_form_fields(reference: str, order: PaymentOrder) -> dict[str, str]:
    """Return what the browser posts; `CartItem` is shown to the payer, by the mobile the bank offers known cards."""
    fields = {"RefId": reference, "CartItem": order.description[:LONGEST_DESCRIPTION]}
    return fields if order.payer_mobile is None else {**fields, "MobileNo": order.payer_mobile.removeprefix("+")}
