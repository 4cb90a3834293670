"""The answers of look-ups and prices are those that their declarations name: `check` proves the texts of these."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from domain.actions.context import ActorContext
from domain.actions.lookups.answers import run_lookup
from domain.actions.tariffs.price_changes import add_tariff
from domain.blocks.band_answers import MOST_LISTED_BANDS
from domain.language.lookups import Lookup, LookupAnswer, LookupContext, PriceLookup
from domain.language.service import Service
from domain.services import SERVICES
from domain.tariffs.tariff import BAND_DIMENSION
from domain.values.actors import Role
from tests.support.municipality import CITIZEN, Municipality, StandingClock, actor, build_desk, municipality
from tests.support.scenarios import taxi_registries
from tests.support.scenarios.expert_unit import Experts

Answering = Callable[[LookupContext], Awaitable[list[LookupAnswer]]]


def noting(answer: Answering, given: set[str]) -> Answering:
    """Return the same look-up, which notes what it answers."""

    async def noted(asked: LookupContext) -> list[LookupAnswer]:
        lines = await answer(asked)
        given.update(key for key, _ in lines)
        return lines

    return noted


def heard(service: Service, given: dict[str, set[str]]) -> Service:
    """Return a service whose answers are noted under its key."""
    noted = given.setdefault(service.key, set())
    lookups = tuple(replace(one, find_answers=noting(one.find_answers, noted)) for one in service.lookups)
    prices = service.price_lookup and replace(
        service.price_lookup, find_answers=noting(service.price_lookup.find_answers, noted)
    )
    return replace(service, lookups=lookups, price_lookup=prices)


def declared(service: Service) -> set[str]:
    """Return the answers that a service's declaration names."""
    asked: list[Lookup | PriceLookup] = [*service.lookups, *([service.price_lookup] if service.price_lookup else [])]
    return {name for one in asked for name in one.answer_names}


async def price_bands(town: Municipality) -> None:
    """Let revenue set more bands than one text tells."""
    metres = {"kind": "subdivision", "per": "square_metre"}
    things = (("machinery", {"machine": "backhoe"}, "hour"), ("expert", metres, "square_metre"))
    async with town.store.open_unit() as uow:
        for service, dimensions, unit in things:
            for number in range(2, MOST_LISTED_BANDS + 3):
                await add_tariff(
                    ActorContext(town.desk, uow, actor(Role.REVENUE)),
                    service,
                    {**dimensions, BAND_DIMENSION: str(number)},
                    rate=1,
                    unit=unit,
                )


async def ask_expert_total(town: Municipality) -> None:
    """Ask what an opinion costs in all, as the portal and counter software do; texts name no area."""
    expert = town.desk.services["expert"]
    assert expert.price_lookup
    async with town.store.open_unit(write=False) as uow:
        values = {"kind": "subdivision", "area": 100}
        await run_lookup(
            ActorContext(town.desk, uow, actor(Role.CITIZEN)), expert, expert.price_lookup, values, brief=False
        )


async def ask_own_files(town: Municipality) -> None:
    """Ask for the own file of a stranger, a driver with a record, and an owner of many taxis, of papers that hold and
    that ran out.
    """
    driver, owner = taxi_registries.DRIVER_MOBILE, taxi_registries.OWNER_MOBILE
    await town.say(CITIZEN, "پرونده من")
    await taxi_registries.a_violation(town)
    praise = {"driver": taxi_registries.DRIVER_CODE, "date": "2026-11-21", "kind": "honesty", "points": 5}
    await taxi_registries.give(town, "reward", praise)
    await taxi_registries.a_duty(town, year=1399)
    for day in ("2026-11-01", "2027-01-01"):
        papers = {"licence_expiry": day, "health_card_expiry": day}
        await taxi_registries.give(town, "driver", {"national_code": taxi_registries.DRIVER_CODE, **papers})
        papers = {"insurance_expiry": day, "inspection_expiry": day}
        await taxi_registries.give(town, "vehicle", {"plate": taxi_registries.PLATE, **papers})
        await town.say(driver, "پرونده من")
    plates = ("12ت347-59", "12ت348-59")
    await taxi_registries.give(
        town, "vehicle", *({"plate": one, "type": "line", "owner": taxi_registries.OWNER_CODE} for one in plates)
    )
    await town.say(owner, "پرونده من")


async def test_what_is_answered_is_what_is_declared(database: Path) -> None:
    given: dict[str, set[str]] = {}
    clock = StandingClock()
    desk = build_desk(clock, services=tuple(heard(one, given) for one in SERVICES))
    async with municipality(database, desk, clock) as town:
        await town.furnish()
        await taxi_registries.furnish(town)
        await Experts(town).furnish()
        await town.price("roller", 1_000_000, minimum=1)
        await price_bands(town)
        machines = ("تعرفه لودر ۴ ساعت", "تعرفه لودر ۱ ساعت", "تعرفه لودر", "تعرفه غلتک", "تعرفه بکهو")
        for text in (*machines, "تعرفه تفکیک", f"عوارض {taxi_registries.PLATE}"):
            await town.say(CITIZEN, text)
        await town.say(taxi_registries.OWNER_MOBILE, "عوارض")
        await ask_own_files(town)
        await ask_expert_total(town)
        for year in range(1400, 1406):
            await taxi_registries.a_duty(town, year=year)
        await town.say(CITIZEN, f"عوارض {taxi_registries.PLATE}")
    assert given == {service.key: declared(service) for service in SERVICES}
