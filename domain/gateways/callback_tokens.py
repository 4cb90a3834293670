"""The secret in the callback address of each attempt: who guesses an order number, or overhears the bank's name of a
session, brings nothing with it.

128 bits, drawn when the attempt begins, known to the bank and to the payer's browser alone; its digest is stored. A
gateway whose bank sends browsers to one registered address alone carries none (`GatewayCapabilities`), nor do attempts
that began before there were tokens: their callbacks are known by what they name.
"""

from hashlib import sha256
from hmac import compare_digest

CALLBACK_TOKEN_PARAMETER = "callback_token"  # noqa: S105 - the parameter's name
"""Of the callback's address."""


def compute_token_digest(callback_token: str) -> str:
    """Return what is stored of a token: SHA-256, in hexadecimal digits."""
    return sha256(callback_token.encode("utf-8", "surrogatepass")).hexdigest()


def is_token_of(token_digest: str, callback_token: str | None) -> bool:
    """Tell whether a token is the one that was drawn, in a time that does not depend on how much of it is right."""
    return compare_digest(token_digest, compute_token_digest(callback_token or ""))


def add_callback_token(callback_url: str, callback_token: str) -> str:
    """Return a callback's address that bears a token."""
    separator = "&" if "?" in callback_url else "?"
    return f"{callback_url}{separator}{CALLBACK_TOKEN_PARAMETER}={callback_token}"
