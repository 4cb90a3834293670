"""The load of a messenger: as `bench.loader`, but what is delivered are updates posted to the bot's webhook.

    python -m bench.updates < JOB

A lane's texts are (chat id, text); the message id of a delivery is its update's id. What is acknowledged has no id of
ours: the webhook answers with nothing but 200.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from bench.loader import Job, Load
from bench.messenger import SECRET, WEBHOOK_PATH


def update(chat: int, what: dict[str, Any], update_id: int = 0) -> dict[str, Any]:
    """Return an update of a private chat as Telegram posts it."""
    person = {"id": chat, "first_name": "رضا", "is_bot": False, "language_code": "fa"}
    where = {"id": chat, "type": "private", "first_name": "رضا"}
    message = {"message_id": update_id, "from": person, "chat": where, "date": 1_795_000_000, **what}
    return {"update_id": update_id, "message": message}


class Updates(Load):
    """One job under way."""

    def begun(self, chat: str, text: str) -> bytes:
        """Return a post that lacks nothing but the update's id, which has eight digits."""
        number = 12_345_678
        body = json.dumps(update(int(chat), {"text": text}, number)).encode()
        head = (
            f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        return (head + body).replace(b"%", b"%%").replace(str(number).encode(), b"%(id)d")

    def told(self, _body: bytes) -> str:
        """Return nothing: the webhook tells no id."""
        return ""


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(Updates(Job(**json.load(sys.stdin))).run()))))
