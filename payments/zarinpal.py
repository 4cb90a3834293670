"""Zarinpal: its REST protocol, version 4.

Source: facts-iran.md, "Bank gateways", and Zarinpal's published pages (request, verify, unVerified, inquiry, reverse,
list of errors). Every answer is `{"data": {"code": …}, "errors": []}` or `{"data": [], "errors": {"code": …}}`; `data`
is `[]` or `{}` on error, codes come as numbers and as texts.

- The session is named by `authority`; the callback (GET) brings it alone, with `Status` OK or NOK and no reason.
- `verify` answers 100, and 101 when it was verified before. It names no amount: it takes ours, and answers −50 when
  the session is over another one, which only a mistake of ours can bring about.
- `inquiry` returns the state of a session and verifies nothing. IN_BANK (the payer is at the bank's page) counts as
  unpaid: PAID is another word, and what is paid after the session's end is found in the list of unverified sales.
- `unVerified` lists what was paid and not verified, a hundred at most.
- `reverse` gives a successful payment back within 30 minutes, and only to merchants whose address is registered (−62).

Assumed, for it is published nowhere: how long a session lasts (the setting SESSION_MINUTES).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from pydantic import Field, SecretStr

from domain.gateways.capabilities import GatewayCapabilities, InquiryKey, RepeatedVerify, Settlement
from domain.gateways.card_numbers import mask_card
from domain.gateways.gateway import (
    UNREADABLE,
    DeclineReason,
    GatewayAnswer,
    GatewayCallback,
    PaymentOrder,
    PaymentPage,
    Sale,
    SaleState,
    StartRefusal,
    UnverifiedSale,
)
from domain.values.identifiers import display_mobile
from payments.answer_values import (
    read_amount,
    read_code,
    read_name,
    read_object,
    require_callback_name,
)
from payments.gateway_settings import NOT_SET, BankAddress, BankSettings
from payments.rest_gateway import (
    OUR_FAULT,
    CodeMeaning,
    RestGateway,
    answer_by_code,
    read_result_code,
    refuse_start,
)

NAME = "zarinpal"

LONGEST_DESCRIPTION = 500
"""Characters that the bank takes."""

_SUCCESS, _VERIFIED_BEFORE = "100", "101"

MEANINGS: Mapping[str, CodeMeaning] = MappingProxyType(
    {
        "-9": OUR_FAULT,  # the request is not valid
        "-10": OUR_FAULT,  # merchant id or address
        "-11": OUR_FAULT,  # the terminal is not active
        "-13": OUR_FAULT,  # a limit of the terminal
        "-14": OUR_FAULT,  # the callback's domain is not the registered one
        "-15": OUR_FAULT,  # suspended
        "-16": OUR_FAULT,  # the merchant's level
        "-17": OUR_FAULT,
        "-18": OUR_FAULT,  # the referrer's domain
        "-19": OUR_FAULT,  # banned
        "-30": OUR_FAULT,  # shares among accounts are not agreed upon
        "-31": OUR_FAULT,
        "-50": CodeMeaning(DeclineReason.AMOUNT, is_our_fault=True),
        "-51": CodeMeaning(DeclineReason.NOT_STATED, SaleState.UNPAID),
        "-53": OUR_FAULT,  # the session is another merchant's
        "-54": OUR_FAULT,  # no such session
        "-62": OUR_FAULT,  # reversing needs a registered address
    }
)
"""Meanings of the published codes. −12 (too many calls), −52 (the bank's own fault) and those of a reversal that the
bank does not do (−60, −61, −63) prove nothing about the sale."""

STATES: Mapping[str, SaleState] = MappingProxyType(
    {
        "IN_BANK": SaleState.UNPAID,
        "FAILED": SaleState.UNPAID,
        "PAID": SaleState.AWAITING_VERIFICATION,
        "VERIFIED": SaleState.VERIFIED,
        "REVERSED": SaleState.REVERSED,
    }
)
"""States of an inquiry."""


class ZarinpalSettings(BankSettings):
    """The section of Zarinpal."""

    base_url: BankAddress = Field(
        "https://payment.zarinpal.com", description="Where Zarinpal answers and its payment page is."
    )
    merchant_id: SecretStr = Field(NOT_SET, description="Merchant id, 36 characters, as Zarinpal gave it.")
    session_minutes: int = Field(
        30, ge=1, le=240, description="Minutes that a payer has at Zarinpal (assumed: none are published)."
    )

    def build_gateway(self, public_address: str) -> "Zarinpal":
        """Return the gateway."""
        return Zarinpal(self)


class Zarinpal(RestGateway):
    """Implements `PaymentGateway` by `{base_url}/pg/v4/payment/`."""

    def __init__(self, settings: ZarinpalSettings) -> None:
        capabilities = GatewayCapabilities(
            session_lasts=timedelta(minutes=settings.session_minutes),
            verify_within=None,
            inquiry=InquiryKey.ORDER,
            repeated_verify=RepeatedVerify.SAYS_SO,
            callback_carries_token=not settings.fixed_callback,
            settlement=Settlement.WITH_VERIFY,
            reverse_within=timedelta(minutes=30),
            lists_unverified=True,
            callback_methods=frozenset({"GET"}),
        )
        super().__init__(NAME, settings, settings.base_url, capabilities)
        self._merchant_id = settings.merchant_id

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Ask for an `authority`, and send the browser to its page."""
        metadata = {"order_id": str(order.order_number)}
        if order.payer_mobile:
            metadata["mobile"] = display_mobile(order.payer_mobile)
        code, data = await self._call(
            "request",
            amount=order.amount,
            currency="IRR",
            callback_url=order.callback_url,
            description=order.description[:LONGEST_DESCRIPTION],
            metadata=metadata,
        )
        if code != _SUCCESS:
            return refuse_start(code, MEANINGS)
        authority = read_name(data.get("authority"))
        if authority is None:
            return refuse_start(UNREADABLE, MEANINGS)
        return PaymentPage(authority, f"{self._base_url}/pg/StartPay/{quote(authority, safe='')}", {})

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read `Authority` and `Status`."""
        status = require_callback_name(values, "Status")
        is_paid = status.upper() == "OK"
        return GatewayCallback(
            reference=require_callback_name(values, "Authority"),
            is_paid=is_paid,
            code=read_code(status),
            reason=None if is_paid else DeclineReason.NOT_STATED,
        )

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Verify; the bank compares the amount."""
        code, data = await self._call("verify", authority=sale.reference, amount=sale.amount)
        if code not in {_SUCCESS, _VERIFIED_BEFORE}:
            return answer_by_code(code, MEANINGS)
        return GatewayAnswer(
            sale_state=SaleState.VERIFIED,
            code=code,
            sale_number=read_name(data.get("ref_id")),
            card=mask_card(read_name(data.get("card_pan"))),
        )

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Ask for the session's state, which is the answer's code."""
        code, data = await self._call("inquiry", authority=sale.reference)
        if code != _SUCCESS:
            return answer_by_code(code, MEANINGS)
        status = read_code(data.get("status"))
        state = STATES.get(status)
        reason = DeclineReason.NOT_STATED if state is SaleState.UNPAID else None
        return GatewayAnswer(sale_state=state, code=status, reason=reason)

    async def reverse(self, sale: Sale) -> GatewayAnswer:
        """Give back; a refusal proves nothing about the sale, and is followed by an inquiry."""
        code, _ = await self._call("reverse", authority=sale.reference)
        if code != _SUCCESS:
            return answer_by_code(code, MEANINGS)
        return GatewayAnswer(sale_state=SaleState.REVERSED, code=code)

    async def list_unverified(self) -> Sequence[UnverifiedSale]:
        """Return the sales that were paid and not verified; rows that cannot be read are left out."""
        code, data = await self._call("unVerified")
        rows = data.get("authorities")
        if code != _SUCCESS or not isinstance(rows, list):
            return ()
        return [sale for row in rows if (sale := _read_unverified(read_object(row)))]

    async def _call(self, operation: str, **parameters: object) -> tuple[str, Mapping[str, Any]]:
        """Return the code of an answer, or of its absence, and its data."""
        payload = {"merchant_id": self._merchant_id.get_secret_value(), **parameters}
        response = await self._post(f"/pg/v4/payment/{operation}.json", payload)
        data, errors = read_object(response.document.get("data")), read_object(response.document.get("errors"))
        return read_result_code(response, data.get("code", errors.get("code"))), data


def _read_unverified(row: Mapping[str, Any]) -> UnverifiedSale | None:
    authority, amount = read_name(row.get("authority")), read_amount(row.get("amount"))
    return UnverifiedSale(authority, amount) if authority is not None and amount is not None else None
