"""The section of settings about SMS: which providers are in use, and one section for each provider that there is.

The sections come from `PROVIDERS`: whoever adds a provider declares its settings in its own file, and nothing here.
"""

from typing import TYPE_CHECKING

from pydantic import Field, create_model

from app.configuration.sections import NameList, SettingsSection
from channels.sms.provider_settings import ProviderSettings
from channels.sms.providers import PROVIDERS


class ProviderChoice(SettingsSection):
    """Providers that carry texts."""

    providers: NameList = Field(("simulator",), description="Providers in order of preference, separated by commas.")
    direction_marks: bool = Field(
        True,
        description="Whether invisible marks keep the groups of tracking codes in order; off where old phones show "
        "boxes for them: then codes are written without gaps.",
    )
    sends_at_once: int = Field(
        8, ge=1, le=100, description="Texts that are on their way to the panel at a time, within the provider's rate."
    )

    def find_provider(self, provider_name: str) -> ProviderSettings | None:
        """Return the settings of a provider, None when there is none of that name."""
        section = getattr(self, provider_name, None)
        return section if isinstance(section, ProviderSettings) else None


if TYPE_CHECKING:
    SmsSettings = ProviderChoice
else:
    SmsSettings = create_model(
        "SmsSettings",
        __base__=ProviderChoice,
        **{name: (settings_class, settings_class()) for name, settings_class in PROVIDERS.items()},
    )
"""The same with a section for each provider, named as the provider is."""
