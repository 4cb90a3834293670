"""Substitutes: for some days a deputy has the absent member's roles, requests and notices, and the history says so."""

from datetime import date, timedelta

import pytest

from domain.actions import staffing
from domain.actions.context import ActorContext
from domain.actions.messages import notify
from domain.actions.requests import act, assign
from domain.people.person import StaffMember, Substitution
from domain.values.actors import Actor, Role
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden, InvalidField, NotFound
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CIVIL_OFFICER, Municipality, actor
from tests.support.scenarios.expert_unit import Experts

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
SARA = "+989111000033"


async def engage(
    town: Municipality, username: str, *roles: Role, mobile: str | None = None, active: bool = True
) -> None:
    """Put somebody on the staff."""
    member = StaffMember(username, frozenset(roles), username, mobile, "", active, town.clock.now())
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)


async def appoint(
    town: Municipality, absent: str, deputy: str, first: date = TODAY, last: date = TODAY + DAY, by: Role = Role.ADMIN
) -> Substitution:
    """Name a substitute."""
    async with town.store.open_unit() as uow:
        return await staffing.name_substitute(ActorContext(town.desk, uow, actor(by)), absent, deputy, (first, last))


async def acting(town: Municipality, username: str) -> Actor:
    """Member who acts today."""
    async with town.store.open_unit(write=False) as uow:
        return await staffing.load_staff_actor(uow.people, username, "cli", staffing.today_in_tehran(town.desk))


async def take(town: Municipality, code: str, action: str, by: Actor, **inputs: object) -> None:
    """Take a step as somebody with substitutions."""
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, by)
        outcome = await act.act_on_request(context, parse_code(code), action, inputs)
        await notify.announce_outcome(context, outcome)


async def test_a_deputy_has_the_roles_on_these_days_alone(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE)
    await appoint(town, "civil", "sara", TODAY + DAY, TODAY + 2 * DAY)
    code = await town.order()
    start = town.clock.at
    for passed, allowed in ((0, False), (1, True), (2, True), (3, False)):
        town.clock.at = start + passed * DAY
        roles = (await acting(town, "sara")).role_names
        assert roles == {Role.REVENUE} | ({Role.CIVIL} if allowed else set())
    town.clock.at = start + DAY
    await take(town, code, "accept", await acting(town, "sara"), date="2026-11-28")
    await take(town, code, "price", await acting(town, "sara"))
    events = await town.history(code)
    assert [event.actor for event in events if event.event in {"accept", "price"}] == [
        "staff:sara for civil",
        "staff:sara",
    ]


async def test_the_deputy_is_the_assigned_officer_too(experts: Experts) -> None:
    town, found = experts.town, {"report": "زمین ۲۵۰ متری", "area": "250"}
    code = await experts.reach("assigned")
    town.advance(days=2)
    with pytest.raises(Forbidden):
        await take(town, code, "visit", await acting(town, "bahrami"), **found)
    await appoint(town, "ahmadi", "bahrami", TODAY, TODAY + 5 * DAY)
    await take(town, code, "visit", await acting(town, "bahrami"), **found)
    assert (await town.history(code))[-1].actor == "staff:bahrami for ahmadi"
    other = await experts.reach("submitted")
    async with town.store.open_unit() as uow:
        await assign.assign_request(
            ActorContext(town.desk, uow, await acting(town, "bahrami")), parse_code(other), "bahrami"
        )
    assert (await town.history(other))[-1].actor == "staff:bahrami"


async def test_who_cares_for_a_role_is_the_deputy_while_somebody_is_away(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE, mobile=SARA)
    await appoint(town, "civil", "sara")
    async with town.store.open_unit(write=False) as uow:
        away = await staffing.list_on_duty(uow.people, Role.CIVIL, TODAY)
        back = await staffing.list_on_duty(uow.people, Role.CIVIL, TODAY + 2 * DAY)
    assert ([one.mobile for one in away], [one.mobile for one in back]) == ([SARA], [CIVIL_OFFICER])


async def test_an_appointment_is_ended_by_a_nearer_last_day(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE)
    await appoint(town, "civil", "sara", last=TODAY + 9 * DAY)
    await appoint(town, "civil", "sara", last=TODAY, by=Role.MANAGER)
    async with town.store.open_unit(write=False) as uow:
        [one] = await uow.people.list_substitutions(TODAY)
        assert await uow.people.list_substitutions(TODAY + DAY) == []
    assert (one.last, one.made_by) == (TODAY, "staff:manager")
    assert len(town.rows("SELECT what FROM audit WHERE what = 'substitute'")) == 2


async def test_who_has_left_lends_nothing_and_acts_no_more(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE)
    await appoint(town, "civil", "sara")
    await engage(town, "civil", Role.CIVIL, active=False)
    assert (await acting(town, "sara")).role_names == {Role.REVENUE}
    for stranger in ("civil", "nobody"):
        with pytest.raises(AuthenticationFailed):
            await acting(town, stranger)


async def refusal(town: Municipality, *names: str, **days: object) -> DomainError:
    """Reason why somebody is not appointed."""
    with pytest.raises(DomainError) as refused:
        await appoint(town, *names, **days)  # type: ignore[arg-type]  # each is of its own type
    return refused.value


async def test_what_is_no_appointment(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE)
    assert isinstance(await refusal(town, "civil", "sara", by=Role.CIVIL), Forbidden)
    for names, field in ((("nobody", "sara"), "absent"), (("civil", "nobody"), "deputy")):
        missing = await refusal(town, *names)
        assert (type(missing), missing.field) == (NotFound, field)
    same = await refusal(town, "sara", "sara")
    assert (type(same), same.reason) == (InvalidField, "same_person")
    backwards = await refusal(town, "civil", "sara", first=TODAY, last=TODAY - DAY)
    assert (type(backwards), backwards.field) == (InvalidField, "to")


async def end(town: Municipality, first: date = TODAY, by: Role = Role.ADMIN) -> Substitution:
    """End that sara acts for civil."""
    async with town.store.open_unit() as uow:
        return await staffing.end_substitution(ActorContext(town.desk, uow, actor(by)), "civil", "sara", first)


async def test_an_appointment_is_ended_at_once(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE)
    await appoint(town, "civil", "sara", TODAY - DAY)
    made = await appoint(town, "civil", "sara", TODAY + 5 * DAY, TODAY + 6 * DAY)
    assert Role.CIVIL in (await acting(town, "sara")).role_names
    ended = await end(town, TODAY - DAY, Role.MANAGER)
    assert (ended.first, ended.last) == (TODAY - DAY, TODAY + DAY)
    assert (await acting(town, "sara")).role_names == {Role.REVENUE}
    assert await end(town, TODAY + 5 * DAY) == made, "cancelled before it began"
    async with town.store.open_unit(write=False) as uow:
        assert await uow.people.list_substitutions(TODAY) == []
    assert town.rows("SELECT actor FROM audit WHERE what = 'substitute_ended' ORDER BY id") == [
        ("staff:manager",),
        ("staff:admin",),
    ]


async def test_what_cannot_be_ended(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE)
    await appoint(town, "civil", "sara", TODAY - 2 * DAY, TODAY - DAY)
    for first, by, refused in (
        (TODAY, Role.ADMIN, NotFound),
        (TODAY - 2 * DAY, Role.ADMIN, NotFound),
        (TODAY, Role.CIVIL, Forbidden),
    ):
        with pytest.raises(refused):
            await end(town, first, by)
    await engage(town, "admin", Role.ADMIN)
    await engage(town, "civil", Role.CIVIL, Role.ADMIN)
    await appoint(town, "civil", "sara")
    with pytest.raises(Forbidden) as told:
        await end(town, by=Role.MANAGER)
    assert told.value.reason == "of_admin"
    await end(town)


async def test_who_becomes_an_administrator_later_lends_that_role_by_an_administrators_word_alone(
    town: Municipality,
) -> None:
    await engage(town, "sara", Role.REVENUE)
    await engage(town, "manager", Role.MANAGER)
    await engage(town, "admin", Role.ADMIN)
    await appoint(town, "civil", "sara", by=Role.MANAGER)
    await engage(town, "civil", Role.CIVIL, Role.ADMIN)
    assert (await acting(town, "sara")).role_names == {Role.REVENUE, Role.CIVIL}
    async with town.store.open_unit(write=False) as uow:
        admins = await staffing.list_on_duty(uow.people, Role.ADMIN, TODAY)
        civil = await staffing.list_on_duty(uow.people, Role.CIVIL, TODAY)
    assert [one.username for one in admins] == ["admin", "civil"]
    assert [one.username for one in civil] == ["sara"]
    assert (await refusal(town, "civil", "sara", by=Role.MANAGER)).reason == "of_admin"
    await appoint(town, "civil", "sara", by=Role.ADMIN)
    assert Role.ADMIN in (await acting(town, "sara")).role_names


async def test_a_manager_who_becomes_an_administrator_lends_it_to_nobody_named_before(
    town: Municipality,
) -> None:
    for name, role in (("yas", Role.MANAGER), ("mina", Role.EXPERT), ("zed", Role.REVENUE)):
        await engage(town, name, role)
    async with town.store.open_unit() as uow:
        yas = await staffing.load_staff_actor(uow.people, "yas", "cli", TODAY)
        await staffing.name_substitute(ActorContext(town.desk, uow, yas), "yas", "mina", (TODAY, TODAY))
        mina = await staffing.load_staff_actor(uow.people, "mina", "cli", TODAY)
        await staffing.name_substitute(ActorContext(town.desk, uow, mina), "yas", "zed", (TODAY, TODAY))
    await engage(town, "yas", Role.MANAGER, Role.ADMIN)
    assert (await acting(town, "mina")).role_names == {Role.EXPERT, Role.MANAGER}
    assert (await acting(town, "zed")).role_names == {Role.REVENUE, Role.MANAGER}


async def test_what_lends_no_administrators_role_its_manager_ends(town: Municipality) -> None:
    await engage(town, "sara", Role.REVENUE)
    await engage(town, "manager", Role.MANAGER)
    await appoint(town, "civil", "sara", by=Role.MANAGER)
    await engage(town, "civil", Role.CIVIL, Role.ADMIN)
    await end(town, by=Role.MANAGER)
    assert (await acting(town, "sara")).role_names == {Role.REVENUE}


async def test_an_administrators_substitute_is_named_in_the_administrators_name(town: Municipality) -> None:
    for name, role in (("ali", Role.ADMIN), ("admin", Role.ADMIN), ("sara", Role.MANAGER), ("reza", Role.REVENUE)):
        await engage(town, name, role)
    await appoint(town, "ali", "sara")
    async with town.store.open_unit() as uow:
        sara = await staffing.load_staff_actor(uow.people, "sara", "cli", TODAY)
        context = ActorContext(town.desk, uow, sara)
        await staffing.name_substitute(context, "ali", "reza", (TODAY, TODAY))
        made = await staffing.name_substitute(context, "civil", "reza", (TODAY, TODAY))
    assert Role.ADMIN in (await acting(town, "reza")).role_names
    assert made.made_by == "staff:sara"
    assert town.rows("SELECT made_by FROM substitutes WHERE absent = 'ali' AND deputy = 'reza'") == [
        ("staff:sara for ali",)
    ]


async def named_by(town: Municipality, username: str, absent: str, deputy: str) -> None:
    """Name a substitute as somebody of the staff, with whatever that one has from others."""
    async with town.store.open_unit() as uow:
        maker = await staffing.load_staff_actor(uow.people, username, "cli", TODAY)
        await staffing.name_substitute(ActorContext(town.desk, uow, maker), absent, deputy, (TODAY, TODAY))


async def test_nobody_names_himself(town: Municipality) -> None:
    for name, role in (("yas", Role.MANAGER), ("ali", Role.ADMIN), ("sara", Role.REVENUE), ("reza", Role.EXPERT)):
        await engage(town, name, role)
    for maker in ("yas", "ali"):
        with pytest.raises(Forbidden) as told:
            await named_by(town, maker, "sara", maker)
        assert (told.value.field, told.value.reason) == ("deputy", "own_substitute")
    await named_by(town, "ali", "yas", "reza")
    with pytest.raises(Forbidden, match="own_substitute"):
        await named_by(town, "reza", "sara", "reza")  # nor by a right that was lent
    assert (await acting(town, "yas")).role_names == {Role.MANAGER}
    await named_by(town, "yas", "sara", "reza")
    assert Role.REVENUE in (await acting(town, "reza")).role_names


async def test_auditing_and_a_units_work_are_kept_apart(town: Municipality) -> None:
    for name, role in (("sara", Role.REVENUE), ("nima", Role.AUDITOR), ("omid", Role.AUDITOR)):
        await engage(town, name, role)
    assert (await refusal(town, "sara", "nima")).reason == "auditor_apart"
    assert (await refusal(town, "nima", "sara")).reason == "auditor_apart"
    await appoint(town, "nima", "omid")
    await appoint(town, "civil", "sara")
    await engage(town, "sara", Role.AUDITOR)
    assert (await acting(town, "sara")).role_names == {Role.AUDITOR}, "who becomes an auditor lends a unit's work back"
    assert (await acting(town, "sara")).substitutes_for == frozenset()


@pytest.mark.parametrize("maker", ["staff:sara", "staff:sara for yas"])
async def test_who_named_himself_before_that_was_refused_has_nothing_of_it(town: Municipality, maker: str) -> None:
    await engage(town, "sara", Role.MANAGER)
    await engage(town, "rev", Role.REVENUE)
    kept = Substitution("rev", "sara", TODAY, TODAY + DAY, maker, town.clock.now(), by_admin=False)
    async with town.store.open_unit() as uow:
        await uow.people.save_substitution(kept)
        on_duty = await staffing.list_on_duty(uow.people, Role.REVENUE, TODAY)
    assert (await acting(town, "sara")).role_names == {Role.MANAGER}
    assert "rev" in [one.username for one in on_duty]
