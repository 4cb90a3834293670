"""Seals what must be read again, keys of counter offices and second factors, by a key that is outside the database; and
makes keyed digests of what need not, such as codes on paper.

The digest that signs an office's call, and the code of an authenticator, are made of the plain key, so a hash of it
would not do. The vault's own key is derived from the secret key of the settings (HKDF-SHA256, label of its own).
Whoever changes `PISHKHAN_SECRET_KEY` makes what is stored unreadable: every office then needs a new key (on
its page), and everybody who signs in from outside a new authenticator (`pishkhan staff totp`).
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.values.errors import Internal
from domain.values.reasons import InternalReason

_VAULT_LABEL = b"pishkhan office keys 1"
"""Label from the time when offices alone had keys here; another label would make theirs unreadable."""

_DIGEST_LABEL = b"pishkhan keyed digests 1"


class FernetVault:
    """Implements `domain.ports.Vault`: AES-128 in CBC mode with HMAC-SHA256, as Fernet lays them out."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(urlsafe_b64encode(_derive_key(secret, _VAULT_LABEL)))
        self._digest_key = _derive_key(secret, _DIGEST_LABEL)

    def seal_secret(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def unseal_secret(self, sealed_secret: str) -> str:
        """Return the secret; `Internal("key")` when it was sealed under another secret key, or changed."""
        try:
            return self._fernet.decrypt(sealed_secret.encode()).decode()
        except (InvalidToken, ValueError):
            raise Internal("key", InternalReason.SEALED_ELSEWHERE) from None

    def keyed_digest(self, purpose: str, text: str) -> str:
        """Return the HMAC-SHA256 of a text, as hexadecimal text; those of one purpose are none of another."""
        return hmac.new(self._digest_key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def _derive_key(secret: str, label: bytes) -> bytes:
    """Return a key of 32 bytes for one use of the secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(secret.encode())
