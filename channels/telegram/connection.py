"""The connection to a messenger: what its failures say about the call that failed, and nothing of addresses.

The library knows only "network error". What counts here is whether the messenger may have carried the call out: one
that never left can be made again, one without an answer must not be. Of what Bale leaves out of its answers, and the
library insists on, the connection fills in the date of a message.
"""

import json
from typing import Any

import httpx
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_FIRST_SERVER_ERROR, _GATEWAY_TIMEOUT, _TOO_MANY = 500, 504, 429


class NotSent(NetworkError):
    """There was no connection: surely nothing was done."""


class Unanswered(NetworkError):
    """It was sent, and no answer came: it may or may not have been done. `reason` is `timeout` or `cut`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ServerFailed(NetworkError):
    """The messenger answered 5xx: it did not do it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status_{status}")
        self.status = status


class Flood(NetworkError):
    """The messenger wants to be left alone for some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("flood")
        self.seconds = seconds


class Connection(HTTPXRequest):
    """A pool of connections. `proxy` is an address like socks5://host:port; those of the environment are not used.

    A `transport` carries the calls in place of the network.
    """

    def __init__(
        self,
        *,
        pool_size: int,
        read_seconds: float,
        connect_seconds: float,
        proxy_address: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            connection_pool_size=pool_size,
            read_timeout=read_seconds,
            write_timeout=read_seconds,
            connect_timeout=connect_seconds,
            pool_timeout=connect_seconds,
            media_write_timeout=read_seconds,
            proxy=proxy_address or None,
            httpx_kwargs={"trust_env": False, **({"transport": transport} if transport else {})},
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make a call; failures are distinguished."""
        try:
            http_status, response_body = await super().do_request(*args, **kwargs)
        except NetworkError as error:
            raise _classify_failure(error.__cause__) from None
        if http_status >= _FIRST_SERVER_ERROR:
            # A gateway that waited in vain does not know what the server behind it did.
            raise Unanswered("timeout") if http_status == _GATEWAY_TIMEOUT else ServerFailed(http_status)
        if http_status == _TOO_MANY:
            raise Flood(_read_retry_seconds(response_body))
        return http_status, _fill_missing_date(response_body)


def _fill_missing_date(response_body: bytes) -> bytes:
    """Return an answer whose message, if it is one, has a date: Bale tells none of a message that was edited."""
    if b'"message_id"' not in response_body or b'"date"' in response_body:
        return response_body
    try:
        answer = json.loads(response_body)
    except ValueError:
        return response_body
    if isinstance(answer, dict) and isinstance(answer.get("result"), dict):
        answer["result"].setdefault("date", 0)
    return json.dumps(answer).encode()


def _classify_failure(failure_cause: BaseException | None) -> NetworkError:
    if isinstance(failure_cause, _NEVER_LEFT):
        return NotSent("unreachable")
    return Unanswered("timeout" if isinstance(failure_cause, httpx.TimeoutException) else "cut")


def _read_retry_seconds(response_body: bytes) -> float:
    """Return how long a refusal for being too fast asks to wait; one second where it does not say."""
    try:
        return max(float(json.loads(response_body)["parameters"]["retry_after"]), 1.0)
    except (ValueError, KeyError, TypeError):
        return 1.0
