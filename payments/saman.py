"""Saman Electronic Payment (SEP): the token protocol with REST verification.

Source: facts-iran.md, "Bank gateways" (SEP's manual 3.3), and what public libraries carry of the later manual. A
token names the session, and our order number goes along as `ResNum`. The browser posts the token to the payment page
and comes back by POST with `State`, `Status`, `ResNum`, and `RefNum`, the digital receipt.

- A receipt verifies any number of times: to use it once is the merchant's matter, and `OrginalAmount` (their spelling)
  has to be compared. Later versions answer a repeat with 2; both count as verified, and neither does without an amount:
  a receipt of another payment would pass for this one.
- `AffectiveAmount` is what the payer paid after a discount that the bank bears.
- Nothing can be asked without the receipt; with it, verifying is asking. Code 5 says that the sale went back.
- What is not verified within 30 minutes goes back by itself; a verified sale can be given back for 50 minutes.
- Calls are taken from registered addresses alone (−106).

Assumed, for it was not confirmed: how long a token lasts (the setting SESSION_MINUTES); that the answer may name the
order (`ResNum`) and spell `OriginalAmount`; that the callback may bring the token. All three are read where they come.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from pydantic import Field

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
)
from domain.values.identifiers import display_mobile
from payments.answer_values import (
    find_callback_name,
    find_callback_value,
    find_value,
    read_amount,
    read_code,
    read_name,
    read_object,
    require_callback_name,
    require_callback_number,
)
from payments.gateway_settings import BankAddress, BankSettings
from payments.rest_gateway import (
    NO_SALE_NUMBER,
    OTHER_ORDER,
    OUR_FAULT,
    CodeMeaning,
    RestGateway,
    answer_by_code,
    read_result_code,
    refuse_start,
)

NAME = "saman"

START_MEANINGS: Mapping[str, CodeMeaning] = MappingProxyType(
    {
        "5": OUR_FAULT,  # parameters
        "8": OUR_FAULT,  # our server's address
        "11": OUR_FAULT,  # a terminal for tokens alone
        "12": OUR_FAULT,  # no such terminal
    }
)
"""Meanings of the codes of a refused token."""

RESULT_MEANINGS: Mapping[str, CodeMeaning] = MappingProxyType(
    {
        "-2": CodeMeaning(DeclineReason.NOT_STATED, SaleState.UNPAID),  # there is no payment with this receipt
        "5": CodeMeaning(sale_state=SaleState.REVERSED),
        "-18": OUR_FAULT,  # our server's address, in earlier versions
        "-104": OUR_FAULT,  # the terminal is not active
        "-105": OUR_FAULT,  # no such terminal
        "-106": OUR_FAULT,  # our server's address
    }
)
"""Meanings of the codes of verifying and reversing. −6 (more than half an hour ago) does not tell whether the sale was
verified before."""

STATE_REASONS: Mapping[str, DeclineReason] = MappingProxyType(
    {
        "canceledbyuser": DeclineReason.CANCELLED,
        "failed": DeclineReason.NOT_STATED,
        "sessionisnull": DeclineReason.SESSION,
        "tokennotfound": DeclineReason.SESSION,
        "invalidcardnumber": DeclineReason.CARD,
        "nosuchissuer": DeclineReason.CARD,
        "expiredcardpickup": DeclineReason.CARD,
        "suspectedfraudpickup": DeclineReason.CARD,
        "incorrectpin": DeclineReason.PIN,
        "allowablepintriesexceededpickup": DeclineReason.PIN,
        "nosufficientfunds": DeclineReason.FUNDS,
        "exceedswithdrawalamountlimit": DeclineReason.LIMIT,
        "issuerdownslm": DeclineReason.ISSUER,
        "transactioncannotbecompleted": DeclineReason.ISSUER,
        "invalidamount": DeclineReason.AMOUNT,
        "invalidparameters": DeclineReason.BANK,
        "merchantipaddressisinvalid": DeclineReason.BANK,
        "tokenrequired": DeclineReason.BANK,
        "terminalnotfound": DeclineReason.BANK,
        "tmeerror": DeclineReason.BANK,
    }
)
"""Reasons by `State` for a payment that was not made, without its capitals; some are of older versions."""

STATUS_REASONS: Mapping[str, DeclineReason] = MappingProxyType(
    {
        "1": DeclineReason.CANCELLED,
        "3": DeclineReason.NOT_STATED,
        "4": DeclineReason.SESSION,
        "5": DeclineReason.BANK,
        "8": DeclineReason.BANK,
        "9": DeclineReason.PIN,
        "10": DeclineReason.SESSION,
        "11": DeclineReason.BANK,
        "12": DeclineReason.BANK,
    }
)
"""The same for `Status`, where `State` is none that is known."""

_PAID_STATE, _PAID_STATUS = "ok", "2"
_SUCCESS, _REPEATED = "0", "2"


class SamanSettings(BankSettings):
    """The section of Saman."""

    base_url: BankAddress = Field("https://sep.shaparak.ir", description="Where SEP answers and its payment page is.")
    terminal_id: str = Field("", pattern="^[0-9]{0,18}$", description="Terminal number, as the bank gave it (digits).")
    session_minutes: int = Field(
        20, ge=1, le=240, description="Minutes that a payer has at SEP (assumed: the manual was not at hand)."
    )

    def build_gateway(self, public_address: str) -> "Saman":
        """Return the gateway."""
        return Saman(self)


class Saman(RestGateway):
    """Implements `PaymentGateway` by `{base_url}/onlinepg/` and `{base_url}/verifyTxnRandomSessionkey/ipg/`."""

    def __init__(self, settings: SamanSettings) -> None:
        capabilities = GatewayCapabilities(
            session_lasts=timedelta(minutes=settings.session_minutes),
            verify_within=timedelta(minutes=30),
            callback_names_session=False,
            inquiry=InquiryKey.SALE_NUMBER,
            repeated_verify=RepeatedVerify.SUCCEEDS,
            callback_carries_token=not settings.fixed_callback,
            settlement=Settlement.WITH_VERIFY,
            reverse_within=timedelta(minutes=50),
            needs_fixed_address=True,
        )
        super().__init__(NAME, settings, settings.base_url, capabilities)
        self._terminal_id = settings.terminal_id
        self._terminal_number = int(settings.terminal_id or 0)

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Ask for a token, and let the browser post it."""
        payload: dict[str, object] = {
            "action": "token",
            "TerminalId": self._terminal_id,
            "Amount": order.amount,
            "ResNum": str(order.order_number),
            "RedirectUrl": order.callback_url,
        }
        if order.payer_mobile:
            payload["CellNumber"] = display_mobile(order.payer_mobile)
        response = await self._post("/onlinepg/onlinepg", payload)
        if read_code(response.document.get("status")) != "1":
            return refuse_start(read_result_code(response, response.document.get("errorCode")), START_MEANINGS)
        token = read_name(response.document.get("token"))
        if token is None:
            return refuse_start(UNREADABLE, START_MEANINGS)
        return PaymentPage(token, f"{self._base_url}/OnlinePG/OnlinePG", {"Token": token, "GetMethod": ""})

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read `State`, `Status`, `ResNum`, `RefNum`, `SecurePan`; a payment without a receipt is none."""
        state, status = find_callback_value(values, "State"), find_callback_value(values, "Status")
        is_paid = state.casefold() == _PAID_STATE or status == _PAID_STATUS
        code = read_code(status or require_callback_name(values, "State"))
        return GatewayCallback(
            order_number=require_callback_number(values, "ResNum"),
            reference=find_callback_name(values, "Token"),
            sale_number=require_callback_name(values, "RefNum") if is_paid else None,
            is_paid=is_paid,
            code=code,
            reason=None if is_paid else _find_reason(state, status),
            card=mask_card(find_callback_value(values, "SecurePan")),
        )

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Verify by the receipt, as often as one likes."""
        code, document = await self._call("VerifyTransaction", sale)
        if code not in {_SUCCESS, _REPEATED}:
            return answer_by_code(code, RESULT_MEANINGS)
        return _read_detail(sale, code, read_object(find_value(document, "TransactionDetail")))

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Verify: the receipt answers the same any number of times."""
        return await self.verify(sale)

    async def reverse(self, sale: Sale) -> GatewayAnswer:
        """Give back; a refusal proves nothing, and is followed by an inquiry."""
        code, _ = await self._call("ReverseTransaction", sale)
        if code in {_SUCCESS, _REPEATED}:
            return GatewayAnswer(sale_state=SaleState.REVERSED, code=code)
        is_our_fault = RESULT_MEANINGS.get(code, CodeMeaning()).is_our_fault
        return GatewayAnswer(sale_state=None, code=code, is_our_fault=is_our_fault)

    async def _call(self, operation: str, sale: Sale) -> tuple[str, Mapping[str, Any]]:
        """Return the code of an answer, or of its absence, and the answer."""
        if sale.sale_number is None:
            return NO_SALE_NUMBER, {}
        payload = {"RefNum": sale.sale_number, "TerminalNumber": self._terminal_number}
        response = await self._post(f"/verifyTxnRandomSessionkey/ipg/{operation}", payload)
        return read_result_code(response, find_value(response.document, "ResultCode")), response.document


def _read_detail(sale: Sale, code: str, detail: Mapping[str, Any]) -> GatewayAnswer:
    """Return a verified sale; without an amount, or of another order or receipt, it says nothing about ours."""
    amount = read_amount(find_value(detail, "OrginalAmount", "OriginalAmount"))
    if amount is None:
        return GatewayAnswer(sale_state=None, code=UNREADABLE)
    named = ((find_value(detail, "ResNum"), str(sale.order_number)), (find_value(detail, "RefNum"), sale.sale_number))
    if any(name is not None and name != "" and read_name(name) != ours for name, ours in named):
        return GatewayAnswer(sale_state=None, code=OTHER_ORDER)
    return GatewayAnswer(
        sale_state=SaleState.VERIFIED,
        code=code,
        sale_number=sale.sale_number,
        amount=amount,
        paid_amount=read_amount(find_value(detail, "AffectiveAmount")),
        card=mask_card(read_name(find_value(detail, "MaskedPan"))),
    )


def _find_reason(state: str, status: str) -> DeclineReason:
    known = STATE_REASONS.get(state.casefold())
    return known or STATUS_REASONS.get(status, DeclineReason.NOT_STATED)
