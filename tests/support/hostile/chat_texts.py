"""Messages of people in a chat, made hostile: answers and comments, wrong answers, the names of people, contacts and
files, captions, and what a button carries.

Which answers are texts is read from the forms, so a further service's are tried by themselves.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle

from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.intents import Intent
from domain.language.service import Service
from tests.e2e.support.bot_office import BotOffice, Visitor
from tests.e2e.support.text_matching import CATALOGUE, visible_text
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_messenger import BotMessage
from tests.fakes.bot_people import Person
from tests.support.hostile.texts import hostile_text
from tests.support.scenarios.sample_files import take_photo, write_marked_pdf
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.scenarios.taxi_registries import DRIVER_CODE, DRIVER_MOBILE, PLATE

DRIVER = f"0{DRIVER_MOBILE.removeprefix('+98')}"
"""The mobile of somebody who may ask for everything."""
GOOD: Mapping[str, str] = {
    "items": "لودر ۴ ساعت",
    "date": "فردا",
    "start": "۸",
    "kind": "تفکیک",
    "plate": PLATE,
    "national_code": DRIVER_CODE,
    "postal_code": "4947113456",
}
"""Answers to what is asked that is no text."""
IN_ONE: Mapping[str, str] = {
    "machinery": "ماشین لودر ۴ ساعت فردا ساعت ۸",
    "expert": f"کارشناسی تفکیک کد ملی {DRIVER_CODE} کد پستی 4947113456",
    "taxi_leave": "مرخصی از فردا ۲ روز",
    "taxi_report": f"تخلف {PLATE}",
    "call_back": "تماس بگیرید",
}
"""Requests in one text, to which the rest of the text belongs."""
WORDED_SERVICES = tuple(
    service for service in SHIPPED_SERVICES.values() if any(isinstance(one.type, Text) for one in service.form)
)
"""Services whose forms keep words of the writer's own."""
QUOTED = 20
"""Characters of a wrong answer that are told again."""
SUBMIT = "تأیید و ثبت"

CODE = re.compile(r"(\d{3})[\s-](\d{3})[\s-](\d{3})")
"""A tracking code as it is told: in Latin letters with hyphens."""

PHOTO = take_photo() + b"<script>window.hit = 1</script><x-hit>"
PDF = write_marked_pdf("<script>window.hit = 1</script><x-hit>")


@dataclass(slots=True)
class HostileVisitor:
    """Somebody in a chat whose every word is hostile; `taken` are the names that the words bear."""

    bots: BotOffice
    messenger: FakeBotApi
    mobile: str
    taken: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    visitor: Visitor = field(init=False)
    _prefixes: Iterator[str] = field(default_factory=lambda: cycle("=+-@"))

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.bots, self.messenger, self.mobile)
        self.named(self.visitor.person, "")

    def text(self, what: str, most: int = 300) -> str:
        """A hostile text; one in Latin letters alone would be answered in Latin letters."""
        name = f"{what}-گ-{'bl' if self.messenger.bale else 'tg'}"
        self.taken.add(name)
        return hostile_text(name, next(self._prefixes), most)

    def named(self, person: Person, whose: str) -> Person:
        """Somebody of that name, as the messenger tells it."""
        person.name = self.text(f"{whose}first")
        person.more = {"last_name": self.text(f"{whose}last"), "username": self.text(f"{whose}user")}
        return person

    async def says(self, text: str, *words: str) -> BotMessage:
        """Write, and hear the next message that has these words."""
        return await self.visitor.says(text, *words)

    async def fills(self, service: Service, intent: Intent) -> None:
        """Answer question by question, what is no text wrongly first, up to the tracking code."""
        message = await self.says(intent.certain_words[0], " از ")  # «۱ از ۴»: an answer that comes twice is none
        for _ in service.form:
            if SUBMIT in message.labels:
                break
            asked = find_asked_field(message.text, service, "telegram")
            assert asked, message.text
            if not isinstance(asked.type, Text):
                await self.says(self.text(f"z-{asked.name}", QUOTED))
            message = await self.says(
                self.text(f"{asked.name}-{intent.name}") if isinstance(asked.type, Text) else GOOD[asked.name]
            )
        self.keeps(service, await self.visitor.presses(SUBMIT, "کد رهگیری", on=message))

    async def writes_in_one(self, service: Service) -> None:
        """Ask for it in one text."""
        self.keeps(service, await self.says(f"{IN_ONE[service.key]} {self.text(f'rest-{service.key}')}"))

    def keeps(self, service: Service, told: BotMessage) -> None:
        """Keep the code that one is told."""
        code = CODE.search(visible_text(told.text))
        assert code, told.text
        self.codes[service.key] = "".join(code.groups())
        self.bots.office.advance(minutes=11)  # who writes more than thirty texts in ten is not answered

    async def answers(self, code: str) -> None:
        """Answer what the staff ask, in Telegram by a button that says what it never said."""
        await self.visitor.desk.does("ask", code, by="civil", question="چند متر؟")
        asked = await self.visitor.person.hears("چند متر؟")
        waiting = await self.visitor.presses("پاسخ به پرسش", "پاسخ را بنویسید", on=asked)
        if self.messenger.bale:
            await self.says(self.text("answer"), "پاسخ شما")
            return
        turn = waiting.buttons["انصراف"]["callback_data"].partition(":")[0]
        self.visitor.person.presses_data(f"{turn}:{self.text('answer')}", waiting)
        await self.visitor.person.hears("پاسخ شما")

    async def brings_papers(self, code: str) -> None:
        """Send a file and a photo as papers, each with a caption, and the file by a name of its own."""
        person = self.visitor.person
        person.presses_data(f":!papers {code} deed", person.messages[-1])
        await person.hears("«سند مالکیت» را بفرستید")
        person.sends_file(PDF, f"{self.text('file')}.pdf.html", self.text("type"), self.text("caption"))
        await person.hears("«سند مالکیت» رسید")
        person.sends_photo(PHOTO, self.text("photo-caption"))
        await person.hears("«سند مالکیت» رسید")

    async def comments(self, code: str) -> None:
        """Comment on a service, and on an own request."""
        await self.says(f"نظر ماشین‌آلات {self.text('comment')}", "نظر شما ثبت شد")
        await self.says(f"نظر {code} {self.text('own-comment')}", "نظر شما ثبت شد")

    async def rates(self, code: str) -> None:
        """Rate what came to its end as low as can be, and say why."""
        for step, inputs in (("take", {}), ("record", {"kind": "other", "driver": DRIVER_CODE})):
            await self.visitor.desk.does(step, code, by="taxi_officer", **inputs)
        await self.says(f"امتیاز {code} ۱ {self.text('rating')}", "متأسفیم")

    async def says_more(self) -> None:
        """Send what nobody asked for: a text, an edit, cards, and presses of buttons that never were."""
        person, menu = self.visitor.person, self.visitor.person.messages[-1]
        person.edits(person.says(self.text("stray")), self.text("edited"))
        card = {"last_name": self.text("card-last"), "vcard": self.text("vcard")}
        person.shares_card(self.text("card-phone"), self.text("card-first"), **card)
        for way in ("", ":", ":!papers ", f":!print {self.codes['machinery']} "):
            await person.told(person.presses_data(f"{way}{self.text('button')}", menu))
        await person.told(person.presses_data(f":!notices {self.text('wish', QUOTED)}", menu))


async def send_as_stranger(supplier: HostileVisitor) -> None:
    """A stranger, whose chat has proved no mobile, and wants all kinds of things before."""
    stranger = supplier.named(Person(supplier.messenger, ""), "strange-")
    stranger.starts(supplier.text("payload"))
    await stranger.hears("شماره همراهتان")
    stranger.says(supplier.text("strange-text"))
    door = await stranger.hears("نخست شماره همراهتان")
    await stranger.told(stranger.presses_data(f":{supplier.text('strange-button')}", door))
    stranger.sends_file(PDF, supplier.text("strange-file"), "application/pdf", supplier.text("strange-caption"))
    stranger.mobile = supplier.text("strange-phone")
    stranger.shares_contact()
    await stranger.hears("شماره همراه ایران")


def find_asked_field(text: str, service: Service, channel: str) -> Field | None:
    """The field of a form that a message of a channel asks for; None where it asks for none."""
    fields = [one for one in service.form if one.is_asked_in(channel)]
    return next((one for one in fields if any(words in text for words in _prompts(service, one))), None)


def _prompts(service: Service, asked: Field) -> list[str]:
    key = f"services.{service.key}.fields.{asked.name}.prompt"
    return [CATALOGUE.text(one).partition("{")[0] for one in (f"in_chat.{key}", key) if one in CATALOGUE]


async def send_hostile_chat_texts(supplier: HostileVisitor) -> None:
    """Everything from one person: in Telegram question by question, in Bale each request in one text."""
    await supplier.visitor.begins()
    for service in WORDED_SERVICES:
        if supplier.messenger.bale:
            await supplier.writes_in_one(service)
        elif any(isinstance(one.type, Text) and one.required and one.is_asked_in("telegram") for one in service.form):
            for keyword in service.keywords:
                await supplier.fills(service, keyword.intent)
    await supplier.answers(supplier.codes["machinery"])
    await supplier.brings_papers(supplier.codes["expert"])
    await supplier.comments(supplier.codes["machinery"])
    if not supplier.messenger.bale:
        await supplier.rates(supplier.codes["taxi_report"])
    await supplier.says_more()
    await send_as_stranger(supplier)
