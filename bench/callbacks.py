"""The load of callbacks: browsers that come back from Zarinpal without having paid, again and again.

    python -m bench.callbacks < JOB

A lane's pairs are a session's name at the bank and the secret of its callback's address; each callback bears a
number of its own besides.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from urllib.parse import urlencode

from bench.loader import Job, Load
from domain.gateways.callback_tokens import CALLBACK_TOKEN_PARAMETER

CALLBACK_PATH = "/pay/zarinpal/callback"


class CallbackLoad(Load):
    """One job under way. A callback is acknowledged by the way to its result."""

    success = b" 303 "

    def begun(self, reference: str, callback_token: str) -> bytes:
        """Return a request that lacks nothing but its number."""
        values = {"Authority": reference, "Status": "NOK", CALLBACK_TOKEN_PARAMETER: callback_token}
        query = urlencode(values).replace("%", "%%")
        return f"GET {CALLBACK_PATH}?{query}&number=%(id)d HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    def told(self, _body: bytes) -> str:
        """Return nothing: browsers are told no id."""
        return ""


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(CallbackLoad(Job(**json.load(sys.stdin))).run()))))
