"""Links that begin a chat and say what is wanted (`?start=…`): a request to be followed, or a service."""

from domain.conversation.dialogue.turns import Conversation

TRACK_PAYLOAD_PREFIX = "track_"
"""Prefix of the payload of a link to a request; its tracking code follows."""


def write_track_payload(code: str) -> str:
    """Return the payload of a link that follows a request."""
    return f"{TRACK_PAYLOAD_PREFIX}{code}"


def write_track_command(code: str) -> str:
    """Return the command that follows a request, as one types it; of an empty code it asks which one."""
    return f"پیگیری {code}"


def read_link_payload(conversation: Conversation, payload: str) -> str | None:
    """Return the command that the payload of a link means, as one types it; None where it means none.

    The key of a service starts its form, where it has one, and else explains it; the name of an intent starts that one.
    """
    if payload.startswith(TRACK_PAYLOAD_PREFIX):
        return write_track_command(payload.removeprefix(TRACK_PAYLOAD_PREFIX))
    for service in conversation.services.values():
        if payload == service.key and len(service.keywords) > 1:
            return f"راهنما {service.keywords[0].intent.certain_words[0]}"
        for intent in service.intents:
            if payload in {intent.name, service.key}:
                return intent.certain_words[0]
    return None
