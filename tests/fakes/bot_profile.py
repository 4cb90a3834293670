"""Profile of a bot in Telegram, and the messages it pinned: methods that Bale lacks.

Limits as core.telegram.org/bots/api has them: 100 commands of 1 to 32 lower-case letters, digits and underscores,
described in 1 to 256 characters; a description of 512 and a short one of 120 characters. In a private chat a bot pins
whatever is in it, and pinning again what is pinned changes nothing.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.fakes.bot_text import Refused, length

Method = Callable[[Mapping[str, Any]], Awaitable[object]]


class BotProfile:
    """The profile of one bot."""

    def __init__(self) -> None:
        self.commands: list[Mapping[str, str]] = []
        self.description = ""
        self.short_description = ""
        self.methods: Mapping[str, Method] = {
            "getMyCommands": self._get_commands,
            "setMyCommands": self._set_commands,
            "getMyDescription": self._get_description,
            "setMyDescription": self._set_description,
            "getMyShortDescription": self._get_short_description,
            "setMyShortDescription": self._set_short_description,
        }

    async def _get_commands(self, _fields: Mapping[str, Any]) -> object:
        return self.commands

    async def _set_commands(self, fields: Mapping[str, Any]) -> object:
        commands = list(fields.get("commands", ()))
        if len(commands) > 100:
            raise Refused(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= length(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands = commands
        return True

    async def _get_description(self, _fields: Mapping[str, Any]) -> object:
        return {"description": self.description}

    async def _set_description(self, fields: Mapping[str, Any]) -> object:
        self.description = _limited(str(fields.get("description", "")), 512)
        return True

    async def _get_short_description(self, _fields: Mapping[str, Any]) -> object:
        return {"short_description": self.short_description}

    async def _set_short_description(self, fields: Mapping[str, Any]) -> object:
        self.short_description = _limited(str(fields.get("short_description", "")), 120)
        return True


def _limited(text: str, most: int) -> str:
    if length(text) > most:
        raise Refused(400, "Bad Request: description is too long")
    return text
