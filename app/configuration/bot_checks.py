"""What can be wrong with the settings of a messenger's bot, found without asking the messenger."""

import re
from collections.abc import Iterator

from app.configuration.sections import BotSettings
from app.configuration.settings import Settings

_TOKEN_PATTERN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}")
_SECRET_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,256}")


def find_bot_faults(settings: Settings) -> Iterator[str]:
    """Yield a line for each thing about a bot that must be mended before it can work."""
    for messenger, bot_settings in settings.active_bots.items():
        prefix = f"PISHKHAN_{messenger.upper()}"
        if not _TOKEN_PATTERN.fullmatch(bot_settings.token.get_secret_value()):
            yield f"{prefix}__TOKEN is no bot's token: those are a number, a colon and at least twenty signs"
        for field_name in ("base_url", "base_file_url"):
            if not re.match(r"https?://[^/]", getattr(bot_settings, field_name)):
                yield f"{prefix}__{field_name.upper()} is no HTTP address"
        if bot_settings.mode == "webhook":
            yield from _find_webhook_faults(settings, prefix, bot_settings)


def _find_webhook_faults(settings: Settings, prefix: str, bot_settings: BotSettings) -> Iterator[str]:
    if not settings.public_address.startswith("https://"):
        yield f"PISHKHAN_BASE_URL must begin with https:// for {prefix}__MODE=webhook: messengers post nowhere else"
    webhook_secret = bot_settings.webhook_secret.get_secret_value()
    if webhook_secret and not _SECRET_PATTERN.fullmatch(webhook_secret):
        yield f"{prefix}__WEBHOOK_SECRET may have letters, digits, _ and - alone: the messenger takes no other"
