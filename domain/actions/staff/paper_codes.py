"""Codes on paper: what a member of the staff shows in place of the authenticator's code when the phone is not at hand.

A code has ten digits, few enough to be tried all against a plain hash, so the store keeps a keyed digest, made with a
key outside the database. Codes of before that lie as plain SHA-256; the keyed digest is made of that plain one, so they
are wrapped where they lie, and go on working.
"""

import hashlib

from domain.unit_of_work import Vault
from domain.values.text import fold_compactly

CODES_PER_MEMBER = 10
_CODE_DIGITS = 10
_DIGEST_PURPOSE = "paper code"
_KEYED_PREFIX = "keyed:"


def make_paper_code(random_token: str) -> str:
    """Return a new code, made of a random token (hexadecimal, 128 bits), as it is printed: 12345-67890."""
    digits = str(int(random_token, 16))[-_CODE_DIGITS:]
    return f"{digits[:5]}-{digits[5:]}"


def digest_code(vault: Vault, username: str, code: str) -> str:
    """Return what the store keeps of a code, however it is typed."""
    return key_digest(
        vault, username, hashlib.sha256(fold_compactly(code).encode("utf-8", "surrogatepass")).hexdigest()
    )


def key_digest(vault: Vault, username: str, stored_digest: str) -> str:
    """Return what is stored of a code as a keyed digest; what is one already stays as it is."""
    if stored_digest.startswith(_KEYED_PREFIX):
        return stored_digest
    return _KEYED_PREFIX + vault.keyed_digest(_DIGEST_PURPOSE, f"{username}|{stored_digest}")


def use_up_code(vault: Vault, username: str, stored_codes: tuple[str, ...], code: str) -> tuple[str, ...] | None:
    """Return the codes that are left once this one is used up, all of them keyed; None where it is none of them."""
    used, digests = digest_code(vault, username, code), [key_digest(vault, username, digest) for digest in stored_codes]
    return tuple(digest for digest in digests if digest != used) if used in digests else None
