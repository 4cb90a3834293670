"""The messengers' JSON, read by the library although Bale leaves out what the library cannot do without.

A press comes from Bale without `chat_instance`, and the answer to an edit without `date` (facts-iran.md, "Messengers").
One thing that cannot be read must not cost the others: of a batch of updates each is tried alone.
"""

import json
import logging
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

log = logging.getLogger(__name__)

_MESSAGES = ("message", "edited_message")


class Requests(HTTPXRequest):
    """The library's HTTP client. The addresses that it calls bear the token, so nothing of it may reach a log."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; `TelegramError` when it is none."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer | {"result": _filled_result(answer.get("result"))}


def read_update(told: dict[str, Any]) -> Update:
    """Read one update; one of no known form becomes an update with nothing in it.

    `ValueError` when it has not even a number.
    """
    if not isinstance(told.get("update_id"), int):
        raise ValueError("update_id")
    return Update.de_json(_readable(told))


def _filled_result(result: Any) -> Any:
    if isinstance(result, list):
        return [_readable(one) if isinstance(one, dict) and "update_id" in one else one for one in result]
    return _dated(result) if isinstance(result, dict) and "message_id" in result else result


def _readable(told: dict[str, Any]) -> dict[str, Any]:
    """Return an update that the library can read."""
    filled = _filled_update(told)
    try:
        Update.de_json(filled)
    except Exception as error:  # noqa: BLE001 - whatever the library stumbles over, the others must be read
        log.error("an update has no known form: %s", type(error).__name__)
        return {"update_id": told["update_id"]}
    return filled


def _filled_update(told: dict[str, Any]) -> dict[str, Any]:
    filled = dict(told)
    for name in _MESSAGES:
        if isinstance(filled.get(name), dict):
            filled[name] = _dated(filled[name])
    press = filled.get("callback_query")
    if isinstance(press, dict):
        message = press.get("message")
        filled["callback_query"] = {"chat_instance": ""} | press | ({"message": _dated(message)} if message else {})
    return filled


def _dated(message: dict[str, Any]) -> dict[str, Any]:
    return {"date": 0} | message
