"""What a chat offers those who drive or own a taxi: leave, duties, and what stands in the driver's own record."""

from datetime import date

from domain.actions.conversations.commands import CommandReply, Talk
from domain.blocks.taxis import MOST_VEHICLES, vehicles_of_mobile
from domain.conversation.buttons.menus import driver_rows, main_menu
from domain.messages.keyboards import Rows
from domain.registries.declarations import DRIVER, REWARD, VIOLATION, Registry
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.registries.rules import RecordStatus
from domain.values.calendar import jalali_text
from domain.values.text import grouped, persian_digits

LISTED = 5
"""Rewards, and violations, that are told: the newest."""


async def whole_menu(talk: Talk) -> Rows:
    """Return the main menu, with the drivers' where this person has to do with a taxi."""
    taxis = await vehicles_of_mobile(talk.uow, talk.actor.ident)
    return main_menu(talk.conversation, talk.text, of_taxi=bool(taxis))


def menu_of_drivers(talk: Talk) -> tuple[CommandReply, Rows]:
    """Return what is said above the drivers' menu, and the menu."""
    return talk.say("chat.driver"), driver_rows(talk.conversation, talk.text)


async def own_record(talk: Talk) -> CommandReply:
    """Tell the newest rewards and violations of the driver with this mobile that were not annulled; nobody else's, and
    no reporter's name.
    """
    where = {"mobile": talk.actor.ident}
    drivers = await talk.uow.registries.find(RegistryFilter(DRIVER.key, where, limit=MOST_VEHICLES))
    codes = sorted({str(row.values["national_code"]) for row in drivers})
    lines = [_line(talk, REWARD, row) for row in await _newest(talk, REWARD, codes)]
    lines += [_line(talk, VIOLATION, row) for row in await _newest(talk, VIOLATION, codes)]
    if not lines:
        return talk.say("chat.record_empty")
    return talk.saying("\n".join([talk.text("chat.record"), *lines]), "chat.record")


async def _newest(talk: Talk, registry: Registry, drivers: list[str]) -> list[RegistryRow]:
    if not drivers:
        return []
    return await talk.uow.registries.find(
        RegistryFilter(
            registry.key, {"driver": drivers, "standing": RecordStatus.VALID}, limit=LISTED, newest_first=True
        )
    )


def _line(talk: Talk, registry: Registry, row: RegistryRow) -> str:
    values = row.values
    facts = {
        f"{registry.key}_kind": talk.text(f"choices.{registry.key}_kind.{values['kind']}"),
        "points": persian_digits(values["points"]),
        "report_day": _day(values["date"]),
    }
    if values.get("fine"):
        return talk.say("chat.fine_line", **facts, amount=grouped(values["fine"])).text
    return talk.say("chat.reward_line" if registry is REWARD else "chat.violation_line", **facts).text


def _day(kept: object) -> str:
    return jalali_text(date.fromisoformat(str(kept)))
