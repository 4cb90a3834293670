"""Verdicts on a text by the end of a call, the same for every panel; each panel's own codes are in its file."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.messages.carriers import SendResult, SendVerdict

_FIRST_SERVER_ERROR = 500

UNREACHABLE = SendResult(SendVerdict.RETRY, reason="unreachable")
"""No connection ever stood: the panel has nothing."""

TIMED_OUT = SendResult(SendVerdict.UNKNOWN, reason="timeout")
"""The connection stood, and no answer came: the panel may have the text."""

CUT_OFF = SendResult(SendVerdict.UNKNOWN, reason="cut")
"""The connection stood, and broke: the panel may have the text."""

UNREADABLE = SendResult(SendVerdict.UNKNOWN, reason="unreadable")
"""Answer that makes no sense, or is too long to be an answer: the panel may have the text."""

BUSY = SendResult(SendVerdict.RETRY, reason="busy", wait_seconds=5.0)
"""The panel takes nothing for now; it costs a try."""

TOO_FAST = SendResult(SendVerdict.RETRY, reason="rate", wait_seconds=10.0, is_uncounted=True)
"""The panel was asked too often; it costs no try."""


def report_down(reason: str) -> SendResult:
    """Return that nothing can be sent through this panel for now."""
    return SendResult(SendVerdict.PROVIDER_DOWN, reason=reason)


def refuse_text(reason: str) -> SendResult:
    """Return that this text never will be sent."""
    return SendResult(SendVerdict.REFUSED, reason=reason)


def block_text(provider_id: str | None = None) -> SendResult:
    """Return that the recipient does not take such texts."""
    return SendResult(SendVerdict.BLOCKED, provider_id, reason="blocked")


def judge_http_status(status: int, results: Mapping[int, SendResult] | None = None) -> SendResult:
    """Return what an answer without the panel's own words means, by its HTTP status; `results` are a panel's own.

    Something in front of the panel may have refused the call (4xx): it was never passed on. After a 5xx of a gateway,
    as after a broken 200, the panel may have the text.
    """
    if status >= _FIRST_SERVER_ERROR:
        return report_unknown(status)
    return (_RESULTS_BY_HTTP_STATUS if results is None else results).get(status, UNREADABLE)


def report_unknown(code: object) -> SendResult:
    """Return that a code says nothing that is known: sending again might send twice."""
    return SendResult(SendVerdict.UNKNOWN, reason=f"status_{code}")


_RESULTS_BY_HTTP_STATUS: Mapping[int, SendResult] = MappingProxyType(
    {401: report_down("key"), 403: report_down("access"), 404: report_down("address"), 429: TOO_FAST}
)
