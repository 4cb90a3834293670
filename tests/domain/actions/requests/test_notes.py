"""Notes of the staff to each other about a request: on no phone, in nobody's way, for who is named and may see it."""

from dataclasses import replace

import pytest

from domain.actions.context import ActorContext
from domain.actions.requests import erase, notes
from domain.actions.requests.act import act_on_request
from domain.actions.requests.notes import count_unread_mentions, list_own_mentions, write_note
from domain.idempotency.repeated_press import SAME_PRESS
from domain.people.person import StaffMember
from domain.values.actors import Actor, Role
from domain.values.errors import NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.support.factories import a_member
from tests.support.municipality import CITIZEN, CIVIL_OFFICER, DRIVER, Municipality, actor
from tests.support.scenarios.expert_unit import Experts

SECRET = "دو بار بدقولی کرده است"


async def engage(town: Municipality, username: str, name: str, *roles: Role) -> None:
    """Put somebody on the staff, or give them other roles."""
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(StaffMember(username, frozenset(roles), name, None, "", True, town.clock.now()))


async def write(town: Municipality, code: str, text: str, by: Actor | None = None) -> bool:
    """Write a note about a request."""
    async with town.store.open_unit() as uow:
        return await write_note(ActorContext(town.desk, uow, by or actor(Role.MANAGER)), parse_code(code), text)


async def named(town: Municipality, code: str, text: str) -> list[str]:
    """Write a note; the user names of whom it names."""
    assert await write(town, code, text)
    request = await town.request(code)
    query = "SELECT username FROM mentions WHERE request_id = ? AND seq = ? ORDER BY username"
    return [username for (username,) in town.rows(query, request.id, request.head_seq)]


async def test_no_text_says_it(town: Municipality) -> None:
    code = await town.reach("accepted")
    assert await write(town, code, f"@civil {SECRET}", actor(Role.REVENUE))
    assert "بدقولی" in ((await town.history(code))[-1].note or "")
    for text in (code, "درخواست‌های من", f"پیگیری {code}"):
        assert "بدقولی" not in (await town.say(CITIZEN, text)).text
    await town.do(code, "price", Role.REVENUE)
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    for mobile in (CITIZEN, CIVIL_OFFICER, DRIVER):
        sent = [message.text for message in await town.sent(mobile)]
        assert sent, mobile
        assert not [text for text in sent if "بدقولی" in text]


async def test_it_keeps_nobody_from_what_they_have_open(town: Municipality) -> None:
    code = await town.order()
    opened = await town.request(code)
    assert await write(town, code, SECRET)
    noted = await town.request(code)
    assert (noted.revision, noted.head_seq) == (opened.revision, opened.head_seq + 1)
    async with town.store.open_unit() as uow:
        version = opened.version_token
        await act_on_request(ActorContext(town.desk, uow, actor(Role.CIVIL)), parse_code(code), "accept", {}, version)


async def test_the_same_words_on_another_day_are_another_note(town: Municipality) -> None:
    code = await town.order()
    assert await write(town, code, "پیگیری شد")
    town.advance(minutes=1)
    assert not await write(town, code, "پیگیری شد"), "the same press"
    town.advance(seconds=SAME_PRESS.total_seconds())
    assert await write(town, code, "پیگیری شد")


async def test_what_was_erased_gets_none(town: Municipality) -> None:
    code = await town.reach("completed")
    async with town.store.open_unit() as uow:
        await erase.erase_request(ActorContext(town.desk, uow, actor(Role.ADMIN)), parse_code(code), "خواست خودش")
    with pytest.raises(NotAllowedNow, match="erased"):
        await write(town, code, SECRET)


async def test_a_user_name_goes_before_a_unit_and_a_unit_before_a_name(town: Municipality) -> None:
    await engage(town, "zari", "عمران", Role.CIVIL)
    await engage(town, "revenue", "مارال کر", Role.CIVIL)
    code = await town.order()
    assert await named(town, code, "@civil ببیند") == ["civil"]
    assert await named(town, code, "@واحد_عمران ببیند") == ["civil", "revenue", "zari"]
    assert await named(town, code, "@revenue ببیند") == ["revenue"]
    assert await named(town, code, "@مارال_کر، @ZARI.") == ["revenue", "zari"]


async def test_notes_count_and_are_listed_for_who_may_see_their_request(
    experts: Experts, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, sara = experts.town, actor(Role.CIVIL, "sara")
    await engage(town, "sara", "سارا", Role.CIVIL, Role.SECRETARIAT)
    machines = await town.order()
    assert await named(town, machines, "@sara ماشین") == ["sara"]
    town.advance(minutes=1)
    assert await named(town, (await experts.enter()).code, "@sara کارشناس") == ["sara"]
    both = replace(sara, role_names=frozenset({Role.CIVIL, Role.SECRETARIAT}))
    monkeypatch.setattr(notes, "MENTIONS_SHOWN", 1)
    async with town.store.open_unit(write=False) as uow:
        assert await count_unread_mentions(ActorContext(town.desk, uow, both)) == 2
        context = ActorContext(town.desk, uow, sara)
        assert await count_unread_mentions(context) == 1, "she is with the secretariat no more"
        assert [note.code for note in await list_own_mentions(context)] == [machines]
        assert await list_own_mentions(ActorContext(town.desk, uow, actor(Role.TAXI_OFFICER, "sara"))) == []


async def test_who_wrote_an_erased_note_is_still_known(town: Municipality) -> None:
    code = await town.reach("completed")
    assert await write(town, code, f"@civil {SECRET}")
    async with town.store.open_unit() as uow:
        await erase.erase_request(ActorContext(town.desk, uow, actor(Role.ADMIN)), parse_code(code), "خواست خودش")
        [note] = await list_own_mentions(ActorContext(town.desk, uow, actor(Role.CIVIL)))
    assert (note.text, note.author) == (None, "staff:manager")


def test_who_shares_a_name_is_offered_by_the_user_name() -> None:
    staff = [
        a_member(username, full_name=name) for username, name in (("a", "مارال کر"), ("b", "مارال کر"), ("c", "سارا"))
    ]
    assert [notes.write_mention(member, staff) for member in staff] == ["@a", "@b", "@سارا"]
