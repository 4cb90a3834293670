"""Any body is answered by a SOAP message, and never by a fault of ours: values, elements, bytes by chance.

`EFFORT=20 pytest` on this file tries twenty times as much, drawn anew each time (tests/support/effort.py).
"""

import asyncio
import logging
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.envelope import parse_message
from channels.pishkhan_soap.faults import ELEMENT_NAMES, FaultRenderer, SoapResponse, SoapVersion
from channels.pishkhan_soap.folding import fold_free_text
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.reasons import SoapInvalidReason
from channels.pishkhan_soap.schema import NAMESPACE, camel_case
from channels.pishkhan_soap.validation import read_values
from domain.engine.step_admission import require_guards
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES
from domain.values.errors import DomainError, InvalidField, MissingField
from tests.channels.pishkhan_soap import contract_values as values
from tests.channels.pishkhan_soap.envelopes import CLERK, MACHINERY, SOAP_11, SOAP_12, elements, envelope, fresh
from tests.channels.pishkhan_soap.mutations import mutated
from tests.channels.pishkhan_soap.raw_client import Answer
from tests.channels.pishkhan_soap.soap_office import Office, office_at, open_town, serve_soap
from tests.support.effort import examples
from tests.support.municipality import StandingClock

CONTRACT = Contract(SERVICES, Catalogue.load())
BY_NAME = {operation.name: operation for operation in CONTRACT.operations}


@dataclass(frozen=True, slots=True)
class Desk:
    """An office served in a loop of its own, so that examples can be tried one after another."""

    runner: asyncio.Runner
    office: Office
    errors: list[DomainError]

    def answer(self, message: str | bytes, **headers: str) -> Answer:
        """Return what is answered to a message; it is in order, and no fault of ours."""
        answer = self.runner.run(self.office.wire.post(message, **headers))
        assert answer.code != "internal", answer.content.decode()
        return answer


OF_NO_FORM = frozenset({
    "past", "work_too_far", "unknown_days", "before_start", "too_long_work", "other_taxi", "before_begun", "future",
    "leave_days_left", "leave_notice", "leave_order", "leave_too_far", "leave_too_long", "unknown_paper",
    "bad_national_code", "bad_mobile", "bad_postal_code", "bad_iban", "too_many_machines",
})  # fmt: skip
"""Details of refusals that no schema can tell beforehand: of time, what is stored, sums, check digits and prefixes."""
CHECKED = frozenset({"cursor", "bill_id", "payment_id", "clerkNationalCode", "name", "month", "taxi_code"})
"""Fields whose values are told by us before, or have check digits, or depend on the service."""


def refused_for_its_form(error: DomainError, call: str) -> bool:
    """Tell whether an error says that a value which the schema allows cannot be read; a value that a rule of the
    service refuses was read.
    """
    if any(frame.f_code is require_guards.__code__ for frame, _ in walk_tb(error.__traceback__)):
        return False
    if isinstance(error, MissingField):
        name = ELEMENT_NAMES.get(error.field or "", camel_case(error.field or ""))
        texts = etree.fromstring(call).iter(f"{{{NAMESPACE}}}{name}")
        return any(fold_free_text(one.text or "") for one in texts)  # what shows nothing is nothing
    if not isinstance(error, InvalidField) or error.reason in OF_NO_FORM or error.field in CHECKED:
        return False
    return error.reason != "too_long" or not any(ord(sign) > 0xFFFF for sign in call)  # an emoji counts twice


@pytest.fixture
def desk(
    counter_database: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A served office with a request and its bill; nothing is logged as an error by the end."""
    errors: list[DomainError] = []
    of = FaultRenderer.render_fault

    def noting(self: FaultRenderer, version: SoapVersion, error: DomainError, *rest: Any, **more: Any) -> SoapResponse:
        errors.append(error)
        return of(self, version, error, *rest, **more)

    monkeypatch.setattr(FaultRenderer, "render_fault", noting)
    path = shutil.copy(counter_database, tmp_path / "pishkhan.db")
    with asyncio.Runner() as runner:
        town = runner.run(_entered(open_town(f"sqlite:///{path}", StandingClock())))
        wire = runner.run(_entered(serve_soap(town[1])))
        yield Desk(runner, office_at(town[1], wire[1]), errors)
        for one in (wire[0], town[0]):
            runner.run(one.__aexit__(None, None, None))
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]


async def _entered(manager: Any) -> tuple[Any, Any]:
    return manager, await manager.__aenter__()


def _call(operation: Operation, said: dict[str, Any]) -> str:
    head = {"officeCode": "1001", "clerkNationalCode": CLERK, "clientRequestId": fresh("fuzz")}
    return f'<{operation.name} xmlns="urn:pishkhan:counter:1">{elements(head | said)}</{operation.name}>'


@pytest.mark.parametrize("name", BY_NAME)
def test_no_value_that_the_schema_allows_is_our_fault_or_refused_for_its_form(desk: Desk, name: str) -> None:
    operation = BY_NAME[name]
    code = desk.answer(desk.office.signer.signed(_call(BY_NAME["SubmitMachineryRequest"], MACHINERY))).text(
        "trackingCode"
    )

    @examples(25)
    @given(values.of(operation.request, code), st.sampled_from([SOAP_11, SOAP_12]))
    def each(said: dict[str, Any], version: str) -> None:
        call = _call(operation, said)
        desk.errors.clear()
        answer = desk.answer(desk.office.signer.signed(call, version))
        assert answer.version == version
        if CONTRACT.compiled_schema.validate(etree.fromstring(call)):
            assert not [error for error in desk.errors if refused_for_its_form(error, call)], (desk.errors, call)

    each()


@pytest.mark.parametrize("name", BY_NAME)
def test_no_message_that_was_damaged_is_our_fault(desk: Desk, name: str) -> None:
    operation = BY_NAME[name]

    @examples(25)
    @given(values.of(operation.request, "123456789"), st.sampled_from([SOAP_11, SOAP_12]), st.integers(0, 2**32))
    def each(said: dict[str, Any], version: str, seed: int) -> None:
        message = desk.office.signer.signed(_call(operation, said), version)
        desk.answer(mutated(message.encode(), random.Random(seed)))

    each()


@examples(400)
@given(st.data(), st.sampled_from(CONTRACT.operations), values.HOSTILE | values.WORDS, st.integers(0, 2**32))
def test_a_value_of_a_stranger_is_read_or_refused(
    data: st.DataObject, operation: Operation, text: str, seed: int
) -> None:
    # Nobody has been authenticated when values are read: whatever a reader meets, it ends in a refusal.
    said = values.hostile(data.draw(values.of(operation.request, "123456789")), random.Random(seed), text)
    message = parse_message(envelope(_call(operation, said)).encode())
    refusal = None
    try:
        read_values(CONTRACT, operation, message)
    except DomainError as error:
        refusal = error
    assert getattr(refusal, "reason", None) is not SoapInvalidReason.XML, "said of a value that no reader foresaw"


@pytest.mark.parametrize("hours", ["NaN", "sNaN", "-Infinity", "1e999999999"])
def test_what_is_no_number_is_refused_by_its_name(desk: Desk, hours: str) -> None:
    said = MACHINERY | {"items": {"item": {"machine": "loader", "hours": hours}}}
    answer = desk.answer(desk.office.signer.signed(_call(BY_NAME["SubmitMachineryRequest"], said), key="w" * 20))
    assert (answer.fault.code, answer.fault.field) == ("invalid_field", "hours")


@examples(100)
@given(st.binary(max_size=300), st.sampled_from(["text/xml", "application/soap+xml", "text/xml; charset=utf-16"]))
def _bytes(desk: Desk, content: bytes, media: str) -> None:
    assert desk.answer(content, Content_Type=media).status in {400, 500}


def test_no_bytes_are_our_fault(desk: Desk) -> None:
    _bytes(desk)
