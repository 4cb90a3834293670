"""Calls over the network: what tells «never sent» from «may have acted», what is refused, what no log holds."""

import logging
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from domain.gateways.gateway import NOT_CONNECTED, TIMED_OUT, UNREADABLE
from payments.behpardakht.soap_client import LONGEST_ANSWER, BankUnanswered, SoapClient
from tests.fakes.behpardakht_bank import UNENDING, BehpardakhtBank, BehpardakhtFault
from tests.support.own_certificate import write_own_certificate

FIELDS: dict[str, int | str] = {
    "terminalId": 1234,
    "userName": "gomishan",
    "userPassword": "mellat-secret",
    "orderId": 7,
    "saleOrderId": 7,
    "saleReferenceId": 127926981246,
}
CODES: dict[BehpardakhtFault, str] = {
    "cut_before": TIMED_OUT,
    "cut_after": TIMED_OUT,
    "cut_within": TIMED_OUT,
    "silent_before": TIMED_OUT,
    "silent_after": TIMED_OUT,
    "drip": TIMED_OUT,
    **dict.fromkeys(("http_500", "soap_fault", "garbage", "redirect", "external_entity", "billion_laughs"), UNREADABLE),
    **dict.fromkeys(("huge", "other_operation", "compressed"), UNREADABLE),
}


async def find_code(address: str, seconds: float = 5) -> str:
    """Return how a verification ends that is not answered."""
    client = SoapClient(address, connect_timeout=2, timeout=seconds)
    try:
        with pytest.raises(BankUnanswered) as caught:
            await client.call("bpVerifyRequest", FIELDS)
    finally:
        await client.close()
    assert caught.value.__cause__ is None
    return caught.value.code


@pytest.mark.parametrize("fault", CODES)
async def test_each_fault_is_told_by_its_kind(bank: BehpardakhtBank, fault: BehpardakhtFault) -> None:
    bank.faults.append(fault)
    assert await find_code(bank.wsdl_url, seconds=0.3 if fault in UNENDING else 5) == CODES[fault]
    assert len(bank.calls) == 1


async def test_a_long_answer_is_not_read_to_its_end(bank: BehpardakhtBank) -> None:
    bank.faults.append("huge")
    assert await find_code(bank.wsdl_url) == UNREADABLE
    assert bank.bytes_sent < 200 * LONGEST_ANSWER


async def test_nobody_listens_there() -> None:
    assert await find_code("http://127.0.0.1:9/pgwchannel/services/pgw") == NOT_CONNECTED


async def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_own_certificate(tmp_path / "bank.pem"))
    async with BehpardakhtBank(tls=context) as bank:
        assert await find_code(bank.wsdl_url) == NOT_CONNECTED
        assert bank.calls == []


async def test_no_credentials_in_any_log(bank: BehpardakhtBank, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = SoapClient(bank.wsdl_url, connect_timeout=2, timeout=5)
    assert await client.call("bpVerifyRequest", FIELDS) == "42"
    bank.faults.append("garbage")
    with pytest.raises(BankUnanswered):
        await client.call("bpVerifyRequest", FIELDS)
    await client.close()
    assert len(bank.calls) == 2
    assert "mellat-secret" not in caplog.text
    assert "gomishan" not in caplog.text


def test_the_settings_do_not_import_zeep() -> None:
    program = "import sys, payments.behpardakht; sys.exit('zeep' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
