"""Texts of people, made hostile: every text of every form, in one text and question by question, and what is written
about a request or a service.

Which answers are texts is read from the forms, so a further service's are tried by themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from domain.actions.conversations.receive import receive_sms
from domain.fields.types import Text
from domain.language.intents import Intent
from domain.language.service import Service
from domain.messages.carriers import ReceivedSms
from domain.requests.request import Phase
from domain.values.actors import Role
from tests.support.demo_site import LINE
from tests.support.hostile.chat_texts import CODE, GOOD, IN_ONE, WORDED_SERVICES, find_asked_field
from tests.support.hostile.texts import PREFIXES, hostile_text
from tests.support.municipality import CITIZEN
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE
from tests.support.staff_site import StaffSite

BEGINNINGS = PREFIXES[:4]
"""Of formulas; a text that begins with a blank loses it on the way."""

WISHES: Mapping[str, str] = {**IN_ONE, "taxi_leave": "مرخصی از ۱۴۰۶/۰۳/۰۱ ۲ روز"}
"""Wishes in one text; a leave at a time when nobody else wants the taxi's."""

CONFIRM = "۱"


@dataclass(slots=True)
class HostileTexter:
    """Citizens whose every word is hostile. `taken` are the names that the words bear, `codes` the requests of each
    service that came of them.
    """

    site: StaffSite
    taken: set[str] = field(default_factory=set)
    codes: dict[str, list[str]] = field(default_factory=dict)
    _texts: Iterator[int] = field(default_factory=count)

    def text(self, what: str, prefix: str) -> str:
        """A hostile text; one in Latin letters alone would be answered in Latin letters."""
        name = f"sms-گ-{what}-{BEGINNINGS.index(prefix)}"
        self.taken.add(name)
        return hostile_text(name, prefix)

    async def says(self, mobile: str, text: str, *words: str) -> str:
        """Text; return the answer, which has one of these words: who writes Latin letters is answered in them."""
        sms = ReceivedSms(f"hostile-{next(self._texts)}", mobile, LINE, text)
        heard = await receive_sms(self.site.demo.desk, self.site.store, "simulator", sms)
        async with self.site.store.open_unit(write=False) as uow:
            reply = await uow.outbox.get(heard.reply_id or 0)
        assert reply is not None, text
        assert not words or any(one in reply.text for one in words), (text, reply.text)
        return reply.text

    async def fills(self, service: Service, intent: Intent, prefix: str) -> None:
        """Answer question by question, up to the tracking code."""
        mobile = self.sender(service, prefix)
        told = await self.says(mobile, intent.certain_words[0])
        for _ in service.form:
            if (asked := find_asked_field(told, service, "sms")) is None:
                break
            text = self.text(f"{asked.name}-{intent.name}", prefix) if isinstance(asked.type, Text) else None
            told = await self.says(mobile, text or GOOD[asked.name])
        self.keep(service, await self.says(mobile, CONFIRM))

    async def writes_in_one(self, service: Service, prefix: str) -> None:
        """Ask for it in one text; a leave is taken back, for there is one at a time."""
        mobile = self.sender(service, prefix)
        told = await self.says(mobile, f"{WISHES[service.key]} {self.text(f'rest-{service.key}', prefix)}")
        code = self.keep(service, told)
        if service.key == "taxi_leave":
            await self.says(mobile, f"لغو {code}", "لغو شد")

    def sender(self, service: Service, prefix: str) -> str:
        """Sender: nobody may text more than thirty times in ten minutes."""
        return DRIVER_MOBILE if service.key == "taxi_leave" else f"+98912555600{BEGINNINGS.index(prefix)}"

    def keep(self, service: Service, told: str) -> str:
        """Keep the code that one is told."""
        code = CODE.search(told)
        assert code, told
        self.codes.setdefault(service.key, []).append("".join(code.groups()))
        return self.codes[service.key][-1]

    async def answers(self, prefix: str) -> None:
        """Answer what the staff ask, with the question and behind it."""
        for way in ("answer", "asked-answer"):
            request = await self.site.submitted()
            await self.site.demo.act(request.code, "ask", Role.CIVIL, {"question": "چند متر؟"})
            await self.in_one_or_two(
                f"پاسخ {request.code}", way, prefix, "رسید و بررسی می‌شود", "resid va barresi mishavad"
            )

    async def in_one_or_two(self, command: str, way: str, prefix: str, *thanks: str) -> None:
        """Say what belongs to a command behind it, or once it is asked for."""
        text = self.text(way, prefix)
        if way.startswith("asked-"):
            await self.says(CITIZEN, command, "متن خود را بفرستید")
            await self.says(CITIZEN, text, *thanks)
        else:
            await self.says(CITIZEN, f"{command} {text}", *thanks)

    async def comments(self, prefix: str) -> None:
        """Comment on a service."""
        for way in ("comment", "asked-comment"):
            await self.in_one_or_two("نظر ماشین‌آلات", way, prefix, "نظر شما ثبت شد", "Nazar shoma sabt shod")

    async def rates(self, prefix: str) -> None:
        """Rate what came to its end as low as can be, and say why."""
        done = await self.site.submitted()
        async with self.site.store.open_unit() as uow:
            found = await uow.requests.get(done.id, lock=True)
            found.state, found.phase = "completed", Phase.DONE
            await uow.requests.save(found)
        await self.says(CITIZEN, f"امتیاز {done.code} ۱ {self.text('rating', prefix)}", "متأسفیم")


async def send_hostile_sms_texts(site: StaffSite) -> HostileTexter:
    """Everything, with every beginning of a formula."""
    texter = HostileTexter(site)
    for prefix in BEGINNINGS:
        for service in WORDED_SERVICES:
            await texter.writes_in_one(service, prefix)
            if any(isinstance(one.type, Text) and one.required and one.is_asked_in("sms") for one in service.form):
                for keyword in service.keywords:
                    await texter.fills(service, keyword.intent, prefix)
        await texter.answers(prefix)
        await texter.comments(prefix)
        await texter.rates(prefix)
        site.clock.at += timedelta(minutes=11)
    return texter
