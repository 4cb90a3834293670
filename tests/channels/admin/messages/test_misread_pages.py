"""The page of texts that were not understood: labelled and left out, by whom, and what two at once see."""

import re

from domain.messages.misread_texts import LabelState, MisreadFilter, MisreadReason, MisreadText, digest_misread
from tests.support.staff_site import StaffSite, Visitor

PATH = "/staff/misread-texts"
TEXT = "چراغ سر کوچه خاموش است {mobile}"


async def kept(site: StaffSite, text: str, count: int = 1) -> MisreadText:
    """A text that was not understood, so many times."""
    misread = MisreadText(
        id=site.demo.desk.ids.new_id(),
        digest=digest_misread(text),
        text=text,
        reason=MisreadReason.NOT_UNDERSTOOD,
        read_as="",
        count=1,
        first_at=site.clock.now(),
        last_at=site.clock.now(),
    )
    for _ in range(count):
        async with site.store.open_unit() as uow:
            await uow.misread_texts.add(misread)
    return misread


async def labels(site: StaffSite) -> list[tuple[str, LabelState, str | None]]:
    """Labels that the desk gave, by text."""
    async with site.store.open_unit(write=False) as uow:
        misread_texts = await uow.misread_texts.list_texts(MisreadFilter(state=None))
    return [(one.text, one.state, one.label) for one in misread_texts]


def version(page: str, misread: MisreadText) -> str:
    """The version that the forms about a text bear."""
    part = page.partition(f'id="misread-{misread.id}"')[2].partition("</article>")[0]
    [found] = set(re.findall(r'name="version" value="(\w+)"', part))
    return str(found)


async def test_a_text_is_labelled_by_one_choice_or_left_out_by_one_press(site: StaffSite, inside: Visitor) -> None:
    often, once = await kept(site, TEXT, 3), await kept(site, "فروش ویژهٔ فرش")
    await inside.sign_in("secretariat")
    page = await inside.get(PATH)
    assert page.index("خاموش است") < page.index("فروش ویژه")
    assert ("۳ بار" in page, "{mobile}" in page, "<mark>شمارهٔ همراه</mark>" in page) == (True, False, True)
    way = await inside.post(f"{PATH}/{often.id}/label", version=version(page, often), label="comment")
    assert "خاموش است" not in await inside.get(way)
    await inside.post(f"{PATH}/{once.id}/leave-out", version=version(page, once))
    assert await labels(site) == [
        (often.text, LabelState.LABELLED, "comment"),
        (once.text, LabelState.LEFT_OUT, None),
    ]
    assert "برچسب: نظر" in await inside.get(f"{PATH}?state=labelled")


async def test_who_comes_second_sees_the_label_of_the_first(site: StaffSite, inside: Visitor) -> None:
    misread = await kept(site, TEXT)
    await inside.sign_in("secretariat")
    page = await inside.get(PATH)
    seen = version(page, misread)
    await inside.post(f"{PATH}/{misread.id}/label", version=seen, label="comment")
    again = await inside.post(f"{PATH}/{misread.id}/label?state=labelled", 409, version=seen, label="help")
    assert "همکار دیگری به این متن برچسب زد" in again
    assert [label for _, _, label in await labels(site)] == ["comment"]


async def test_no_intent_is_a_label_that_nobody_knows(site: StaffSite, inside: Visitor) -> None:
    misread = await kept(site, TEXT)
    await inside.sign_in("secretariat")
    seen = version(await inside.get(PATH), misread)
    for wrong in ("", "no_such"):
        await inside.post(f"{PATH}/{misread.id}/label", 422, version=seen, label=wrong)
    assert [state for _, state, _ in await labels(site)] == [LabelState.OPEN]


async def test_others_read_and_label_nothing(site: StaffSite, inside: Visitor) -> None:
    misread = await kept(site, TEXT)
    await inside.sign_in("manager")
    assert '<select name="label"' not in await inside.get(PATH)
    await inside.post(f"{PATH}/{misread.id}/label", 403, version="1", label="comment")
