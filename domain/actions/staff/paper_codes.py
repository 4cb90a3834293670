"""Codes on paper: what a member of the staff shows in place of the authenticator's code when the phone is not at hand.

A code has ten digits, few enough to be tried all against a plain hash, so the store keeps a keyed digest, made with a
key outside the database. Codes of before that lie as plain SHA-256; the keyed digest is made of that plain one, so they
are wrapped where they lie, and go on working.
"""

import hashlib

from domain.unit_of_work import Vault
from domain.values.text import compact

HOW_MANY = 10
_DIGITS = 10
_PURPOSE = "paper code"
_KEYED = "keyed:"


def code_of(token: str) -> str:
    """Return a new code, made of a random token (hexadecimal, 128 bits), as it is printed: 12345-67890."""
    digits = str(int(token, 16))[-_DIGITS:]
    return f"{digits[:5]}-{digits[5:]}"


def kept(vault: Vault, username: str, code: str) -> str:
    """Return what the store keeps of a code, however it is typed."""
    return keyed(vault, username, hashlib.sha256(compact(code).encode("utf-8", "surrogatepass")).hexdigest())


def keyed(vault: Vault, username: str, stored: str) -> str:
    """Return what is stored of a code as a keyed digest; what is one already stays as it is."""
    if stored.startswith(_KEYED):
        return stored
    return _KEYED + vault.digest(_PURPOSE, f"{username}|{stored}")


def without(vault: Vault, username: str, recovery: tuple[str, ...], code: str) -> tuple[str, ...] | None:
    """Return the codes that are left once this one is used up, all of them keyed; None where it is none of them."""
    used, all_keyed = kept(vault, username, code), [keyed(vault, username, one) for one in recovery]
    return tuple(one for one in all_keyed if one != used) if used in all_keyed else None
