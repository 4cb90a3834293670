"""Words typed where buttons are: numbers, commands, links, labels of buttons, and a mobile in a sentence."""

import pytest

from domain.conversation.reading.bot_commands import LISTED_COMMANDS
from tests.support.chat_person import Person, data, form_until_summary, labels
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.scenarios.taxi_organisation import TaxiOrganisation


@pytest.fixture
async def anneh(town: Municipality) -> Person:
    """A citizen whose mobile is proved."""
    return await Person(town).linked()


@pytest.mark.parametrize("number", ["۱", "۳", "5", "پنج", "۱۰"])
async def test_a_number_presses_no_button_that_shows_none(anneh: Person, number: str) -> None:
    await anneh.press("ماشین‌آلات")
    hours = await anneh.press("بولدوزر")
    assert hours.text.splitlines()[1].startswith("بولدوزر: چند ساعت"), "whose hours are asked is said"
    machines = await anneh.press("قبلی")
    asked_again = await anneh.says(number)
    assert asked_again.key == machines.key
    assert "یکی از دکمه‌ها را بزنید" in asked_again.text
    assert (await anneh.press("لودر")).text.splitlines()[1].startswith("لودر: چند ساعت")


async def test_a_number_after_the_menu_answers_the_question_that_waits(anneh: Person) -> None:
    await anneh.press("ماشین‌آلات")
    await anneh.press("لودر")
    await anneh.says("راهنما")
    assert (await anneh.says("۴")).key == "services.machinery.fields.date.prompt"


@pytest.mark.parametrize("name", LISTED_COMMANDS)
@pytest.mark.parametrize("spelling", ["/{}", "/{}@gomishan_bot", "{}"])
async def test_a_listed_command_is_one_amid_every_question(anneh: Person, name: str, spelling: str) -> None:
    expected = (await anneh.says(f"/{name}")).key
    await anneh.says("/cancel")
    for answers in ([], ["لودر"], ["لودر", "۴"], ["لودر", "۴", "فردا"], ["لودر", "۴", "فردا", "۸"]):
        await anneh.press("ماشین‌آلات", (await anneh.starts())[0])
        for answer in answers:
            await anneh.says(answer)
        await anneh.hears()
        heard = await anneh.says(spelling.format(name))
        assert heard.key == expected, answers
        await anneh.says("/cancel")
        await anneh.says("/cancel")
    assert await anneh.town.requests_of() == []


async def test_a_command_with_its_slash_is_one_by_sms_too(town: Municipality) -> None:
    await town.says("ماشین")
    assert (await town.say(CITIZEN, "/track")).key == "sms.none_to.track"
    assert (await town.say(CITIZEN, "track")).key == "sms.none_to.track"
    assert (await town.say(CITIZEN, "لودر")).key == "services.machinery.fields.items_hours.prompt"


async def test_a_command_keeps_the_language_of_the_chat(anneh: Person) -> None:
    await anneh.says("ماشین")
    left = await anneh.says("/cancel")
    assert (left.key, left.text.isascii()) == ("sms.left", False)
    assert not (await anneh.says("/help")).text.isascii()
    await anneh.says("mashin")
    assert (await anneh.says("/cancel")).text.isascii()


@pytest.mark.parametrize("intent", [intent.name for service in SHIPPED_SERVICES.values() for intent in service.intents])
async def test_a_link_files_nothing_without_a_question(taxis: TaxiOrganisation, intent: str) -> None:
    town = taxis.town
    known, stranger = await Person(town).linked(), Person(town, chat_id="78", mobile="+989121000099")
    await known.starts(intent)
    await stranger.starts(intent)
    await stranger.shares()
    assert await town.requests_of(CITIZEN) + await town.requests_of(stranger.mobile) == []


async def test_a_summary_answers_by_the_names_of_its_buttons(anneh: Person) -> None:
    summary = await form_until_summary(anneh)
    amend_labels = [label for label, answer in data(summary).items() if ":~" in answer]
    assert len(amend_labels) == 4
    for label in amend_labels:
        for typed in (label, label.partition(":")[0]):
            asked = await anneh.says(typed)
            assert asked.key.startswith("services.machinery.fields."), typed
            assert labels(await anneh.says("همان بماند"))[:2] == ["تأیید و ثبت", "انصراف"]
    assert (await anneh.says("تأیید و ثبت")).key == "services.machinery.notices.submit"


@pytest.mark.parametrize("sentence", ["شماره من {} است", "سلام، {}", "موبایلم {} هست لطفا"])
async def test_a_mobile_in_a_sentence_is_read_while_the_number_is_asked(town: Municipality, sentence: str) -> None:
    stranger = Person(town)
    await stranger.starts()
    assert (await stranger.says(sentence.format("۰۹۱۲۱۲۳۴۵۶۷"))).key == "chat.code_sent"


async def test_of_two_mobiles_none_is_taken(town: Municipality) -> None:
    stranger = Person(town)
    await stranger.starts()
    assert (await stranger.says("۰۹۱۲۱۲۳۴۵۶۷ یا ۰۹۱۲۱۲۳۴۵۶۸")).key == "chat.prove_first"


@pytest.mark.parametrize(
    "pieces",
    [
        ("۱۲ت۳۴۵", "۵۹"),
        ("۱۲ ت", "۳۴۵ ۵۹"),
        ("12 ت", "345", "59"),
        ("پلاک ۱۲ت۳۴۵", "ایران ۵۹"),
    ],
)
@pytest.mark.parametrize("keyword", ["شکایت", "تشویق"])
async def test_half_a_plate_and_the_next_text_are_one_plate(
    taxis: TaxiOrganisation, keyword: str, pieces: tuple[str, ...]
) -> None:
    passenger = await Person(taxis.town).linked()
    await passenger.says(keyword)
    for piece in pieces:
        assert (await passenger.says(piece)).key.startswith("services.taxi_report.fields.")
    await passenger.says("تند و بی‌احتیاط رانندگی می‌کرد")
    summary = (await passenger.messages())[-1]
    assert "۱۲ت۳۴۵-۵۹" in summary.text
    assert "کد تاکسی" not in "".join(labels(summary))


async def test_digits_behind_half_a_plate_are_no_code_of_another_taxi(taxis: TaxiOrganisation) -> None:
    passenger = await Person(taxis.town).linked()
    await passenger.says("شکایت")
    await passenger.says("۱۲ت۳۴۵")
    assert (await passenger.says("115")).key.startswith("services.taxi_report.fields.plate.")
    assert (await passenger.says("114")).key == "services.taxi_report.fields.text.prompt", "a code by itself is one"


@pytest.mark.parametrize("name", ["کد", "کد نوسازی", "کد ملی", "کد تاکسی", "پلاک", "پلاکش"])
@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("نمی‌دانم", "plate.help"),
        ("رو نمی‌دونم", "plate.help"),
        ("ندارم", "taxi_description.prompt"),
        ("یادم نیست", "taxi_description.prompt"),
    ],
)
@pytest.mark.parametrize("keyword", ["شکایت", "تشویق"])
async def test_who_has_no_code_keeps_the_form_and_is_told_what_would_do(
    taxis: TaxiOrganisation, keyword: str, name: str, verb: str, answer: str
) -> None:
    passenger = await Person(taxis.town).linked()
    await passenger.says(keyword)
    assert (await passenger.says(f"{name} {verb}")).key == f"services.taxi_report.fields.{answer}"
    assert (await passenger.says("۱۱۴")).key == "services.taxi_report.fields.text.prompt"
