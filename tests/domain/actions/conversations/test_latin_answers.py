"""Writers of Persian in Latin letters are answered so, shortly, in an alphabet that has 160 signs a part."""

import pytest

from domain.check.texts.translations import check_translation
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES
from domain.values.actors import Role
from domain.values.message_parts import Encoding, choose_encoding, count_parts
from tests.support.chat_person import Person, labels
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality

ORDER = "mashin loader 4 saat farda saat 8 khiaban emam"


def test_its_texts_are_proved_as_those_of_languages() -> None:
    catalogue = Catalogue.load()
    assert catalogue.latin
    assert [str(flaw) for flaw in check_translation(SERVICES, catalogue, catalogue.latin)] == []
    assert catalogue.languages[1:] == (), "nobody chooses it"


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("help", "Shahrdari Gomishan. Shomare ra befrestid:\n1 Mashin-alat\n2 "),
        ("qwertz uiop", "Motevajeh nashodim."),
        ("list", "Ba in shomare darkhasti sabt nashode."),
        ("bill", "Ba in shomare ghabz pardakht-nashode nist."),
        ("stop", "Payamhaye yadavari"),
    ],
)
async def test_the_commonest_commands_are_answered_in_the_letters_of_the_question(
    town: Municipality, text: str, beginning: str
) -> None:
    heard = await town.say(CITIZEN, text)
    assert heard.text.startswith(beginning)
    assert (choose_encoding(heard.text), count_parts(heard.text)) == (Encoding.GSM7, 1)


async def test_an_order_has_its_receipt_and_its_bill(town: Municipality) -> None:
    heard = await town.say(CITIZEN, ORDER)
    code = (await town.requests_of())[0].code
    shown = f"{code[:3]}-{code[3:6]}-{code[6:]}"
    assert heard.text.startswith(f"Sabt shod. Kod rahgiri: {shown}\nloader 4 saat, Chaharshanbe 4 Azar saat 8\n")
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    [bill] = await town.bills(code)
    told = (await town.say(CITIZEN, f"bill {shown}")).text
    assert told.startswith(f"Karkard mashin-alat {shown}: 35,200,000 Rial\nShenase ghabz {bill.bill_id}\n")
    assert "Ta Seshanbe 3 Azar" in told
    assert count_parts(told) == 1


async def test_a_form_goes_on_in_the_letters_that_it_was_begun_in(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "mashin")).text.startswith("Kodam mashin?")
    assert (await town.say(CITIZEN, "1")).text.startswith("loader: chand saat")
    assert (await town.say(CITIZEN, "۴")).text.startswith("Baraye che ruzi?")
    assert (await town.say(CITIZEN, "فردا")).text.startswith("کار از چه ساعتی")
    assert (await town.say(NEIGHBOUR, "1")).text.startswith("متوجه نشدیم")


async def test_a_chat_goes_on_in_the_letters_that_it_is_written_to(town: Municipality) -> None:
    person = await Person(town).linked()
    machines = await person.says("mashin")
    assert "Kodam mashin?" in machines.text
    hours = await person.press("loader", machines)
    assert "chand saat" in hours.text
    assert "Enseraf" in labels(hours)
    assert "انصراف" in labels(await person.says("۴ ساعت"))
    assert (await person.says("exit")).text.startswith("In form kenar gozashte shod")
    assert "با این شماره" in (await person.says("list")).text, "a command of the messenger's own list"


async def test_notices_and_persian_texts_stay_persian(town: Municipality) -> None:
    await town.say(CITIZEN, ORDER)
    code = (await town.requests_of())[0].code
    await town.do(code, "accept", Role.CIVIL)
    assert (await town.sent())[-1].text.startswith("شهرداری گمیشان\nدرخواست")
    assert (await town.say(CITIZEN, "راهنما")).text.startswith("شهرداری")
