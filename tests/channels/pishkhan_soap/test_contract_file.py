"""The committed contract: it is what the declarations give, and of the shape that every toolkit reads (WS-I BP 1.1)."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.schema import NAMESPACE
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES
from tests.e2e.support.program_runs import PROGRAM
from tests.support.scenarios.shipped_services import SHIPPED_KEYS

FILE = Path(__file__).parents[3] / "channels" / "pishkhan_soap" / "counter.wsdl"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SOAP = {
    "CounterSoap11": "{http://schemas.xmlsoap.org/wsdl/soap/}",
    "CounterSoap12": "{http://schemas.xmlsoap.org/wsdl/soap12/}",
}
HTTP = "http://schemas.xmlsoap.org/soap/http"
RENEWAL = "the contract changed: pishkhan soap wsdl > channels/pishkhan_soap/counter.wsdl, and read what changed"


@pytest.fixture(scope="module")
def wsdl() -> etree._Element:
    """The committed file."""
    return etree.parse(FILE).getroot()


@pytest.fixture(scope="module")
def operations(wsdl: etree._Element) -> list[str]:
    """Names of the port type's operations."""
    return [one.get("name", "") for one in wsdl.iterfind(f"{WSDL}portType/{WSDL}operation")]


def test_the_file_is_the_contract_of_the_services_that_it_has(operations: list[str]) -> None:
    known = tuple(service for service in SERVICES if service.soap_operation in operations)
    assert set(SHIPPED_KEYS) <= {service.key for service in known}
    assert Contract(known, Catalogue.load()).render_wsdl() == FILE.read_text("utf-8"), RENEWAL


def test_the_command_prints_the_operations_of_every_service(tmp_path: Path) -> None:
    """Those of a further folder too, which the committed file need not have."""
    command = [str(PROGRAM), "soap", "wsdl"]
    printed = subprocess.run(command, cwd=tmp_path, env={"LANG": "C.UTF-8"}, capture_output=True, check=True)
    assert printed.stdout.decode() == Contract(SERVICES, Catalogue.load()).render_wsdl()
    port_type = etree.fromstring(printed.stdout).iterfind(f"{WSDL}portType/{WSDL}operation")
    assert {service.soap_operation for service in SERVICES} <= {one.get("name") for one in port_type}


def test_the_command_prints_the_public_address(tmp_path: Path) -> None:
    environment = {"LANG": "C.UTF-8", "PISHKHAN_BASE_URL": "https://pishkhan.example.ir/"}
    printed = subprocess.run(
        [str(PROGRAM), "soap", "wsdl"], cwd=tmp_path, env=environment, capture_output=True, check=True, text=True
    ).stdout
    assert printed.count('location="https://pishkhan.example.ir/soap/pishkhan"') == 2
    assert "127.0.0.1" not in printed


def test_every_message_is_one_element(wsdl: etree._Element, operations: list[str]) -> None:
    names = {one.get("name") for one in wsdl.iterfind(f"{WSDL}types/{XSD}schema/{XSD}element")}
    messages = {one.get("name"): list(one) for one in wsdl.iterfind(f"{WSDL}message")}
    assert messages.keys() == {*operations, *(f"{one}Response" for one in operations), "CounterFault"}
    for name, parts in messages.items():
        [part] = parts
        assert (part.get("element"), part.get("type")) == (f"tns:{name}", None)
        assert name in names


def test_operations_are_unique_and_bound_in_both_versions(wsdl: etree._Element, operations: list[str]) -> None:
    assert operations
    assert max(Counter(operations).values()) == 1
    for name, soap in SOAP.items():
        [binding] = wsdl.iterfind(f"{WSDL}binding[@name='{name}']")
        [style] = binding.iterfind(f"{soap}binding")
        assert (style.get("style"), style.get("transport")) == ("document", HTTP)
        assert [one.get("name") for one in binding.iterfind(f"{WSDL}operation")] == operations
        assert {one.get("use") for one in binding.iter(f"{soap}body", f"{soap}fault")} == {"literal"}
        actions = [one.get("soapAction") for one in binding.iter(f"{soap}operation")]
        assert actions == [f"{NAMESPACE}:{one}" for one in operations]
    ports = {one.get("name"): one.get("binding") for one in wsdl.iterfind(f"{WSDL}service/{WSDL}port")}
    assert ports == {name: f"tns:{name}" for name in SOAP}


def test_elements_are_wrapped_qualified_and_documented_in_both_languages(wsdl: etree._Element) -> None:
    [schema] = wsdl.iterfind(f"{WSDL}types/{XSD}schema")
    assert (schema.get("targetNamespace"), schema.get("elementFormDefault")) == (NAMESPACE, "qualified")
    for element in schema.iterfind(f"{XSD}element"):
        assert element.find(f"{XSD}complexType/{XSD}sequence") is not None, element.get("name")
    assert not [one for one in schema.iter(f"{XSD}element") if one.get("nillable")]
    for one in schema.iterfind("*"):
        languages = [text.get(XML_LANG) for text in one.iterfind(f"{XSD}annotation/{XSD}documentation")]
        assert languages == ["en", "fa"], one.get("name")


def test_every_request_begins_alike(wsdl: etree._Element, operations: list[str]) -> None:
    [schema] = wsdl.iterfind(f"{WSDL}types/{XSD}schema")
    for name in operations:
        members = schema.findall(f"{XSD}element[@name='{name}']/{XSD}complexType/{XSD}sequence/{XSD}element")
        heads = [member.get("name") for member in members[:3]]
        assert heads == ["officeCode", "clerkNationalCode", "clientRequestId"], name


def test_the_schema_stands_alone() -> None:
    contract = Contract(SERVICES, Catalogue.load())
    assert contract.compiled_schema is contract.compiled_schema
    assert contract.operations_by_tag.keys() == {f"{{{NAMESPACE}}}{one.name}" for one in contract.operations}
