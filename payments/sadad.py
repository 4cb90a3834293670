"""Sadad, the gateway of Bank Melli: tokens, and requests signed with Triple DES.

Source: facts-iran.md, "Bank gateways" (Sadad's manual 1.10), and what public libraries, the company's own sample
among them, carry of it. `SignData` is the Base64 of what Triple DES (ECB, PKCS#7), with the key that the bank gave in
Base64, makes of `terminal;order;amount` when a session is asked for, and of the token when it is verified. The
browser goes to `Purchase?Token=` and comes back by POST with `token`, `OrderId`, `ResCode` and, where a card was
refused, the network's `SwitchResCode`.

- `Advice/Verify` takes the token alone and answers the amount, the order and `RetrivalRefNo` (their spelling).
- It may be repeated where it was not answered. 101 says that the time to verify is over, −1 that the parameters are
  wrong or there is no such transaction: neither shows whether something was paid or verified before.
- No call settles, gives back or lists. Calls are taken from registered addresses alone (1003, 1029).

Assumed, for the manual was read in part or says it nowhere: how long a session lasts and how long a sale can be
verified (the settings SESSION_MINUTES, VERIFY_MINUTES); that a token cannot be asked about before its payer came back
(the setting INQUIRY_BY_TOKEN).
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import AfterValidator, Field, SecretStr
from yarl import URL

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
from domain.values.calendar import to_tehran
from payments.answer_values import (
    find_callback_value,
    read_amount,
    read_code,
    read_name,
    require_callback_name,
    require_callback_number,
)
from payments.gateway_settings import NOT_SET, BankAddress, BankSettings
from payments.rest_gateway import (
    NOT_OFFERED,
    OTHER_ORDER,
    OUR_FAULT,
    CodeMeaning,
    RestGateway,
    answer_by_code,
    read_result_code,
    refuse_start,
)

NAME = "sadad"

START_MEANINGS: Mapping[str, CodeMeaning] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("3", "23", "58", "1020", "1033"),  # the merchant or the terminal is not active
                *("1000", "1001", "1012", "1036", "1053", "1055", "1072", "1104"),  # parameters
                *("1004", "1027", "1028", "1037"),  # numbers of merchant and terminal
                *("1003", "1029", "1030", "1023"),  # our server's address, our domain, the address to come back to
                *("1018", "1024"),  # our clock
                "1025",  # the signature
            ),
            OUR_FAULT,
        ),
        "61": CodeMeaning(DeclineReason.LIMIT),
        "1017": CodeMeaning(DeclineReason.AMOUNT),
        "1101": CodeMeaning(DeclineReason.AMOUNT),
    }
)
"""Meanings of the codes of a refused session. All others (a bank that is down, an order number that was used) leave the
payer nothing to do but to pay in another way."""

SWITCH_REASONS: Mapping[str, DeclineReason] = MappingProxyType(
    {
        "12": DeclineReason.CARD,
        "13": DeclineReason.AMOUNT,
        "14": DeclineReason.CARD,
        "15": DeclineReason.CARD,
        "17": DeclineReason.CANCELLED,
        "33": DeclineReason.CARD,
        "34": DeclineReason.CARD,
        "38": DeclineReason.PIN,
        "41": DeclineReason.CARD,
        "43": DeclineReason.CARD,
        "51": DeclineReason.FUNDS,
        "54": DeclineReason.CARD,
        "55": DeclineReason.PIN,
        "56": DeclineReason.CARD,
        "57": DeclineReason.CARD,
        "61": DeclineReason.LIMIT,
        "65": DeclineReason.LIMIT,
        "68": DeclineReason.ISSUER,
        "75": DeclineReason.PIN,
        "78": DeclineReason.CARD,
        "84": DeclineReason.ISSUER,
        "90": DeclineReason.BANK,
        "91": DeclineReason.ISSUER,
        "96": DeclineReason.BANK,
    }
)
"""Reasons by the card network's response codes (ISO 8583, as Shaparak uses them) for a refused card."""

_SUCCESS, _NO_TRANSACTION = "0", "-1"


def check_terminal_key(key: SecretStr) -> SecretStr:
    """Return a key of two or three DES keys in Base64, or none; `ValueError`, without the key, for anything else."""
    try:
        length = len(base64.b64decode(key.get_secret_value(), validate=True))
    except binascii.Error:
        length = -1
    if length not in {0, 16, 24}:
        raise ValueError("this is no key: the bank gave 16 or 24 bytes in Base64")
    return key


class SadadSettings(BankSettings):
    """The section of Sadad."""

    base_url: BankAddress = Field(
        "https://sadad.shaparak.ir/vpg", description="Where Sadad answers: what stands before /api/v0 and /Purchase."
    )
    merchant_id: str = Field("", pattern="^[0-9]{0,18}$", description="Merchant number, as the bank gave it (digits).")
    terminal_id: str = Field("", pattern="^[0-9]{0,18}$", description="Terminal number, as the bank gave it (digits).")
    terminal_key: Annotated[SecretStr, AfterValidator(check_terminal_key)] = Field(
        NOT_SET, description="Key that requests are signed with, as the bank gave it (Base64)."
    )
    session_minutes: int = Field(
        15, ge=1, le=240, description="Minutes that a payer has at Sadad (assumed: none are published)."
    )
    verify_minutes: int = Field(
        15,
        ge=1,
        le=240,
        description="Minutes in which a payment can be verified; later the bank gives it back (assumed).",
    )
    inquiry_by_token: bool = Field(
        False,
        description="Whether Sadad said that -1 means that nobody paid a token: then it is asked about absent payers.",
    )

    def build_gateway(self, public_address: str) -> "Sadad":
        """Return the gateway."""
        return Sadad(self)


class Sadad(RestGateway):
    """Implements `PaymentGateway` by `{base_url}/api/v0/`."""

    def __init__(self, settings: SadadSettings) -> None:
        capabilities = GatewayCapabilities(
            session_lasts=timedelta(minutes=settings.session_minutes),
            verify_within=timedelta(minutes=settings.verify_minutes),
            inquiry=InquiryKey.ORDER if settings.inquiry_by_token else InquiryKey.NOTHING,
            repeated_verify=RepeatedVerify.ONLY_UNANSWERED,
            callback_carries_token=not settings.fixed_callback,
            settlement=Settlement.WITH_VERIFY,
            needs_fixed_address=True,
        )
        super().__init__(NAME, settings, settings.base_url, capabilities)
        self._settings = settings
        self._verify_meanings = {
            _NO_TRANSACTION: CodeMeaning(
                DeclineReason.NOT_STATED, SaleState.UNPAID if settings.inquiry_by_token else None
            ),
            **{code: meaning for code, meaning in START_MEANINGS.items() if meaning.is_our_fault},
        }

    async def start(self, order: PaymentOrder) -> PaymentPage | StartRefusal:
        """Ask for a token, and send the browser to its page."""
        terminal_id = self._settings.terminal_id
        code, document = await self._call(
            "Request/PaymentRequest",
            {
                "TerminalId": terminal_id,
                "MerchantId": self._settings.merchant_id,
                "Amount": order.amount,
                "OrderId": order.order_number,
                "LocalDateTime": _write_local_time(order.started_at),
                "ReturnUrl": order.callback_url,
                "SignData": self._sign(f"{terminal_id};{order.order_number};{order.amount}"),
            },
        )
        token = read_name(document.get("Token"))
        if code != _SUCCESS or token is None:
            return refuse_start(UNREADABLE if code == _SUCCESS else code, START_MEANINGS)
        return PaymentPage(token, str(URL(f"{self._base_url}/Purchase").with_query(Token=token)), {})

    def read_callback(self, values: Mapping[str, str]) -> GatewayCallback:
        """Read `token`, `OrderId`, `ResCode`, `SwitchResCode`, `PrimaryAccNo`; verifying returns the sale's number."""
        code = read_code(require_callback_name(values, "ResCode"))
        switch_code = find_callback_value(values, "SwitchResCode")
        is_paid = code == _SUCCESS
        return GatewayCallback(
            order_number=require_callback_number(values, "OrderId"),
            reference=require_callback_name(values, "token"),
            is_paid=is_paid,
            code=code if is_paid or not switch_code else read_code(f"{code}/{switch_code}"),
            reason=None if is_paid else SWITCH_REASONS.get(switch_code.lstrip("0"), DeclineReason.NOT_STATED),
            card=mask_card(find_callback_value(values, "PrimaryAccNo")),
        )

    async def verify(self, sale: Sale) -> GatewayAnswer:
        """Verify by the token."""
        code, document = await self._call(
            "Advice/Verify", {"Token": sale.reference, "SignData": self._sign(sale.reference)}
        )
        if code != _SUCCESS:
            return answer_by_code(code, self._verify_meanings)
        return _read_verified(sale, code, document)

    async def inquire(self, sale: Sale) -> GatewayAnswer:
        """Verify, where the setting says that this is how one asks."""
        if self._settings.inquiry_by_token:
            return await self.verify(sale)
        return GatewayAnswer(sale_state=None, code=NOT_OFFERED)

    async def _call(self, operation: str, payload: Mapping[str, object]) -> tuple[str, Mapping[str, Any]]:
        """Return the code of an answer, or of its absence, and the answer."""
        response = await self._post(f"/api/v0/{operation}", payload)
        return read_result_code(response, response.document.get("ResCode")), response.document

    def _sign(self, text: str) -> str:
        return sign(text, base64.b64decode(self._settings.terminal_key.get_secret_value()))


def sign(text: str, key: bytes) -> str:
    """Return `SignData` of a text; a key of two DES keys uses the first one once more."""
    padder, encryptor = PKCS7(64).padder(), Cipher(TripleDES((key + key[:8])[:24]), ECB()).encryptor()  # noqa: S305 - Sadad's protocol
    padded = padder.update(text.encode()) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _read_verified(sale: Sale, code: str, document: Mapping[str, Any]) -> GatewayAnswer:
    """Return a verified sale; without an amount, or of another order, it says nothing about ours."""
    amount = read_amount(document.get("Amount"))
    if amount is None:
        return GatewayAnswer(sale_state=None, code=UNREADABLE)
    order_number = document.get("OrderId")
    if order_number is not None and read_amount(order_number) != sale.order_number:
        return GatewayAnswer(sale_state=None, code=OTHER_ORDER)
    sale_number = read_name(document.get("RetrivalRefNo"))
    return GatewayAnswer(sale_state=SaleState.VERIFIED, code=code, sale_number=sale_number, amount=amount)


def _write_local_time(moment: datetime) -> str:
    """Return Tehran's time as the company's sample writes it: `11/24/2026 10:05:09 am`."""
    local = to_tehran(moment)
    return f"{local:%m/%d/%Y} {local.hour % 12 or 12}:{local:%M:%S} {'am' if local.hour < 12 else 'pm'}"
