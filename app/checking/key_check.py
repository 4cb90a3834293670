"""Whether `PISHKHAN_SECRET_KEY` is the key that this database was used with.

Under another key nothing fails at once: seals are signed that will not verify, keys of offices and authenticators stay
shut, sessions are gone. So the first process leaves a check value, derived from the key under a label of its own, and
every later one compares its own before it does anything. A key that was changed on purpose is accepted by a command.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.configuration.settings import Settings
from app.readiness import NotReady
from app.security.signing import Ed25519Signer
from domain.requests.history import find_seal_faults
from domain.unit_of_work import Clock
from store.unit_of_work import SqlStore, SqlUnit

KEY_CHECK_NAME = "secret_key"
ANOTHER_KEY_FAULT = (
    "PISHKHAN_SECRET_KEY is not the key that this database was used with: seals, keys of offices and authenticators"
    " need that one. If it was changed on purpose: `pishkhan secret-key accept`"
)
_LABEL = b"pishkhan key check 1"


def derive_check_value(secret: str) -> str:
    """Return what distinguishes this key from another one (32 hexadecimal digits)."""
    return HKDF(algorithm=SHA256(), length=16, salt=None, info=_LABEL).derive(secret.encode()).hex()


async def refuse_another_key(settings: Settings, store: SqlStore) -> None:
    """Raise `NotReady` under another key than the one before. Who has none (a command that needs none) may go on."""
    if secret := settings.reveal_secret(settings.secret_key):
        async with store.open_unit(write=False) as uow:
            if await uow.key_checks.find_check_value(KEY_CHECK_NAME) not in {None, derive_check_value(secret)}:
                raise NotReady([ANOTHER_KEY_FAULT])


async def keep_or_refuse_key(settings: Settings, store: SqlStore, clock: Clock) -> None:
    """Leave the check value of the first key that is used here; `NotReady` under another one.

    Before there is one, the last seal says whether the key is the one that signed it.
    """
    await refuse_another_key(settings, store)
    if secret := settings.reveal_secret(settings.secret_key):
        async with store.open_unit() as uow:
            await uow.serialise(KEY_CHECK_NAME)
            if await uow.key_checks.find_check_value(KEY_CHECK_NAME) is None:
                if not await _is_signed_by(uow, secret):
                    raise NotReady([ANOTHER_KEY_FAULT])
                await uow.key_checks.put_check_value(KEY_CHECK_NAME, derive_check_value(secret), clock.now())


async def accept_secret_key(settings: Settings, uow: SqlUnit, clock: Clock) -> bool:
    """Take the present key for the right one from now on; return whether it was another one before."""
    present_value = derive_check_value(settings.reveal_secret(settings.secret_key))
    await uow.serialise(KEY_CHECK_NAME)
    former_value = await uow.key_checks.find_check_value(KEY_CHECK_NAME)
    if former_value != present_value:
        await uow.key_checks.put_check_value(KEY_CHECK_NAME, present_value, clock.now())
    return former_value != present_value


async def _is_signed_by(uow: SqlUnit, secret: str) -> bool:
    last_seal = await uow.history.find_last_seal()
    if last_seal is None:
        return True
    faults_found = find_seal_faults(last_seal.number, last_seal.previous, last_seal, Ed25519Signer(secret))
    return "seal_forged" not in {fault.kind for fault in faults_found}
