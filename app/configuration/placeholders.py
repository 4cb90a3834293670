"""Secrets that must not go into service: empty, short, or the ones that examples are written with."""

from collections.abc import Sequence

from pydantic import BaseModel, SecretStr

from app.configuration.settings import DEMO_SECRET, Settings
from channels.sms.provider_settings import ProviderSettings, WebhookSettings
from store.engines.addresses import read_database_url

SHORTEST_SECRET_KEY = 16
SHORTEST_WEBHOOK_SECRET = 8

_PLACEHOLDER_PARTS = (
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
_PLACEHOLDER_WORDS = frozenset(
    {"secret", "password", "default", "example", "insecure", "testing", "todo", "none", "null"}
)


def find_secret_faults(settings: Settings) -> list[str]:
    """Return a line for every secret that is empty, short or a placeholder; none in demo mode, which sends nothing."""
    if settings.demo:
        return []
    faults = [_check_secret("PISHKHAN_SECRET_KEY", settings.secret_key, SHORTEST_SECRET_KEY)]
    for provider_name in settings.active_providers:
        section = settings.sms.find_provider(provider_name)
        if section is not None:
            faults.extend(_check_provider(f"PISHKHAN_SMS__{provider_name.upper()}", section))
    if _plain_text(settings.metrics.token):
        faults.append(_check_secret("PISHKHAN_METRICS__TOKEN", settings.metrics.token, SHORTEST_SECRET_KEY))
    faults.append(_check_database_password(settings.database_url))
    for messenger, bot_settings in settings.active_bots.items():
        if bot_settings.mode == "webhook":
            setting_name = f"PISHKHAN_{messenger.upper()}__WEBHOOK_SECRET"
            faults.append(_check_secret(setting_name, bot_settings.webhook_secret, SHORTEST_WEBHOOK_SECRET))
    return [fault for fault in faults if fault]


def _check_provider(section_name: str, section: ProviderSettings) -> list[str]:
    panel_fields = [name for name in list_required_fields(type(section)) if name != "webhook_secret"]
    missing_settings = find_missing_settings(section_name, section, sorted(panel_fields))
    if not isinstance(section, WebhookSettings):
        return missing_settings
    secret_fault = _check_secret(f"{section_name}__WEBHOOK_SECRET", section.webhook_secret, SHORTEST_WEBHOOK_SECRET)
    return [secret_fault, *missing_settings]


def list_required_fields(section_class: type[BaseModel]) -> list[str]:
    """Return the fields that have to be set where a panel or bank is in use: those whose default is empty."""
    return [name for name, field in section_class.model_fields.items() if field.default in {"", SecretStr("")}]


def find_missing_settings(section_name: str, section: BaseModel, required_fields: Sequence[str]) -> list[str]:
    """Return a line for each of these fields, which a panel or a bank gives, that is not set or a placeholder."""
    values_by_name = {
        f"{section_name}__{field.upper()}": _plain_text(getattr(section, field)) for field in required_fields
    }
    return [
        f"{setting_name} is {'a placeholder' if value else 'not set'}"
        for setting_name, value in values_by_name.items()
        if _is_placeholder(value)
    ]


def _check_database_password(database_url: str) -> str:
    """Return what is wrong with the password in a database URL; one that cannot be read has a line of its own."""
    try:
        password = read_database_url(database_url).password or ""
    except ValueError:
        return ""
    return (
        "PISHKHAN_DATABASE_URL: the password in it is a placeholder" if password and _is_placeholder(password) else ""
    )


def _plain_text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _check_secret(setting_name: str, secret: SecretStr, minimum_length: int) -> str:
    secret_text = secret.get_secret_value()
    hint = f"set it to at least {minimum_length} random characters (`openssl rand -hex 32` makes them)"
    if not secret_text.strip():
        return f"{setting_name} is not set: {hint}"
    if _is_placeholder(secret_text):
        return f"{setting_name} is a placeholder: {hint}"
    return f"{setting_name} is too short: {hint}" if len(secret_text) < minimum_length else ""


def _is_placeholder(setting_text: str) -> bool:
    """Return whether it is empty, or only what examples are written with."""
    lowered_text = setting_text.strip().lower()
    return (
        lowered_text in _PLACEHOLDER_WORDS
        or any(placeholder_part in lowered_text for placeholder_part in _PLACEHOLDER_PARTS)
        or len(set(lowered_text)) <= 1
    )
