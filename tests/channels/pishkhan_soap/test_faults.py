"""Wording of faults: of ours no more than that there was one, and the reference under which the log has it."""

import re
from datetime import timedelta

import pytest

from app.security.vault import FernetVault
from channels.pishkhan_soap.calls import CallHandler
from channels.pishkhan_soap.faults import SoapVersion
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.values.actors import SYSTEM
from domain.values.errors import DomainError, Internal, InvalidField, MissingField, NotFound, TooLarge
from domain.values.reasons import InternalReason, InvalidReason, TooLargeReason
from tests.channels.pishkhan_soap.complete_calls import CONTRACT, FAULTS
from tests.channels.pishkhan_soap.envelopes import OURS, SOAP_11, SOAP_12
from tests.channels.pishkhan_soap.soap_office import Office


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (TooLarge("document", TooLargeReason.DOCUMENT, limit=1), "۷ مگابایت"),
        (TooLarge("body"), "یکی‌یکی"),
        (NotFound("code"), "از این دفتر پیدا نشد"),
        (MissingField("address"), "«نشانی ملک» لازم است"),
        (InvalidField("text", InvalidReason.EMPTY), "«شرح درخواست»: متن خالی است."),
    ],
)
def test_errors_of_the_domain_are_said_in_a_counters_words(error: DomainError, says: str) -> None:
    labels = CONTRACT.labels_for_tag(f"{{{OURS}}}SubmitExpertRequest")
    assert says in FAULTS.render_fault(SoapVersion.SOAP_11, error, labels=labels).xml_text


@pytest.mark.parametrize("error", [RuntimeError("a secret"), Internal("key", InternalReason.SEALED_ELSEWHERE)])
@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
async def test_a_fault_of_ours_tells_its_reference(
    office: Office, version: str, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> str:
        raise error

    monkeypatch.setattr(CallHandler, "handle_call", broken)
    fault = (await office.call("Ping", version=version)).fault
    assert (fault.code, fault.field) == ("internal", None)
    assert fault.reason in {"Server", "Receiver"}
    logged = re.search(r"fault (\w+) in a counter's call", caplog.text)
    assert logged
    assert fault.message.endswith(logged[1])
    assert "secret" not in fault.message


async def test_a_key_that_was_sealed_elsewhere_is_such_a_fault(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with office.town.store.open_unit() as uow:
        await accounts.rotate_office_key(
            ActorContext(office.town.desk, uow, SYSTEM), FernetVault("another secret"), "1001", timedelta(days=1)
        )
    assert (await office.call("Ping")).fault.code == "internal"
    assert "in a counter's call" in caplog.text
