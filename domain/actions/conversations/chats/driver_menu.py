"""Menu of a chat for those who drive or own a taxi: leave, duties, and the driver's own record."""

from dataclasses import replace
from datetime import date

from domain.actions.conversations.chats.operator_jobs import is_operator
from domain.actions.conversations.turn_context import TurnContext
from domain.blocks.taxis import MOST_VEHICLES, vehicles_of_mobile
from domain.conversation.buttons.menus import build_driver_rows, build_menu_rows
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ButtonRows, ReplyMarkup
from domain.registries.declarations import DRIVER, REWARD, VIOLATION, Registry
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.registries.rules import RecordStatus
from domain.values.calendar import jalali_text
from domain.values.text import group_digits, persian_digits

MOST_LISTED = 5
"""Rewards, and violations, that are listed: the newest."""


async def build_main_menu(turn: TurnContext) -> ButtonRows:
    """Return the main menu, with the drivers' where this person has to do with a taxi, and the jobs of an operator."""
    own_taxis = await vehicles_of_mobile(turn.uow.registries, turn.actor.identifier)
    has_languages = turn.dependencies.catalogue.is_multilingual
    return build_menu_rows(
        turn.conversation,
        turn.text_of,
        has_taxi=bool(own_taxis),
        is_operator=await is_operator(turn),
        has_languages=has_languages,
    )


def build_driver_menu(turn: TurnContext) -> RenderedMessage:
    """Return the text above the drivers' menu, with the menu."""
    return replace(turn.render("chat.driver"), markup=ReplyMarkup(build_driver_rows(turn.conversation, turn.text_of)))


async def describe_own_record(turn: TurnContext) -> RenderedMessage:
    """List the newest rewards and violations of the driver with this mobile that were not annulled; nobody else's, and
    no reporter's name.
    """
    driver_condition = {"mobile": turn.actor.identifier}
    own_drivers = await turn.uow.registries.list_rows(RegistryFilter(DRIVER.key, driver_condition, limit=MOST_VEHICLES))
    codes = sorted({str(row.values["national_code"]) for row in own_drivers})
    record_lines = [_render_record_line(turn, REWARD, row) for row in await _find_newest_rows(turn, REWARD, codes)]
    record_lines += [
        _render_record_line(turn, VIOLATION, row) for row in await _find_newest_rows(turn, VIOLATION, codes)
    ]
    if not record_lines:
        return turn.render("chat.record_empty")
    return turn.reply_with("\n".join([turn.text_of("chat.record"), *record_lines]), "chat.record")


async def _find_newest_rows(turn: TurnContext, registry: Registry, national_codes: list[str]) -> list[RegistryRow]:
    if not national_codes:
        return []
    return await turn.uow.registries.list_rows(
        RegistryFilter(
            registry.key,
            {"driver": national_codes, "standing": RecordStatus.VALID},
            limit=MOST_LISTED,
            newest_first=True,
        )
    )


def _render_record_line(turn: TurnContext, registry: Registry, row: RegistryRow) -> str:
    values = row.values
    facts = {
        f"{registry.key}_kind": turn.text_of(f"choices.{registry.key}_kind.{values['kind']}"),
        "points": persian_digits(values["points"]),
        "report_day": _render_day(values["date"]),
    }
    if values.get("fine"):
        return turn.render("chat.fine_line", **facts, amount=group_digits(values["fine"])).text
    return turn.render("chat.reward_line" if registry is REWARD else "chat.violation_line", **facts).text


def _render_day(stored_day: object) -> str:
    return jalali_text(date.fromisoformat(str(stored_day)))
