"""Files that come before anybody asked, what is written under them, and albums."""

import pytest

from domain.bills.bill import BillState
from domain.chats.chat import ButtonPressed, SentFile, TextWritten
from domain.values.files import PreparedFile
from tests.support.chat_person import Person, data, labels
from tests.support.municipality import Municipality
from tests.support.scenarios.expert_unit import ASKING, PHOTO, Experts


@pytest.fixture
async def anneh(experts: Experts) -> Person:
    """A citizen whose mobile is proved, with an open request that wants papers."""
    person = await Person(experts.town).linked()
    await person.says(ASKING)
    return person


FURTHER = ["درخواست تازه: حق کارشناسی", "چیز دیگر"]
"""Further uses of a file of somebody who owes nothing."""


async def kept_papers(anneh: Person) -> list[str]:
    """The papers of the request."""
    [request] = await anneh.town.requests_of()
    async with anneh.town.store.open_unit(write=False) as uow:
        return [one.field for one in await uow.documents.list_of_request(request.id)]


async def test_it_is_asked_what_a_file_is(anneh: Person) -> None:
    [question] = await anneh.sends_photo(PHOTO)
    assert question.key == "chat.what_file"
    assert question.text.startswith("این عکس برای چیست؟")
    assert labels(question) == ["سند مالکیت", "کارت ملی", "نقشه", *FURTHER], "what is still missing"
    assert await kept_papers(anneh) == []


async def test_a_code_under_a_file_says_whose_it_is(anneh: Person) -> None:
    [first] = await anneh.town.requests_of()
    await anneh.says(ASKING.replace("4947113456", "4947113457"))
    assert len(await anneh.town.requests_of()) == 2
    [question] = await anneh.sends_photo(PHOTO, f"سند این {first.code}")
    assert labels(question) == ["سند مالکیت", "کارت ملی", "نقشه", *FURTHER]


async def test_a_wish_under_a_file_is_done(anneh: Person) -> None:
    await anneh.press("سند مالکیت", await anneh.press("فرستادن مدارک"))
    kept, own_requests = await anneh.sends_photo(PHOTO, "درخواست‌های من")
    assert kept.text.startswith("«سند مالکیت» رسید.")
    assert own_requests.key == "sms.list"


async def test_an_album_is_answered_once(anneh: Person) -> None:
    await anneh.press("سند مالکیت", await anneh.press("فرستادن مدارک"))
    answers = [await anneh.sends_photo(PHOTO + bytes([number]), album="7") for number in range(3)]
    assert [len(one) for one in answers] == [1, 0, 0]
    assert await kept_papers(anneh) == ["deed", "deed", "deed"]
    assert len(await anneh.sends_photo(PHOTO + b"x", album="8")) == 1
    assert len(await anneh.sends_photo(b"MZ\x90\x00", album="8")) == 1, "what is refused is said"


async def test_nothing_waits_for_a_file(town: Municipality) -> None:
    anneh = await Person(town).linked()
    [answer] = await anneh.sends_photo(PHOTO)
    assert answer.key == "chat.no_paper_wanted"


@pytest.mark.parametrize("is_proved", [True, False])
async def test_a_photo_that_comes_first_is_kept_for_the_request_that_follows(
    experts: Experts, *, is_proved: bool
) -> None:
    anneh = Person(experts.town)
    await anneh.starts()
    if is_proved:
        await anneh.shares()
    [kept] = await anneh.sends_photo(PHOTO)
    assert kept.key == ("chat.file_first" if is_proved else "chat.prove_first")
    if not is_proved:
        assert (await anneh.shares())[-1].key == "chat.file_first"
    await anneh.hears()
    await anneh.does(TextWritten(ASKING))
    receipt, question = await anneh.hears()
    assert receipt.key.endswith("notices.submit")
    assert (question.key, labels(question)) == ("chat.what_file", ["سند مالکیت", "کارت ملی", "نقشه"])


async def test_a_photo_out_of_the_blue_is_asked_about_and_travels_into_the_choice(experts: Experts) -> None:
    anneh = await Person(experts.town).linked()
    [question] = await anneh.sends_photo(PHOTO)
    assert (question.key, labels(question)) == ("chat.file_first", FURTHER)
    await anneh.press(FURTHER[0], question)
    await anneh.says(ASKING)
    await anneh.does(TextWritten("تأیید و ثبت"))
    receipt, papers = await anneh.hears()
    assert (receipt.key.endswith("notices.submit"), papers.key) == (True, "chat.what_file")


async def test_a_menu_that_is_open_is_nothing_under_way(experts: Experts) -> None:
    anneh = await Person(experts.town).linked()
    for text in ("راهنما", "لودر ۴ ساعت فردا"):
        await anneh.says(text)
        assert (await anneh.sends_photo(PHOTO))[0].key == "chat.file_first"


async def test_a_caption_of_a_stranger_is_done_once_the_mobile_is_proved(experts: Experts) -> None:
    anneh = Person(experts.town)
    await anneh.starts()
    [first] = await anneh.sends_photo(PHOTO, "کارشناس بیاد خونه‌مون رو ببینه")
    assert first.key == "chat.prove_first"
    assert (await anneh.shares())[-1].key.startswith("services.expert")


async def test_a_caption_chooses_by_itself(experts: Experts) -> None:
    anneh = await Person(experts.town).linked()
    kept, question = await anneh.sends_photo(PHOTO, "کارشناس بیاد خونه‌مون رو ببینه")
    assert (kept.key, question.key.split(".")[:2]) == ("chat.file_waits", ["services", "expert"])
    await anneh.says(ASKING)
    await anneh.does(TextWritten("تأیید و ثبت"))
    assert (await anneh.hears())[-1].key == "chat.what_file"


async def test_a_caption_that_names_a_paper_says_which_it_is(anneh: Person) -> None:
    [kept] = await anneh.sends_photo(PHOTO, "این سند مالکیت خونه‌مونه")
    assert kept.text.startswith("«سند مالکیت» رسید.")
    assert await kept_papers(anneh) == ["deed"]


async def test_an_album_that_comes_first_is_one_question(experts: Experts) -> None:
    anneh = await Person(experts.town).linked()
    answers = [await anneh.sends_photo(PHOTO + bytes([number]), album="7") for number in range(3)]
    assert [[one.key for one in answer] for answer in answers] == [["chat.file_first"], [], []]


async def slip_photos(town: Municipality) -> list[str]:
    """Names of the photos of slips."""
    return [name for (name,) in town.rows("SELECT name FROM slip_photos ORDER BY id")]


async def owing(town: Municipality) -> Person:
    """A citizen whose mobile is proved, with a bill to pay."""
    anneh = await Person(town).linked()
    await town.reach("awaiting_payment")
    await anneh.hears()
    return anneh


def waiting_photo() -> SentFile:
    """The photo that waited for a press, as the messenger gives it out again."""
    prepared = PreparedFile.build("photo.jpg", PHOTO, PHOTO)
    return SentFile("photo.jpg", PHOTO, prepared_file=prepared, file_id="AgAC")


async def test_a_photo_of_who_owes_something_may_be_a_slip(town: Municipality) -> None:
    anneh = await owing(town)
    [question] = await anneh.sends_photo(PHOTO)
    assert labels(question) == ["فیش پرداخت", "چیز دیگر"]
    await anneh.does(ButtonPressed(data(question)["فیش پرداخت"], str(question.id), (waiting_photo(),)))
    [claim] = await anneh.hears()
    assert ("هنوز به حساب ما نرسیده است" in claim.text, "عکس فیش هم رسید" in claim.text) == (True, True)
    assert await slip_photos(town) == ["photo.jpg"]
    assert (await anneh.says("پرداخت کردم")).content == claim.content, "no file waits any more"


@pytest.mark.parametrize("before", ["", "لودر"])
async def test_words_of_money_under_a_photo_make_it_a_slip(town: Municipality, before: str) -> None:
    anneh = await owing(town)
    if before:
        await anneh.says(before)
    claim = (await anneh.sends_photo(PHOTO, "پرداخت کردم این هم فیشش"))[0]
    assert ("هنوز به حساب ما نرسیده است" in claim.text, "/pay/" in claim.text) == (True, False)
    assert await slip_photos(town) == ["photo.jpg"]
    assert town.rows("SELECT text FROM payment_claims") == [("پرداخت کردم این هم فیشش",)]


async def test_who_has_the_slip_is_asked_for_its_photo_which_follows(town: Municipality) -> None:
    anneh = await owing(town)
    await anneh.says("پرداخت کردم")
    assert "عکسش را همین‌جا بفرستید" in (await anneh.says("فیشش را دارم")).text
    [kept] = await anneh.sends_photo(PHOTO)
    assert "عکس فیش هم رسید" in kept.text
    answers = [await anneh.sends_photo(PHOTO + bytes([number]), album="7") for number in range(2)]
    assert [len(one) for one in answers] == [1, 0]
    assert len(await slip_photos(town)) == 3
    await anneh.sends_photo(PHOTO)
    assert len(await slip_photos(town)) == 3, "the same once"
    town.advance(hours=2)
    assert (await anneh.sends_photo(PHOTO))[0].key == "chat.file_first"


async def test_a_photo_after_a_claim_is_asked_about_where_a_paper_is_wanted_too(experts: Experts) -> None:
    anneh = await Person(experts.town).linked()
    await experts.reach("awaiting_payment")
    await anneh.hears()
    await anneh.says("پرداخت کردم")
    [question] = await anneh.sends_photo(PHOTO)
    assert labels(question)[-2:] == ["فیش پرداخت", "چیز دیگر"]


async def test_the_slip_of_no_bill_waits_for_the_bill(town: Municipality) -> None:
    anneh = await Person(town).linked()
    [nothing] = await anneh.sends_photo(PHOTO, "پرداخت کردم این هم فیشش")
    assert (nothing.key, "لازم نیست دوباره بفرستید" in nothing.text) == ("sms.claim.no_bill", True)
    await town.reach("awaiting_payment")
    await anneh.hears()
    claim = await anneh.says("پرداخت کردم")
    assert labels(claim)[0] == "فیش پرداخت"
    await anneh.does(ButtonPressed(data(claim)["فیش پرداخت"], str(claim.id), (waiting_photo(),)))
    assert await slip_photos(town) == ["photo.jpg"]


async def test_a_slip_is_kept_while_the_bank_is_asked(town: Municipality) -> None:
    anneh = await Person(town).linked()
    code = await town.reach("awaiting_payment")
    await town.set_bill(code, BillState.PAYING)
    await anneh.hears()
    [asked] = await anneh.sends_photo(PHOTO, "پرداخت کردم این هم فیشش")
    assert ("از بانک می‌پرسیم" in asked.text, "عکس فیش هم رسید" in asked.text) == (True, True)
    assert await slip_photos(town) == ["photo.jpg"]


async def test_words_of_money_under_a_file_that_cannot_be_kept_lead_to_no_bill(town: Municipality) -> None:
    anneh = await owing(town)
    refused, claim = await anneh.sends_photo(b"MZ\x90\x00", "پرداخت کردم این هم فیشش")
    assert (refused.key, claim.key) == ("errors.document_rejected", "sms.claim.unseen")


async def test_a_photo_amid_a_form_waits_for_what_it_becomes(experts: Experts) -> None:
    anneh = await Person(experts.town).linked()
    await anneh.says("کارشناس")
    kept, again = await anneh.sends_photo(PHOTO)
    assert (kept.key, again.key.split(".")[0]) == ("chat.file_waits", "services")
