"""Sadad (Bank Melli) on loopback: requests signed with Triple DES, and verification by the token."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from aiohttp import web
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from tests.fakes.bank_server import BankSale, BankSaleState, BankServer

MERCHANT, TERMINAL = "000000140332112", "24089971"
KEY = base64.b64encode(bytes(range(1, 25))).decode()

_SWITCH_CODES = {"declined": "51", "cancelled": "17"}


class SadadBank(BankServer):
    """Sadad. A signature that is not the merchant's is 1025; a token that nobody paid, or that is none, is −1."""

    operations: ClassVar[Mapping[str, str]] = {
        "/vpg/api/v0/Request/PaymentRequest": "start",
        "/vpg/api/v0/Advice/Verify": "verify",
    }
    verify_within: ClassVar[timedelta | None] = timedelta(minutes=15)

    def read_payload(self, body: bytes) -> Mapping[str, Any]:
        """Return the JSON object."""
        payload: dict[str, Any] = json.loads(body)
        return payload

    async def answer(self, operation: str, request: web.Request) -> web.Response:
        """Act, and answer; codes of a refused session are numbers, those of verifying are texts."""
        payload = self.calls[-1].payload
        return web.json_response(self._start(payload) if operation == "start" else self._verify(payload))

    def build_callback(self, sale: BankSale, failure: str | None) -> dict[str, str]:
        """Return the fields of the manual."""
        callback = {"token": sale.reference, "OrderId": str(sale.order_number), "ResCode": "-1" if failure else "0"}
        if failure:
            return callback | {"SwitchResCode": _SWITCH_CODES[failure]}
        assert sale.card
        masked = f"{sale.card[:6]}******{sale.card[-4:]}"
        return callback | {"SwitchResCode": "00", "PrimaryAccNo": masked, "HashedCardNo": "0" * 64}

    def _start(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        signed = f"{payload['TerminalId']};{payload['OrderId']};{payload['Amount']}"
        refusals = {
            1003: self.refuses.address,
            1037: (payload["MerchantId"], payload["TerminalId"]) != (MERCHANT, TERMINAL),
            1025: self.refuses.credentials or decrypt(payload["SignData"]) != signed,
            1011: any(sale.order_number == payload["OrderId"] for sale in self.sales.values()),
            1101: not isinstance(payload["Amount"], int) or payload["Amount"] < 1000,
            1018: payload["LocalDateTime"][-2:] not in {"am", "pm"},
        }
        if code := next((code for code, is_refused in refusals.items() if is_refused), None):
            return {"ResCode": code, "Token": None, "Description": "خطا"}
        token = f"0001A2B3{len(self.sales):08d}"
        self.open_sale(token, payload["OrderId"], payload["Amount"], payload["ReturnUrl"])
        return {"ResCode": 0, "Token": token, "Description": "عملیات با موفقیت انجام شد"}

    def _verify(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        code, sale = self._judge(payload), self.sales.get(payload["Token"])
        answer: dict[str, Any] = {"ResCode": str(code), "Description": "…"}
        if code != 0 or sale is None:
            return answer
        sale.state = BankSaleState.VERIFIED
        numbers = {"RetrivalRefNo": sale.sale_number, "SystemTraceNo": "100400", "OrderId": str(sale.order_number)}
        return answer | numbers | {"Amount": str(sale.amount)}

    def _judge(self, payload: Mapping[str, Any]) -> int:
        sale = self.sales.get(payload["Token"])
        if self.refuses.address:
            return 1003
        if self.refuses.credentials or decrypt(payload["SignData"]) != payload["Token"]:
            return 1025
        if sale is None or sale.state is BankSaleState.OPEN:
            return -1
        return 101 if self.is_too_late(sale) or sale.state is BankSaleState.REVERSED else 0


def decrypt(sign_data: str) -> str:
    """Return what was signed with the merchant's key; what was signed with another one is garbage."""
    cipher = Cipher(TripleDES(base64.b64decode(KEY)), modes.ECB())  # noqa: S305 - the protocol's
    decryptor = cipher.decryptor()
    padded = decryptor.update(base64.b64decode(sign_data)) + decryptor.finalize()
    return padded[: -padded[-1]].decode("utf-8", "replace")
