"""The key that seals are signed with: Ed25519, derived from the secret key of the settings, so never in the database.

Whoever changes `PISHKHAN_SECRET_KEY` makes the old seals unverifiable: verify the history before, and keep the old
key with the copy of the old seals. The derivation (HKDF-SHA256 with a label of its own) keeps it apart from all others
that are made of the same secret.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_LABEL = b"pishkhan history seal 1"


class Ed25519Signer:
    """Implements `domain.history.Signer`."""

    def __init__(self, secret: str) -> None:
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_KEY_LABEL)
        self._private_key = Ed25519PrivateKey.from_private_bytes(derivation.derive(secret.encode()))
        self._public_key = self._private_key.public_key()

    def sign(self, message: bytes) -> str:
        return self._private_key.sign(message).hex()

    def verify(self, message: bytes, signature: str) -> bool:
        """Return whether the signature is ours; text that is no signature at all is not."""
        try:
            self._public_key.verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            return False
        return True
