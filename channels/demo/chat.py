"""`/demo/chat`: the bot in a web page. The same adapter runs as in Telegram, against a messenger in this process.

Like the phone it works without scripts, shows anybody's chat to anybody, and is mounted in demo mode only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.demo.messenger import ChatFile, ChatMessage, DemoMessenger, PersonChat
from channels.demo.people import DemoPeople, ShownPerson
from channels.web.headers import require_same_origin
from channels.web.pages import render_page
from channels.web.posted import PostedForm, UploadedFile, read_posted_form, read_text
from domain.messages.catalogue import Catalogue
from domain.values.calendar import to_tehran
from domain.values.text import persian_digits

CHAT_PATH = "/demo/chat"
FILES_PATH = "/demo/chat/files"

ANSWER_SECONDS = 1.5
"""Time for which a page without scripts waits for the bot's answer to what was sent."""

TOWN_PLACE = {"latitude": 37.0717, "longitude": 54.0767}
"""Gomishan: the place that a person of the demonstration shares."""

_MAX_FORM_BYTES = 12 * 1024 * 1024
_CHIPS_PREFIX = "web.chat.chips."


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button: what it shows, and what it does."""

    label: str
    press: str = ""
    """The message and the data, for the form; empty: it is not pressed."""
    address: str = ""
    """Address of its link; empty: nowhere."""
    copied_text: str = ""
    """Text that it puts into the clipboard; empty: nothing."""


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message as the page shows it."""

    message_id: int
    is_own: bool
    text: str
    shown_hour: str
    rows: Sequence[Sequence[ShownButton]]
    file: ChatFile | None


class DemoChat:
    """Mounts the page."""

    def __init__(self, messenger: DemoMessenger, catalogue: Catalogue, people: DemoPeople) -> None:
        self._messenger = messenger
        self._catalogue = catalogue
        self._people = people

    def mount(self, app: web.Application) -> None:
        app.router.add_get(CHAT_PATH, self._show_chat)
        app.router.add_post(CHAT_PATH, self._submit)
        app.router.add_get(FILES_PATH + "/{file_id:[a-z0-9]+}", self._show_file)

    async def _show_chat(self, request: web.Request) -> web.Response:
        return self._render_chat(request, self._people.read_person(request.query.get("mobile", "")))

    async def _submit(self, request: web.Request) -> web.Response:
        require_same_origin(request)
        form = await read_posted_form(request, _MAX_FORM_BYTES)
        person = self._people.read_person(read_text(form, "mobile"))
        if person.mobile is None:
            return self._render_chat(request, person)
        self._take_form(self._open_chat(person.mobile), form)
        await self._messenger.wait_for_change(ANSWER_SECONDS)
        raise web.HTTPSeeOther(f"{CHAT_PATH}?{urlencode({'mobile': person.submitted_mobile})}#phone")

    def _take_form(self, chat: PersonChat, form: PostedForm) -> None:
        """Do what a person does with the form that was sent: press, share, send a file or write."""
        message_id, _, callback_data = read_text(form, "press").partition(" ")
        file, text = form.get("file"), read_text(form, "text")
        match read_text(form, "share"):
            case "contact":
                contact = {"phone_number": f"+{chat.chat_id}", "first_name": chat.name, "user_id": chat.chat_id}
                self._messenger.write(chat, self._catalogue.text("web.chat.shared_contact"), contact=contact)
            case "location":
                self._messenger.write(chat, self._catalogue.text("web.chat.shared_place"), location=TOWN_PLACE)
        if message_id.isdecimal():
            self._messenger.press(chat, int(message_id), callback_data)
        if isinstance(file, UploadedFile) and file.content:
            self._messenger.send_file(chat, file.name, file.content, text)
        elif text:
            self._messenger.write(chat, text)

    async def _show_file(self, request: web.Request) -> web.Response:
        file = self._messenger.files.get(request.match_info["file_id"])
        if file is None:
            raise web.HTTPNotFound
        # What people send is shown only where it is a photo; anything else is saved, whatever it says it is.
        content_type = file.photo_type or ("application/pdf" if file.content.startswith(b"%PDF") else None)
        headers = {} if content_type else {"Content-Disposition": "attachment"}
        return web.Response(body=file.content, content_type=content_type or "application/octet-stream", headers=headers)

    def _open_chat(self, mobile: str) -> PersonChat:
        return self._messenger.open_chat(int(mobile.removeprefix("+")), self._people.find_name(mobile))

    def _render_chat(self, request: web.Request, person: ShownPerson) -> web.Response:
        chat = self._open_chat(person.mobile) if person.mobile else None
        context = {
            **self._people.describe_choice(person),
            "chat": chat,
            "messages": [_show_message(message) for message in chat.messages] if chat else [],
            "suggestions": [self._catalogue.text(key) for key in self._catalogue.list_keys(_CHIPS_PREFIX)],
        }
        return render_page(request, "demo/chat.html", context, status=422 if person.problem_key else 200)


def _show_message(message: ChatMessage) -> ShownMessage:
    rows = [[_show_button(message, button) for button in row] for row in message.inline_rows]
    shown_hour = persian_digits(f"{to_tehran(message.sent_at):%H:%M}")
    return ShownMessage(message.message_id, message.is_own, message.text, shown_hour, rows, message.file)


def _show_button(message: ChatMessage, button: Mapping[str, Any]) -> ShownButton:
    if "callback_data" in button:
        return ShownButton(button["text"], press=f"{message.message_id} {button['callback_data']}")
    if "copy_text" in button:
        return ShownButton(button["text"], copied_text=button["copy_text"]["text"])
    return ShownButton(button["text"], address=button.get("url", ""))
