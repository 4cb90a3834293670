"""A person at a messenger: what one types, presses, sends and sees; each doing becomes an update for the bot."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_invoices import Invoice, Transaction
from tests.fakes.bot_messenger import BotMessage, Chat, Stored
from tests.fakes.bot_updates import Update

FIRST_USER_ID = 5_200_000_000
"""Larger than 32 bits hold, as the messengers' are today."""

UNTIL: Mapping[str, Mapping[str, int]] = {"kicked": {"until_date": 0}, "member": {}}
"""Further details of a standing in a chat: a bot that was blocked is so for ever."""

UNREADABLE: Mapping[str, Mapping[str, Any]] = {
    "voice": {"file_id": "v", "file_unique_id": "v", "duration": 3},
    "video": {"file_id": "f", "file_unique_id": "f", "width": 640, "height": 480, "duration": 3},
    "sticker": {
        "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512,
        "is_animated": False, "is_video": False,
    },
    "poll": {
        "id": "1", "question": "؟", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
        "type": "regular", "allows_multiple_answers": False,
    },
    "dice": {"emoji": "🎲", "value": 3},
}  # fmt: skip
"""Content that nobody at a desk can read, as messengers describe it."""

_user_ids = count(FIRST_USER_ID)
_press_ids = count(4_382_000_000_000_000)


class Person:
    """One person and the private chat with the bot; the chat's id is the person's, as the messengers have it.

    `mobile` is as the messenger writes it into a contact (98912…, some clients with a plus). `more` is what else the
    messenger tells of the person (`last_name`, `username`). The bot may write only after `starts`.
    """

    def __init__(self, messenger: FakeBotApi, name: str, mobile: str = "989121234567") -> None:
        self.messenger, self.name, self.mobile = messenger, name, mobile
        self.more: Mapping[str, str] = {}
        self.position = (37.07123, 54.07456)
        self.id = next(_user_ids)
        self._heard = 0
        self._wrote: dict[int, dict[str, Any]] = {}

    @property
    def messages(self) -> list[BotMessage]:
        """Messages of the bot to this person, in order."""
        return self.messenger.of(self.id)

    @property
    def user(self) -> dict[str, Any]:
        """The person as the messenger describes users."""
        told = {"id": self.id, "is_bot": False, "first_name": self.name, **self.more}
        return told | ({} if self.messenger.bale else {"language_code": "fa"})

    @property
    def chat(self) -> dict[str, Any]:
        """The chat as the messenger describes it."""
        return {"id": self.id, "type": "private", "first_name": self.name, **self.more}

    def starts(self, payload: str = "") -> Update:
        """Press «Start», or a deep link with a payload."""
        self.messenger.chats.setdefault(self.id, Chat(self.chat))
        if self.messenger.chats[self.id].state == "blocked":
            self._turn("kicked", "member")
        return self.says(f"/start {payload}".strip())

    def says(self, text: str) -> Update:
        """Send a text."""
        command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
        entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if command else []
        return self._writes({"text": text} | ({"entities": entities} if entities else {}))

    def forwards(self, text: str) -> Update:
        """Pass on a text that somebody else wrote."""
        date, sender = (
            int(datetime.now(UTC).timestamp()),
            {"id": FIRST_USER_ID - 1, "is_bot": False, "first_name": "سارا"},
        )
        if self.messenger.bale:
            return self._writes({"text": text, "forward_from": sender, "forward_date": date})
        return self._writes({"text": text, "forward_origin": {"type": "user", "date": date, "sender_user": sender}})

    def sends(self, kind: str) -> Update:
        """Send what a desk cannot take: voice, video, sticker, poll, dice."""
        return self._writes({kind: UNREADABLE[kind]})

    def says_in_group(self, text: str, group_id: int = -100_200) -> Update:
        """Write in a group that the bot is a member of."""
        group = {"id": group_id, "type": "supergroup", "title": "همسایه‌ها"}
        self.messenger.chats.setdefault(group_id, Chat(group))
        written = self._build_message({"text": text}) | {"chat": group}
        return self.messenger.updates.add("message", group_id, written)

    def edits(self, update: Update, text: str) -> Update:
        """Change a text that was sent before."""
        before = update.content
        now = int(datetime.now(UTC).timestamp())
        changed = {name: before[name] for name in ("message_id", "from", "chat", "date")}
        return self._does("edited_message", changed | {"edit_date": now, "text": text})

    def presses(self, label: str, *, on: BotMessage | None = None) -> str:
        """Press a button under a message (the newest that has it); the press's id, or "" where it sends a text.

        A button in place of the letters sends its label, or the person's own contact when it asks for that.
        """
        message = on or next(one for one in reversed(self.messages) if label in one.buttons)
        button = message.buttons[label]
        if "keyboard" in message.markup:
            if button.get("request_contact"):
                self.shares_contact()
            elif button.get("request_location"):
                self.shares_location(*self.position)
            else:
                self.says(label)
            return ""
        return self.presses_data(button["callback_data"], message)

    def presses_data(self, data: str, message: BotMessage) -> str:
        """Press a button with that data, which the message may not have (any more); the press's id."""
        press = str(next(_press_ids))
        self.messenger.pressed.append(press)
        content = {"id": press, "from": self.user, "message": self.messenger.described(message), "data": data}
        if not self.messenger.bale:
            content["chat_instance"] = f"-{self.id}"
        self._does("callback_query", content)
        return press

    def deletes(self, message: BotMessage) -> None:
        """Delete a message of the bot, which is not told; a deleted message is pinned no longer."""
        message.is_deleted = True
        pinned = self.messenger.pinned.get(self.id, [])
        self.messenger.pinned[self.id] = [number for number in pinned if number != message.message_id]

    def shares_contact(self, owner: "Person | None" = None) -> Update:
        """Share one's own contact, or another person's."""
        whose = owner or self
        contact = {"phone_number": whose.mobile, "first_name": whose.name, "user_id": whose.id}
        return self._writes({"contact": contact})

    def shares_card(self, mobile: str, name: str, **more: str) -> Update:
        """Share a card of the address book, of somebody whom the messenger does not know."""
        return self._writes({"contact": {"phone_number": mobile, "first_name": name, **more}})

    def sends_photo(self, content: bytes, caption: str = "") -> Update:
        """Send a photo; it comes in two sizes, the small one first."""
        return self._sends_photo(content, _captioned(caption))

    def _sends_photo(self, content: bytes, more: Mapping[str, str]) -> Update:
        small, full = self.messenger.keep(b"small", "photo.jpg"), self.messenger.keep(content, "photo.jpg")
        return self._writes({"photo": [_sized(small, 90, 67), _sized(full, 1280, 960)], **more})

    def sends_file(self, content: bytes, name: str, media_type: str, caption: str = "") -> Update:
        """Send a file."""
        file = self.messenger.keep(content, name).described()
        return self._writes({"document": file | {"file_name": name, "mime_type": media_type}} | _captioned(caption))

    def sends_album(self, *contents: bytes, caption: str = "") -> list[Update]:
        """Send photos at once: each comes by itself, the caption with the first."""
        album = {"media_group_id": str(next(_press_ids))}
        captions = [caption, *[""] * (len(contents) - 1)]
        return [
            self._sends_photo(content, album | _captioned(text))
            for content, text in zip(contents, captions, strict=True)
        ]

    def shares_location(self, latitude: float, longitude: float) -> Update:
        """Share a point of the map."""
        return self._writes({"location": {"latitude": latitude, "longitude": longitude}})

    def shares_venue(self, title: str, address: str, latitude: float, longitude: float) -> Update:
        """Share a place that the messenger knows by its name."""
        location = {"latitude": latitude, "longitude": longitude}
        return self._writes({"location": location, "venue": {"location": location, "title": title, "address": address}})

    def confirms(self, invoice: Invoice | None = None, *, amount: int | None = None) -> Transaction:
        """Confirm an invoice, the newest one; `amount` is another than the invoice's. The bot is asked."""
        invoices = self.messenger.invoices
        transaction = invoices.begin(invoice or invoices.issued[-1], self.id, amount)
        self._does("pre_checkout_query", self._query(transaction))
        return transaction

    def _query(self, transaction: Transaction) -> dict[str, Any]:
        query = {"id": transaction.transaction_id, "from": self.user, "currency": "IRR"}
        return query | {"total_amount": transaction.amount, "invoice_payload": transaction.invoice.payload}

    def blocks(self) -> None:
        """Block the bot."""
        self.messenger.chats[self.id].state = "blocked"
        self._turn("member", "kicked")

    def leaves(self) -> None:
        """Delete one's account; the bot is not told."""
        self.messenger.chats[self.id].state = "gone"

    async def hears(self, *words: str) -> BotMessage:
        """Wait for a message with all of these words, after the one that was heard before; those between are passed."""

        def found() -> BotMessage | None:
            rest = self.messages[self._heard :]
            return next((message for message in rest if all(word in message.text for word in words)), None)

        await self.messenger.until(lambda: found() is not None, f"a message with {words} to {self.name}")
        message = found()
        assert message
        self._heard = self.messages.index(message) + 1
        return message

    async def told(self, press: str) -> str:
        """Wait until a press is answered; the words of the answer, or ""."""
        await self.messenger.until(lambda: press in self.messenger.toasts, f"an answer to {self.name}'s press")
        return self.messenger.toasts[press]

    def _writes(self, what: Mapping[str, Any]) -> Update:
        return self._does("message", self._build_message(what))

    def _build_message(self, what: Mapping[str, Any]) -> dict[str, Any]:
        date, number = int(datetime.now(UTC).timestamp()), next(self.messenger.message_ids)
        return {"message_id": number, "from": self.user, "chat": self.chat, "date": date, **what}

    def _turn(self, before: str, after: str) -> None:
        """The bot's standing in the chat changes."""
        self.messenger.chats[self.id].state = "blocked" if after == "kicked" else "open"
        date = int(datetime.now(UTC).timestamp())
        old, new = ({"user": self.messenger.bot, "status": status, **UNTIL[status]} for status in (before, after))
        changed = {"old_chat_member": old, "new_chat_member": new}
        self._does("my_chat_member", {"chat": self.chat, "from": self.user, "date": date, **changed})

    def _does(self, kind: str, content: Mapping[str, Any]) -> Update:
        return self.messenger.updates.add(kind, self.id, content)


def _captioned(caption: str) -> dict[str, str]:
    return {"caption": caption} if caption else {}


def _sized(file: Stored, width: int, height: int) -> dict[str, Any]:
    return file.described() | {"width": width, "height": height}
