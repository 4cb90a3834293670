"""Random dialogues: whatever is texted, in whatever order and after whatever pause, it is answered, and only once."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from domain.conversation.dialogue.turns import Conversation
from domain.language.service import Service
from domain.messages.records import InboundState
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.settings.policy import Policy
from domain.values.actors import Role
from domain.values.message_parts import count_parts
from domain.values.text import persian_digits
from tests.properties.support.walk_rules import room_of
from tests.properties.support.whole_town import WALKED, whole_town
from tests.support.effort import EFFORT, examples
from tests.support.municipality import CITIZEN, ORDER, Heard, Municipality, StandingClock, build_desk
from tests.support.scenarios.expert_unit import ASKING
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.scenarios.taxi_organisation import AUXILIARY_MOBILE, COMPLAINT, LEAVE, PRAISE
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE

TEXTS = 30 if EFFORT == 1 else 60
MOST_FRAMES = 4
"""Dialogues that may wait for each other, and one menu on top."""

TALKING = Policy(inbound_limit=10**6)
"""No limit on texts; two machines that answer each other are stopped all the same."""

WORDS = (
    "ماشین", "ماشین لودر", "ماشین گریدر ۳۰ ساعت", ORDER, "لودر ۴ ساعت", "گریدر", "فردا", "۱۴۰۵/۱/۱", "شنبه", "8", "11",
    "12", "1", "2", "3", "5", "99", "0", "صبح", "خیابان امام", "😀", "قبلی", "انصراف", "لغو", "لغو11", "راهنما",
    "راهنما ماشین", "درخواست‌ها", "تعرفه", "تعرفه لودر ۳ ساعت", "تعرفه ارزیابی", "قبض", "پاسخ", "پاسخ بله", "نظر",
    "امتیاز", "تایید", "رد", "پیگیری", "123456780", "123456786", "{code}", "لغو {code}", "قبض {code}", "پاسخ {code}",
    "امتیاز {code} ۵", "نظر {code} خوب", "سلام", "پیکیری", "مرخصی", "عوارض", "کارشناسی", "تشویق 12ت345-59", "؟", "",
    "هرس", "هرس ۳ درخت شنبه خیابان امام", "۳ درخت", "سه", ASKING, "کارشناسی تفکیک", "0499370899", "4947113456", LEAVE,
    "۳ روز", "مرخصی تاکسی ۱۱۵ از پس‌فردا ۳ روز", PRAISE, COMPLAINT, "شکایت", "۱۱۴", "تند رفت", "عوارض 12ت345-59", "بله",
    "خیر", "راهنما مرخصی", "امتیاز {code} ۱", "تایید {code}", "رد {code}", "لغو" * 40, "متن" * 700,
)  # fmt: skip


@pytest.mark.parametrize("services", [(MACHINERY_WORK,), WALKED], ids=["one_service", "every_service"])
def test_every_text_is_answered_whatever_came_before(furnished: Path, services: tuple[Service, ...]) -> None:
    async def run(path: Path, draw: st.DataObject) -> None:
        async with whole_town(path, services, TALKING) as town:
            await _talk(town, draw)

    @examples(6, cut_down=EFFORT > 1)
    @given(st.data())
    def talk(draw: st.DataObject) -> None:
        with TemporaryDirectory(prefix="pishkhan-walk-") as folder:
            asyncio.run(run(Path(shutil.copy(furnished, folder)), draw))

    talk()


def test_the_whole_menu_of_the_shipped_services_fits_its_budget() -> None:
    """Values that fit nothing of another service are left out, but for the services themselves: these `check`
    proves."""
    desk = build_desk(StandingClock(), services=tuple(SHIPPED_SERVICES.values()))
    intents = Conversation(desk.grammar, desk.services, "sms").main_menu_intents()
    names = (
        f"{persian_digits(number)} {desk.catalogue.text(f'intents.{one}')}" for number, one in enumerate(intents, 1)
    )
    text = desk.catalogue.render("sms.help", {"menu": "، ".join(names)})
    assert count_parts(text) <= desk.catalogue.part_budget("sms.help")


async def _talk(town: Municipality, draw: st.DataObject) -> None:
    code = await town.order()
    for number in range(TEXTS):
        mobile = draw.draw(st.sampled_from((CITIZEN, CITIZEN, DRIVER_MOBILE, AUXILIARY_MOBILE, OWNER_MOBILE)))
        text = draw.draw(st.sampled_from(WORDS)).format(code=code)
        heard = await town.say(mobile, text, provider_id=f"text-{number}")
        note(f"{mobile} texts {text!r}, and hears {heard.text!r}")
        _answered(town, heard)
        if draw.draw(st.booleans()):
            assert await _once_more(town, heard) == heard
        if heard.inbound.intent == "machinery" and heard.key.endswith("notices.submit"):
            code = heard.code
            await town.do(code, "ask", Role.CIVIL, question="کدام کوچه؟")
        town.advance(minutes=draw.draw(st.sampled_from((0, 1, 11, 31))))


def _answered(town: Municipality, heard: Heard) -> None:
    """The text was understood or not, but answered within the reply's budget; the dialogue stays shallow."""
    assert heard.inbound.state is not InboundState.FAILED, heard.inbound
    assert heard.reply or heard.inbound.reason == "loop"
    if heard.reply:
        assert count_parts(heard.text) <= room_of(town.desk.catalogue, heard.reply), (heard.key, heard.text)
    depths: list[tuple[Any, ...]] = town.rows("SELECT json_array_length(state, '$.frames') FROM dialogues")
    assert all(depth <= MOST_FRAMES for (depth,) in depths)


async def _once_more(town: Municipality, heard: Heard) -> Heard:
    """Deliver the same text again; what there is must stay as it is."""
    tables = ("requests", "outbox", "inbox", "history", "dialogues", "comments", "ratings", "opt_outs")
    before = {table: town.rows(f"SELECT * FROM {table}") for table in tables}  # noqa: S608 - the names are our own
    again = await town.say(heard.inbound.sender, heard.inbound.text, provider_id=heard.inbound.provider_id)
    after = {table: town.rows(f"SELECT * FROM {table}") for table in tables}  # noqa: S608 - the names are our own
    assert after == before
    return again
