"""Calls to the bank's SOAP service: zeep over httpx, with limits on time and size, and nothing of them in a log."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import httpx
import zeep
from lxml import etree

from domain.gateways.gateway import NOT_CONNECTED, TIMED_OUT, UNREADABLE

LONGEST_ANSWER = 65_536
"""Bytes of an answer; the published ones have some 300."""

_logger = logging.getLogger(__name__)
_SERVICE_NAMESPACE = "http://interfaces.core.sw.bps.com/"
_SOAP_BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
_WSDL = files("payments.behpardakht") / "payment_gateway.wsdl"
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class BankUnanswered(Exception):
    """A call without an answer that can be relied on; `code` is one of `UNANSWERED_CODES`.

    It names no cause: those of the libraries carry the message that was sent, with its credentials.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SoapReply:
    """An answer as zeep reads it."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]
    encoding: str = "utf-8"


class SoapTransport:
    """Transport of zeep. Its own one logs whole messages and reads answers of any length.

    Each call has a connection of its own: a reused one may be cut before the call reaches the bank.
    """

    def __init__(self, address: str, *, connect_timeout: float, timeout: float) -> None:
        self._address = address
        self._timeout = httpx.Timeout(timeout, connect=connect_timeout)
        self._tls = ssl.create_default_context()
        self._client: httpx.AsyncClient | None = None

    def load(self, _address: str) -> bytes:
        """Return the description of the service: ours, whatever it or an answer refers to."""
        return _WSDL.read_bytes()

    async def post_xml(self, _address: str, envelope: etree._Element, headers: Mapping[str, str]) -> SoapReply:
        """Send a message to the address of the settings."""
        message = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        async with self._open_client().stream(
            "POST", self._address, content=message, headers=dict(headers)
        ) as response:
            if response.status_code != httpx.codes.OK or "Content-Encoding" in response.headers:
                raise BankUnanswered(UNREADABLE)
            return SoapReply(response.status_code, await _read_answer(response), {"Content-Type": "text/xml"})

    async def aclose(self) -> None:
        """Close connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=self._tls,
                timeout=self._timeout,
                limits=httpx.Limits(max_keepalive_connections=0),
                follow_redirects=False,
                trust_env=False,
                headers={"Accept-Encoding": "identity"},
            )
        return self._client


async def _read_answer(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > LONGEST_ANSWER:
            raise BankUnanswered(UNREADABLE)
    return bytes(content)


class AnswerGuard:
    """A plugin of zeep, which reads whatever is in the body as the answer to its own call: this one does not."""

    def egress(
        self, envelope: etree._Element, headers: dict[str, str], _operation: object, _options: object
    ) -> tuple[etree._Element, dict[str, str]]:
        """Change nothing of what is sent."""
        return envelope, headers

    def ingress(
        self, envelope: etree._Element, headers: dict[str, str], operation: Any
    ) -> tuple[etree._Element, dict[str, str]]:
        """Refuse what is not one answer to this operation, or has more than text as its result."""
        answers = [answer for body in envelope.findall(_SOAP_BODY) for answer in body]
        if [answer.tag for answer in answers] != [f"{{{_SERVICE_NAMESPACE}}}{operation.name}Response"]:
            raise BankUnanswered(UNREADABLE)
        if any(len(result) for result in answers[0]):
            raise BankUnanswered(UNREADABLE)
        return envelope, headers


class SoapClient:
    """Calls operations of the service by name. `timeout` is that of a whole call, be it answered byte by byte;
    `connect_timeout` ends before it, so that what lasts longer was connected.
    """

    def __init__(self, address: str, *, connect_timeout: float, timeout: float) -> None:
        self._transport = SoapTransport(address, connect_timeout=connect_timeout, timeout=timeout)
        self._timeout = timeout
        settings = zeep.Settings(
            strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False
        )
        client = zeep.AsyncClient(str(_WSDL), transport=self._transport, settings=settings, plugins=[AnswerGuard()])
        self._service: Any = client.service

    async def call(self, operation: str, fields: Mapping[str, int | str]) -> str:
        """Return what an operation returns; `BankUnanswered` where nothing came that could be read."""
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._service[operation](**fields)
        except BankUnanswered as error:
            raise _report_failure(operation, error.code, error) from None
        except _NEVER_SENT as error:
            raise _report_failure(operation, NOT_CONNECTED, error) from None
        except (TimeoutError, httpx.HTTPError) as error:
            raise _report_failure(operation, TIMED_OUT, error) from None
        except Exception as error:  # noqa: BLE001 - zeep raises whatever an answer that is nonsense happens to break
            raise _report_failure(operation, UNREADABLE, error) from None
        if not isinstance(answer, str):
            raise _report_failure(operation, UNREADABLE, TypeError())
        return answer

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        await self._transport.aclose()


def _report_failure(operation: str, code: str, error: Exception) -> BankUnanswered:
    """Log the kind of the failure alone: messages of zeep and of httpx may hold what was sent."""
    _logger.warning("gateway %s: %s: %s (%s)", "behpardakht", operation, code, type(error).__name__)
    return BankUnanswered(code)
