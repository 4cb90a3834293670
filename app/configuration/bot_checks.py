"""What can be wrong with the settings of a messenger's bot, found without asking the messenger."""

import re
from collections.abc import Iterator

from app.configuration.sections import BotSettings
from app.configuration.settings import Settings

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def bot_faults(settings: Settings) -> Iterator[str]:
    """Yield a line for each thing about a bot that must be mended before it can work."""
    for messenger, wanted in settings.bots.items():
        name = f"PISHKHAN_{messenger.upper()}"
        if not _TOKEN.fullmatch(wanted.token.get_secret_value()):
            yield f"{name}__TOKEN is no bot's token: those are a number, a colon and at least twenty signs"
        for field_name in ("base_url", "base_file_url"):
            if not re.match(r"https?://[^/]", getattr(wanted, field_name)):
                yield f"{name}__{field_name.upper()} is no HTTP address"
        if wanted.mode == "webhook":
            yield from _webhook_faults(settings, name, wanted)


def _webhook_faults(settings: Settings, name: str, wanted: BotSettings) -> Iterator[str]:
    if not settings.address.startswith("https://"):
        yield f"PISHKHAN_BASE_URL must begin with https:// for {name}__MODE=webhook: messengers post nowhere else"
    secret = wanted.webhook_secret.get_secret_value()
    if secret and not _SECRET.fullmatch(secret):
        yield f"{name}__WEBHOOK_SECRET may have letters, digits, _ and - alone: the messenger takes no other"
