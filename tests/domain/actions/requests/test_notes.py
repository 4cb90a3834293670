"""What the staff write to each other about a request goes to no phone."""

from domain.actions.requests.notes import write_note
from domain.values.actors import Role
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, CIVIL_OFFICER, Municipality, actor

SECRET = "دو بار بدقولی کرده است"


async def test_no_text_says_it(town: Municipality) -> None:
    code = await town.reach("accepted")
    async with town.store.open_unit() as uow:
        assert await write_note(town.desk, uow, parse_code(code), f"@civil {SECRET}", actor(Role.REVENUE))
    for text in (code, "درخواست‌های من", f"پیگیری {code}"):
        assert "بدقولی" not in (await town.say(CITIZEN, text)).text
    await town.do(code, "price", Role.REVENUE)
    for mobile in (CITIZEN, CIVIL_OFFICER):
        assert not [message for message in await town.sent(mobile) if "بدقولی" in message.text]
