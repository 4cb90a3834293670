"""The demonstration in a serving process: a phone, and a chat with the messenger behind it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module

from app.demo.loading import DEMO_PASSWORD
from app.demo.registers import phone_names_by_mobile
from app.parts import DemoParts, ServerParts
from channels import Channel
from channels.demo.chat import CHAT_PATH, DemoChat
from channels.demo.messenger import DemoMessenger
from channels.demo.people import DemoPeople
from channels.demo.phone import PHONE_PATH, DemoPhone
from domain.people.person import Person


def build_demo(read_clock: Callable[[], datetime]) -> DemoParts:
    """Return what demo mode adds; its chats are in memory and end with the process."""
    messenger = DemoMessenger(read_clock)
    return DemoParts(
        site_links={PHONE_PATH: "web.links.phone", CHAT_PATH: "web.links.chat"},
        phone_path=PHONE_PATH,
        staff_password=DEMO_PASSWORD,
        build_bot_transport=lambda: import_module("channels.demo.bot_api").DemoBotApi(messenger),
        is_bot_needed=lambda: bool(messenger.pending_updates),
        channel_builders={"demo": _build_phone, "demo_chat": partial(_build_chat, messenger)},
    )


def _build_phone(parts: ServerParts) -> Channel:
    return DemoPhone(parts.dependencies, parts.store, parts.municipal_line, _list_people(parts))


def _build_chat(messenger: DemoMessenger, parts: ServerParts) -> Channel:
    return DemoChat(messenger, parts.dependencies.catalogue, _list_people(parts))


def _list_people(parts: ServerParts) -> DemoPeople:
    now = parts.dependencies.clock.now()
    return DemoPeople([Person(mobile, name, None, now) for mobile, name in phone_names_by_mobile().items()])
