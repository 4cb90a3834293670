"""A person in a chat with the municipality's bot, without a messenger: updates go in, and the outbox is read."""

from dataclasses import dataclass, field
from itertools import count

from domain.actions.conversations.chats.receive_update import HandledUpdate, receive_update
from domain.actions.messages.status_cards import CARD_KEY
from domain.chats.chat import (
    ButtonPressed,
    ChatBegun,
    ChatEvent,
    ReceivedUpdate,
    SentFile,
    SharedContact,
    SharedLocation,
    TextWritten,
)
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import OutboxMessage
from tests.support.municipality import CITIZEN, Municipality

UPDATES = count(1)


@dataclass(slots=True)
class Person:
    """Somebody in one chat; whose buttons are pressed by what stands on them."""

    town: Municipality
    chat_id: str = "77"
    channel: str = "telegram"
    name: str = "آنه"
    mobile: str = CITIZEN
    toast: str | None = None
    _read: int = field(default=0)

    async def does(self, came: ChatEvent, update_id: str = "") -> HandledUpdate:
        """Let something come from the chat; a second has passed."""
        self.town.advance(seconds=1)
        update = ReceivedUpdate(self.channel, update_id or f"1:{next(UPDATES)}", self.chat_id, self.name, came)
        taken = await receive_update(self.town.desk, self.town.store, update)
        self.toast = taken.toast
        return taken

    async def messages(self) -> list[OutboxMessage]:
        """Everything that was queued for this chat, oldest first, but the status cards."""
        async with self.town.store.open_unit(write=False) as uow:
            found = (await uow.outbox.list_recent(recipient=self.chat_id, limit=1000))[::-1]
        return [one for one in found if one.channel == self.channel and one.key != CARD_KEY]

    async def hears(self) -> list[OutboxMessage]:
        """Messages since the last call."""
        messages = await self.messages()
        new, self._read = messages[self._read :], len(messages)
        return new

    async def says(self, text: str) -> OutboxMessage:
        """Write, and hear the one answer."""
        await self.hears()
        await self.does(TextWritten(text))
        [answer] = await self.hears()
        return answer

    async def starts(self, payload: str = "") -> list[OutboxMessage]:
        """Begin the chat."""
        await self.hears()
        await self.does(ChatBegun(payload))
        return await self.hears()

    async def shares(self, phone: str = "", *, own: bool = True) -> list[OutboxMessage]:
        """Share a contact, by default one's own."""
        await self.hears()
        await self.does(SharedContact(phone or self.mobile.removeprefix("+"), own))
        return await self.hears()

    async def sends(self, content: bytes | None, name: str = "a.jpg", *, too_large: bool = False) -> OutboxMessage:
        """Send a file, and hear the one answer."""
        await self.hears()
        await self.does(SentFile(name, content, too_large))
        [answer] = await self.hears()
        return answer

    async def sends_photo(self, content: bytes, caption: str = "", album: str = "") -> list[OutboxMessage]:
        """Send a photo that the messenger would give out again; return what came of it."""
        await self.hears()
        await self.does(SentFile("photo.jpg", content, caption=caption, file_id="AgAC", album=album))
        return await self.hears()

    async def shares_place(self, latitude: float, longitude: float, title: str = "") -> list[OutboxMessage]:
        """Share a point of the map, perhaps with what is there; return what came of it."""
        await self.hears()
        await self.does(SharedLocation(latitude, longitude, title))
        return await self.hears()

    async def presses(self, label: str, on: OutboxMessage | None = None) -> list[OutboxMessage]:
        """Press a button of a message (the newest that has it); return what came of it."""
        messages = [on] if on else (await self.messages())[::-1]
        message = next(one for one in messages if label in labels(one))
        await self.hears()
        await self.does(ButtonPressed(data(message)[label], str(message.id)))
        return await self.hears()

    async def press(self, label: str, on: OutboxMessage | None = None) -> OutboxMessage:
        """Press a button that has one answer."""
        [answer] = await self.presses(label, on)
        return answer

    async def linked(self) -> "Person":
        """Begin, and share the own contact."""
        await self.starts()
        await self.shares()
        return self


def data(message: OutboxMessage) -> dict[str, str]:
    """The buttons of a message that come back to us or open a page, as a Persian goes through their rows: label →
    data.
    """
    rows = ReplyMarkup.from_json(message.content).rows
    return {button.label: button.callback_data for row in rows for button in reversed(row) if not button.copied_text}


def labels(message: OutboxMessage) -> list[str]:
    """Labels of the buttons of a message, row by row."""
    return list(data(message))


async def form_until_summary(person: Person) -> OutboxMessage:
    """Fill the form of machinery work by buttons, the place by a text."""
    await person.press("ماشین‌آلات")
    await person.press("لودر")
    await person.press("۴")
    await person.press("۵")
    await person.press("۰۸:۰۰")
    return await person.says("خیابان امام، روبه‌روی پارک")
