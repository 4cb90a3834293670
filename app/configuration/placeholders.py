"""Secrets that must not go into service: empty, short, or the ones that examples are written with."""

from pydantic import SecretStr

from app.configuration.sections import SettingsSection
from app.configuration.settings import DEMO_SECRET, Settings
from store.engines.addresses import read_address

SHORTEST_SECRET_KEY = 16
SHORTEST_WEBHOOK_SECRET = 8

_PARTS = (
    "…",
    "...",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "replace",
    "your-",
    "your_",
    "<",
    DEMO_SECRET,
)
_WORDS = frozenset({"secret", "password", "default", "example", "insecure", "testing", "todo", "none", "null"})


def secret_faults(settings: Settings) -> list[str]:
    """Return a line for every secret that is empty, short or a placeholder; none in demo mode, which sends nothing."""
    if settings.demo:
        return []
    faults = [_secret_fault("PISHKHAN_SECRET_KEY", settings.secret_key, SHORTEST_SECRET_KEY)]
    for provider in settings.providers:
        section = settings.sms.provider(provider)
        if section is not None:
            name = f"PISHKHAN_SMS__{provider.upper()}"
            faults.append(_secret_fault(f"{name}__WEBHOOK_SECRET", section.webhook_secret, SHORTEST_WEBHOOK_SECRET))
            faults.extend(_missing(name, section))
    if _plain(settings.metrics.token):
        faults.append(_secret_fault("PISHKHAN_METRICS__TOKEN", settings.metrics.token, SHORTEST_SECRET_KEY))
    faults.append(_database_fault(settings.database_url))
    for messenger, bot in settings.bots.items():
        if bot.mode == "webhook":
            name = f"PISHKHAN_{messenger.upper()}__WEBHOOK_SECRET"
            faults.append(_secret_fault(name, bot.webhook_secret, SHORTEST_WEBHOOK_SECRET))
    return [fault for fault in faults if fault]


def _missing(name: str, section: SettingsSection) -> list[str]:
    """Return a line for each thing that a panel gives and that is not set, or set to what stands in examples."""
    wanted = [field for field in ("api_key", "sender") if field in type(section).model_fields]
    values = {f"{name}__{field.upper()}": _plain(getattr(section, field)) for field in wanted}
    return [f"{one} is {'a placeholder' if value else 'not set'}" for one, value in values.items() if _empty(value)]


def _database_fault(url: str) -> str:
    """Return what is wrong with the password in a database URL; one that cannot be read has a line of its own."""
    try:
        password = read_address(url).password or ""
    except ValueError:
        return ""
    return "PISHKHAN_DATABASE_URL: the password in it is a placeholder" if password and _empty(password) else ""


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _secret_fault(name: str, secret: SecretStr, shortest: int) -> str:
    value = secret.get_secret_value()
    hint = f"set it to at least {shortest} random characters (`openssl rand -hex 32` makes them)"
    if not value.strip():
        return f"{name} is not set: {hint}"
    if _empty(value):
        return f"{name} is a placeholder: {hint}"
    return f"{name} is too short: {hint}" if len(value) < shortest else ""


def _empty(value: str) -> bool:
    """Tell whether nothing stands there, or only what examples are written with."""
    folded = value.strip().lower()
    return folded in _WORDS or any(word in folded for word in _PARTS) or len(set(folded)) <= 1
