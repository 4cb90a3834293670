"""The load of callbacks: browsers that come back from Zarinpal without having paid, again and again.

    python -m bench.callbacks < JOB

A lane's pairs are a session's name at the bank and nothing; each callback bears a number of its own besides.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from urllib.parse import urlencode

from bench.loader import Job, Load

CALLBACK_PATH = "/pay/zarinpal/callback"


class CallbackLoad(Load):
    """One job under way. A callback is acknowledged by the way to its result."""

    success = b" 303 "

    def begun(self, reference: str, _text: str) -> bytes:
        """Return a request that lacks nothing but its number."""
        query = urlencode({"Authority": reference, "Status": "NOK"}).replace("%", "%%")
        return f"GET {CALLBACK_PATH}?{query}&number=%(id)d HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    def told(self, _body: bytes) -> str:
        """Return nothing: browsers are told no id."""
        return ""


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(CallbackLoad(Job(**json.load(sys.stdin))).run()))))
