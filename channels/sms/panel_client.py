"""The one way in which a provider calls its panel over HTTP.

Nothing that the network or the panel does is raised: a call ends with a `PanelAnswer`, or with what its failure means
for a text that was to be sent. A connection that was never established carried nothing: trying again is safe. Once it
was, a time-out or a cut leaves open whether the panel took the text.

Certificates are verified, redirects are not followed (they would carry key and text to an address that nobody
configured), cookies and proxies of the environment are not used, no compressed answer is unpacked, and no more of an
answer is read than `LARGEST_ANSWER`. aiohttp puts addresses into its exceptions, and keys are part of some addresses:
none of them leaves this module, and nothing here writes to a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from channels.sms.json_reading import parse_document
from channels.sms.verdicts import CUT_OFF, TIMED_OUT, UNREACHABLE, UNREADABLE
from domain.messages.carriers import SendResult

LARGEST_ANSWER = 2 * 1024 * 1024
"""Bytes of an answer that are read; a hundred of the longest texts, each letter escaped, are half of it."""

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class PanelAnswer:
    """An answer of a panel, whatever it says."""

    status: int
    """The HTTP status."""
    body: bytes
    """The whole body."""

    def parse_document(self) -> dict[str, Any] | None:
        """Return the JSON object that the panel answered with; None where it is none."""
        return parse_document(self.body)


class PanelClient:
    """Calls one panel below `root`, with `headers` of its own; the time limits are seconds.

    `reuses_connections`: a connection that rested may be cut before a call reaches the panel, which nobody would know.
    So only a panel that can be asked by our own id may be called over one that was used before.
    """

    def __init__(
        self,
        root: str,
        *,
        headers: Mapping[str, str] | None = None,
        connect_timeout: float,
        total_timeout: float,
        reuses_connections: bool,
    ) -> None:
        self._root = URL(root, encoded=True)
        self._headers = {**_HEADERS, **(headers or {})}
        self._timeout = ClientTimeout(total=total_timeout, connect=connect_timeout)
        self._reuses_connections = reuses_connections
        self._session: ClientSession | None = None

    async def get(self, path: str, query: Mapping[str, str | int] | None = None) -> PanelAnswer | SendResult:
        """Get what is at a path below the root."""
        return await self._call("GET", path, params=query)

    async def post_form(self, path: str, fields: Mapping[str, str]) -> PanelAnswer | SendResult:
        """Post a form."""
        return await self._call("POST", path, data=fields)

    async def post_json(self, path: str, document: Mapping[str, object]) -> PanelAnswer | SendResult:
        """Post a JSON object."""
        return await self._call("POST", path, json=document)

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _call(self, http_method: str, path: str, **content: Any) -> PanelAnswer | SendResult:
        address = self._root.joinpath(path, encoded=True)
        try:
            async with self._open_session().request(http_method, address, allow_redirects=False, **content) as response:
                return await _read_answer(response)
        except (ClientConnectorError, ConnectionTimeoutError):
            return UNREACHABLE
        except TimeoutError:
            return TIMED_OUT
        except (ClientError, OSError):
            return CUT_OFF

    def _open_session(self) -> ClientSession:
        """Return the session of the loop that runs now; settings may build this object before there is one."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(force_close=not self._reuses_connections),
                timeout=self._timeout,
                headers=self._headers,
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session


async def _read_answer(response: ClientResponse) -> PanelAnswer | SendResult:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return UNREADABLE
    chunks, length = [], 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        length += len(chunk)
        if length > LARGEST_ANSWER:
            return UNREADABLE
    return PanelAnswer(response.status, b"".join(chunks))
