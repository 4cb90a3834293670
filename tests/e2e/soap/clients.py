"""Software of counter offices as its makers write it: zeep and PHP's SoapClient, in either version of SOAP.

All answer alike: plain mappings and lists, bytes as bytes; a fault is a `CounterFault` with its typed detail.
"""

import asyncio
import json
import secrets
from asyncio.subprocess import PIPE
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from lxml import etree
from requests import Session
from zeep import Client, Plugin, Settings, Transport
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.wsse.username import UsernameToken

from tests.e2e.support.program_runs import spawned

PHP = Path(__file__).with_name("calls.php")
NAMESPACE = "urn:pishkhan:counter:1"
CLERK = "0499370899"
XSD = "http://www.w3.org/2001/XMLSchema"

Values = Mapping[str, Any]
Nonce = tuple[str, datetime]
"""Nonce and moment that a call is signed with, when they are not to be fresh."""


class CounterFault(Exception):
    """A fault, as its detail says it; `soap` is SOAP's own fault code without its namespace."""

    def __init__(self, code: str, message: str, field: str | None, soap: str) -> None:
        super().__init__(code, message, field, soap)
        self.code = code
        self.message = message
        self.field = field
        self.soap = soap


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter office: where it calls, who it is, by which clock it signs, and the environment of its programs."""

    address: str
    code: str
    username: str
    key: str
    clock: Callable[[], datetime]
    environment: Mapping[str, str] = field(repr=False)
    home: Path
    clerk: str = CLERK

    def head(self, call_id: str | None) -> dict[str, str]:
        """Elements at the beginning of every request."""
        call_id = call_id or secrets.token_hex(16)
        return {"officeCode": self.code, "clerkNationalCode": self.clerk, "clientRequestId": call_id}


class Software(Protocol):
    """A counter office's program."""

    async def call(self, operation: str, call_id: str | None = None, nonce: Nonce | None = None, **values: Any) -> Any:
        """Call an operation; the answer as plain mappings. Raises `CounterFault`."""
        ...


class ByPhp:
    """PHP's SoapClient, with the class of the integrators' page; a process for each call."""

    def __init__(self, counter: Counter, version: str) -> None:
        self._counter = counter
        self._version = version

    async def call(self, operation: str, call_id: str | None = None, nonce: Nonce | None = None, **values: Any) -> Any:
        counter = self._counter
        asked = {
            "address": counter.address,
            "office": counter.code,
            "clerk": counter.clerk,
            "username": counter.username,
            "key": counter.key,
            "version": self._version,
            "operation": operation,
            "values": values,
            "id": call_id,
            "fresh": nonce and (nonce[0], f"{nonce[1]:%Y-%m-%dT%H:%M:%SZ}"),
        }
        command = ("php", "-d", "display_errors=stderr", str(PHP))
        php = await spawned(command, counter.environment, counter.home, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        out, err = await asyncio.wait_for(php.communicate(json.dumps(asked, default=_bytes_told).encode()), 60)
        assert (php.returncode, err) == (0, b""), (out, err)
        told = json.loads(out, object_hook=_bytes_read)
        if "answer" in told:
            return told["answer"]
        assert told["fault"], told
        why = told["fault"]
        raise CounterFault(why["code"], why["message"], why.get("field"), told["soap"].rpartition(":")[2])


def _bytes_told(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    assert isinstance(value, bytes), value
    return {"base64": b64encode(value).decode()}


def _bytes_read(value: dict[str, Any]) -> Any:
    return b64decode(value["base64"]) if value.keys() == {"base64"} else value


class ByZeep(AbstractContextManager["ByZeep"]):
    """zeep, strict, over one session; what comes back is proved by the XSD of the served WSDL, facets included."""

    def __init__(self, counter: Counter, version: str) -> None:
        self._counter = counter
        self._session = Session()
        self._client = Client(
            f"{counter.address}?wsdl",
            transport=Transport(session=self._session, timeout=30, operation_timeout=30),
            settings=Settings(strict=True),
        )
        wsdl = etree.fromstring(self._session.get(f"{counter.address}?wsdl", timeout=30).content)
        self._client.plugins.append(Proof(wsdl))
        binding = f"{{{NAMESPACE}}}CounterSoap{version.replace('.', '')}"
        self._service = self._client.create_service(binding, counter.address)
        self._binding = self._client.wsdl.bindings[binding]

    def __exit__(self, *error: object) -> None:
        self._session.close()

    async def call(self, operation: str, call_id: str | None = None, nonce: Nonce | None = None, **values: Any) -> Any:
        said = {**self._counter.head(call_id), **values}
        return await asyncio.to_thread(self._called, operation, said, nonce)

    @property
    def operations(self) -> set[str]:
        """All that the WSDL offers."""
        return set(self._binding.all())

    def _called(self, operation: str, said: Values, nonce: Nonce | None) -> Any:
        counter = self._counter
        self._client.wsse = UsernameToken(
            counter.username,
            counter.key,
            use_digest=True,
            nonce=nonce and nonce[0],
            created=nonce[1] if nonce else counter.clock(),
            zulu_timestamp=True,
        )
        try:
            answer = serialize_object(self._service[operation](**said), dict)
        except Fault as fault:
            raise self._told(fault) from fault
        names = [name for name, _ in self._binding.get(operation).output.body.type.elements]
        return {names[0]: answer} if len(names) == 1 else answer

    def _told(self, fault: Fault) -> CounterFault:
        """Read the typed detail by the WSDL."""
        detail = fault.detail.find(f"{{{NAMESPACE}}}CounterFault")
        why = self._client.get_element(f"{{{NAMESPACE}}}CounterFault").parse(detail, self._client.wsdl.types)
        return CounterFault(why.code, why.message, why.field, str(fault.code).rpartition(":")[2])


class Proof(Plugin):  # type: ignore[misc] # zeep is not typed
    """Proves each answer, and each fault's detail, by the schema inside the WSDL."""

    def __init__(self, wsdl: etree._Element) -> None:
        [schema] = wsdl.iter(f"{{{XSD}}}schema")
        self._schema = etree.XMLSchema(etree.fromstring(etree.tostring(schema)))

    def ingress(self, envelope: etree._Element, headers: Values, operation: Any) -> tuple[etree._Element, Values]:
        """Prove the body."""
        namespace = etree.QName(envelope).namespace
        [body] = envelope.findall(f"{{{namespace}}}Body")
        [told] = body
        if etree.QName(told).localname == "Fault":
            [told] = told.iter(f"{{{NAMESPACE}}}CounterFault")
        self._schema.assertValid(told)
        return envelope, headers
