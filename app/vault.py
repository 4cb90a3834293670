"""Seals what must be read again, keys of counter offices and second factors, by a key that is outside the database.

The digest that signs an office's call, and the code of an authenticator, are made of the plain key, so a hash of it
would not do. The vault's own key is derived from the secret key of the settings (HKDF-SHA256, label of its own).
Whoever changes `PISHKHAN_SECRET_KEY` makes what is stored unreadable: every office then needs a new key (`pishkhan
office rotate-key`), and everybody who signs in from outside a new authenticator (`pishkhan staff totp`).
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import Internal

_LABEL = b"pishkhan office keys 1"
"""From when offices alone had keys here; another label would make theirs unreadable."""


class FernetVault:
    """Implements `domain.ports.Vault`: AES-128 in CBC mode with HMAC-SHA256, as Fernet lays them out."""

    def __init__(self, secret: str) -> None:
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_LABEL)
        self._fernet = Fernet(urlsafe_b64encode(derivation.derive(secret.encode())))

    def close(self, secret: str) -> str:
        """Return a secret sealed."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Return the secret; `Internal("key")` when it was sealed under another secret key, or changed."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, ValueError):
            raise Internal("key", detail="sealed_elsewhere") from None
