"""Keys and passwords: seals that verify with their own key only, and passwords that are kept as hashes."""

from app.security import passwords
from app.security.signing import Ed25519Signer

SECRET = "6b3f0b6f2f7c4d1e"


def test_a_signature_is_ours_with_the_same_secret() -> None:
    signature = Ed25519Signer(SECRET).sign(b"head")
    assert Ed25519Signer(SECRET).verify(b"head", signature)
    assert len(bytes.fromhex(signature)) == 64


def test_no_other_message_key_or_text_verifies() -> None:
    signer = Ed25519Signer(SECRET)
    signature = signer.sign(b"head")
    assert not signer.verify(b"heads", signature)
    assert not Ed25519Signer(SECRET + "x").verify(b"head", signature)
    assert not signer.verify(b"head", "")
    assert not signer.verify(b"head", "no hexadecimal text")
    assert not signer.verify(b"head", signature[:-2])


def test_a_password_matches_its_hash_alone() -> None:
    password = passwords.generate_password()
    stored = passwords.hash_password(password)
    assert stored.startswith("$argon2id$")
    assert password not in stored
    assert passwords.matches_hash(stored, password)
    assert not passwords.matches_hash(stored, password + "x")
    assert not passwords.matches_hash("no hash", password)


def test_made_passwords_differ_and_are_long() -> None:
    made = {passwords.generate_password() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {passwords.PASSWORD_LENGTH}
