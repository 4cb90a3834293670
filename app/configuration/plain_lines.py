"""Which lines of a configuration carry secrets or personal data without encryption: remarked on, never refused.

A line that stays on this machine may be plain; one that leaves it should not (ASVS 5.0, 12.2 and 12.3).
"""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from app.configuration.settings import Settings
from payments.gateway_settings import LOOPBACK_HOSTS

_ENCRYPTED_MODES = frozenset({"require", "verify-ca", "verify-full"})
"""Values of PostgreSQL's `sslmode` under which nothing is sent in the clear."""


def find_plain_lines(settings: Settings) -> Iterator[str]:
    """Yield a line for each setting by which something is sent in the clear to another machine."""
    if _is_plain_http(settings.base_url):
        yield "PISHKHAN_BASE_URL begins with http: what people send, their sessions too, is read on its way"
    if _is_plain_database(settings.database_url):
        yield "PISHKHAN_DATABASE_URL leads to another machine without sslmode=verify-full: it may be read on its way"
    for provider_name in settings.active_providers:
        if _is_plain_http(getattr(settings.sms.find_provider(provider_name), "base_url", "")):
            setting_name = f"PISHKHAN_SMS__{provider_name.upper()}__BASE_URL"
            yield f"{setting_name} begins with http: the account's key is read on its way"
    for messenger, bot_settings in settings.active_bots.items():
        if _is_plain_http(bot_settings.base_url) or _is_plain_http(bot_settings.base_file_url):
            yield f"PISHKHAN_{messenger.upper()}__BASE_URL begins with http: the bot's token is read on its way"


def _is_plain_http(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS


def _is_plain_database(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "sqlite" or not parts.hostname or parts.hostname in LOOPBACK_HOSTS:
        return False
    return not _ENCRYPTED_MODES.intersection(parse_qs(parts.query).get("sslmode", ()))
