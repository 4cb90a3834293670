"""SMS providers as the configuration names them."""

from app.configuration.settings import Settings, SettingsError
from channels.sms.provider_settings import NOT_SET, WebhookSettings
from channels.sms.providers import PROVIDERS
from domain.messages.carriers import SmsProvider


def build_providers(settings: Settings) -> dict[str, SmsProvider]:
    """Return the providers in order of preference; `SettingsError` when one is not known."""
    faults = find_provider_faults(settings)
    if faults:
        raise SettingsError(faults)
    return {name: _build_provider(settings, name) for name in settings.active_providers}


def find_provider_faults(settings: Settings) -> list[str]:
    """Return a line for each provider that is not known, or one when there is none at all."""
    known_names = ", ".join(PROVIDERS)
    if not settings.active_providers:
        return [f"PISHKHAN_SMS__PROVIDERS names no provider; there are: {known_names}"]
    unknown_names = [name for name in settings.active_providers if name not in PROVIDERS]
    return [f"PISHKHAN_SMS__PROVIDERS: unknown provider {name!r}; there are: {known_names}" for name in unknown_names]


def _build_provider(settings: Settings, provider_name: str) -> SmsProvider:
    section = settings.sms.find_provider(provider_name)
    assert section is not None, "checked by the caller"  # noqa: S101 - holds by construction
    webhook_secret = section.webhook_secret if isinstance(section, WebhookSettings) else NOT_SET
    return section.build_provider(settings.reveal_secret(webhook_secret))
