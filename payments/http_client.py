"""The one way in which a gateway calls its bank over HTTP.

Nothing that the network or the bank does is raised: a call ends with the bank's JSON object or with one of
`UNANSWERED_CODES`. A connection that never stood carried nothing (`not_connected`); once it stood, silence or a cut
leave open whether the bank acted (`timed_out`); what came and is no answer is `unreadable`. Certificates are always
verified, redirects are not followed, cookies and proxies of the environment are not used, no compressed answer is
unpacked, and no more of an answer is read than `LARGEST_ANSWER`.

aiohttp puts addresses into its exceptions, and some banks put tokens into addresses: none of its messages is logged.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from domain.gateways.gateway import NOT_CONNECTED, TIMED_OUT, UNREADABLE

LARGEST_ANSWER = 256 * 1024
"""Bytes of an answer that are read; the longest published one is a list of a hundred sales, some 20 KB."""

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BankResponse:
    """End of one call."""

    document: Mapping[str, Any] = field(default_factory=dict)
    """The JSON object that the bank answered with, whatever its HTTP status was; empty without one."""
    unanswered: str | None = None
    """One of `UNANSWERED_CODES` where there is no document; None where there is one."""


class BankClient:
    """Calls one bank. Each call has a connection of its own: a reused one may be cut before the call reaches the
    bank, and nobody would know. `gateway` is the gateway's name in the log.
    """

    def __init__(self, gateway: str, *, connect_timeout: float, total_timeout: float) -> None:
        self._gateway = gateway
        self._timeout = ClientTimeout(total=total_timeout, connect=connect_timeout)
        self._session: ClientSession | None = None

    async def post_json(self, address: str, payload: Mapping[str, object]) -> BankResponse:
        """Post a JSON object and return how that ended."""
        try:
            body = await self._post(address, payload)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            return self._report_failure(address, NOT_CONNECTED, error)
        except (TimeoutError, ClientError, OSError) as error:
            return self._report_failure(address, TIMED_OUT, error)
        except ValueError as error:
            return self._report_failure(address, UNREADABLE, error)
        return BankResponse(body)

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _post(self, address: str, payload: Mapping[str, object]) -> dict[str, Any]:
        async with self._open_session().post(address, json=payload, allow_redirects=False) as response:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise ValueError("compressed although nobody asked for it")
            if 300 <= response.status < 400:
                raise ValueError("sent elsewhere")
            chunks, length = [], 0
            async for chunk in response.content.iter_any():
                chunks.append(chunk)
                length += len(chunk)
                if length > LARGEST_ANSWER:
                    raise ValueError("too long")
            return parse_object(b"".join(chunks))

    def _open_session(self) -> ClientSession:
        """Return the session of the loop that runs now; settings may build this object before there is one."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(force_close=True),
                timeout=self._timeout,
                headers=_HEADERS,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    def _report_failure(self, address: str, code: str, error: Exception) -> BankResponse:
        """Log the kind of the failure and the operation, an address's last part: all else may hold a secret."""
        _logger.warning("gateway %s: %s: %s (%s)", self._gateway, URL(address).name, code, type(error).__name__)
        return BankResponse(unanswered=code)


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; `ValueError` for all else: no object, a name twice, NaN, nested without end."""
    try:
        document = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_build_object, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(document, dict):
        raise ValueError("no object")
    return document


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name twice")
    return document


def _refuse_constant(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
