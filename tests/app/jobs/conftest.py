"""Parts of a process, for the jobs that it runs."""

import time

import pytest

from app.configuration.settings import Settings
from app.parts import ServerParts
from app.sms_providers import build_providers
from app.waking import WakeEvents
from app.wiring import build_printer, build_signer
from channels.relay.relay import Relay
from channels.sms.polling import InboundPoller
from tests.support.municipality import Municipality

SETTINGS = Settings(demo=True)


@pytest.fixture
def parts(town: Municipality) -> ServerParts:
    """Parts of a process, over the municipality's store and clock."""
    providers = build_providers(SETTINGS)
    relay = Relay(town.desk, town.store, tuple(providers.values()), time.monotonic)
    printer = build_printer(SETTINGS, town.desk.catalogue)
    return ServerParts(
        settings=SETTINGS,
        dependencies=town.desk,
        store=town.store,
        providers=providers,
        sms_relay=relay,
        printer=printer,
        signer=build_signer(SETTINGS),
        wake_events=WakeEvents(),
        inbound_poller=InboundPoller(town.desk, town.store, tuple(providers.values())),
    )
