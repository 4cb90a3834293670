"""Operations reached by buttons alone (`ButtonVerb`): each verb, with the reply that it comes to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from domain.actions.conversations import commands
from domain.actions.conversations.chats.account import (
    CHANGE_STEP,
    LEAVE_STEP,
    describe_account,
    leave_account,
)
from domain.actions.conversations.chats.driver_menu import build_driver_menu, build_main_menu, describe_own_record
from domain.actions.conversations.chats.lists import show_own_requests, show_tariff
from domain.actions.conversations.chats.officer_questions import answer_by_files
from domain.actions.conversations.chats.operator_jobs import handle_operator_call
from domain.actions.conversations.chats.papers import (
    ask_for_paper,
    print_paper,
    stop_waiting_for_file,
    store_papers,
)
from domain.actions.conversations.chats.places import (
    ask_for_point,
    find_place_field,
    read_point,
)
from domain.actions.conversations.chats.view import build_question_buttons, with_markup, with_menu_button
from domain.actions.conversations.converse import begin_intent
from domain.actions.conversations.enquiries.payment_claims import claim_by_slip
from domain.actions.conversations.languages import choose_language_by_button
from domain.actions.conversations.questions import render_offer
from domain.actions.conversations.turn_context import TurnContext
from domain.actions.messages.notice_choice import EACH_CHANNEL, choose_notice_channel, find_notice_choice
from domain.authorization.request_policy import refuse_foreign_request
from domain.conversation.buttons.answers import ButtonVerb
from domain.conversation.buttons.menus import build_notice_rows
from domain.conversation.dialogue.frames import CONFIRM_STEP, Frame
from domain.fields.places import Place
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup
from domain.values import tracking_codes
from domain.values.bill_ids import bill_barcode


async def _show_menu(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return replace(turn.render("sms.help", menu=""), markup=ReplyMarkup(await build_main_menu(turn)))


async def _confirm_cancellation(turn: TurnContext, code: str, _detail: str) -> RenderedMessage:
    """Ask whether a request is really to be cancelled: a finger slips more easily than a text is written."""
    request = await turn.uow.requests.get_by_code(tracking_codes.parse_code(code))
    refuse_foreign_request(request, turn.actor)
    other_frames = [frame for frame in turn.dialogue.frames if frame.intent != "cancel"]
    cancel_frame = Frame("cancel", {"code": request.code}, asked=CONFIRM_STEP, one_shot=False)
    turn.dialogue.frames = [*other_frames, cancel_frame]
    question = await render_offer(turn, cancel_frame)
    return replace(question, markup=ReplyMarkup(build_question_buttons(turn)))


async def _ask_for_papers(turn: TurnContext, code_text: str, paper_name: str) -> RenderedMessage:
    """Wait for a paper of a request, or take the files that waited as that paper."""
    code = tracking_codes.parse_code(code_text)
    if turn.given_files and paper_name:
        turn.dialogue.files = []
        reply, button_rows = await store_papers(turn, code, paper_name, turn.given_files)
        return replace(reply, markup=ReplyMarkup((*button_rows, *build_question_buttons(turn))))
    reply, button_rows = await ask_for_paper(turn, code, paper_name or None)
    return replace(reply, markup=ReplyMarkup(button_rows or build_question_buttons(turn)))


async def _answer_by_files(turn: TurnContext, code: str, _detail: str) -> RenderedMessage:
    """Take the files that waited as the answer to the question of a request; without any, ask for the answer."""
    if not turn.given_files:
        return await with_markup(turn, await begin_intent(turn, "reply", {"code": tracking_codes.parse_code(code)}))
    turn.dialogue.files = []
    return await with_markup(
        turn, await answer_by_files(turn, tracking_codes.parse_code(code), turn.given_files, text="")
    )


async def _finish_papers(turn: TurnContext, code: str, _detail: str) -> RenderedMessage:
    """Wait for no further file, and report the state of the request."""
    stop_waiting_for_file(turn.dialogue)
    return await with_markup(turn, await commands.track_request(turn, {"code": tracking_codes.parse_code(code)}))


async def _print_paper(turn: TurnContext, code: str, paper_kind: str) -> RenderedMessage:
    return await print_paper(turn, tracking_codes.parse_code(code), paper_kind)


async def _draw_barcode(turn: TurnContext, bill_id: str, _detail: str) -> RenderedMessage:
    """Tell of a bill once more, with its barcode where it can still be paid by one pair of ids."""
    reply = await commands.describe_payment(turn, {"bill_id": bill_id})
    payable_ids = reply.bill_pages.payable_ids
    barcode = bill_barcode(payable_ids) if payable_ids else ""
    return with_menu_button(turn, replace(reply, markup=ReplyMarkup(barcode=barcode)))


async def _ask_for_point(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return ask_for_point(turn)


async def _use_place(turn: TurnContext, point_text: str, purpose: str) -> RenderedMessage:
    """Take a place for what was chosen: an order that begins with it, or the answer to the question of a request."""
    place_text, turn.dialogue.place = read_point(turn, point_text), ""
    if field := find_place_field(turn, purpose):
        return await with_markup(turn, await begin_intent(turn, purpose, {field.name: place_text}))
    slots = {"code": tracking_codes.parse_code(purpose), "text": Place().render_value(place_text, turn.text_of)}
    return await with_markup(turn, await begin_intent(turn, "reply", slots))


async def _claim_payment(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    """Take the files that waited for the slip of a payment; what is known of the money is told."""
    return with_menu_button(turn, await claim_by_slip(turn))


async def _choose_notice_channel(turn: TurnContext, requested_channel: str, _detail: str) -> RenderedMessage:
    """Ask where notices shall go, or take the answer."""
    mobile = turn.actor.identifier
    if not requested_channel:
        choice = await find_notice_choice(turn.uow.chats, mobile)
        notice_rows = build_notice_rows(turn.text_of, choice.channels, choice.chosen)
        return with_menu_button(turn, replace(turn.render("chat.notices"), markup=ReplyMarkup(notice_rows)))
    await choose_notice_channel(turn, mobile, requested_channel)
    channel_name = turn.text_of(
        "chat.buttons.each" if requested_channel == EACH_CHANNEL else f"chat.channels.{requested_channel}"
    )
    return with_menu_button(turn, turn.render("chat.notices_set", channel=channel_name))


async def _show_account(turn: TurnContext, step: str, _detail: str) -> RenderedMessage:
    """Describe whose chat it is, or take its number out of it."""
    return await leave_account(turn, step) if step in {LEAVE_STEP, CHANGE_STEP} else describe_account(turn)


async def _choose_language(turn: TurnContext, tag: str, _detail: str) -> RenderedMessage:
    return await choose_language_by_button(turn, tag)


async def _show_own_requests(turn: TurnContext, page_number: str, _detail: str) -> RenderedMessage:
    return with_menu_button(turn, await show_own_requests(turn, page_number))


async def _show_tariff(turn: TurnContext, service_key: str, subject: str) -> RenderedMessage:
    return with_menu_button(turn, await show_tariff(turn, service_key, subject))


async def _handle_operator_call(turn: TurnContext, code_text: str, step: str) -> RenderedMessage:
    return with_menu_button(turn, await handle_operator_call(turn, code_text, step))


async def _show_driver_menu(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return build_driver_menu(turn)


async def _show_driver_record(turn: TurnContext, _subject: str, _detail: str) -> RenderedMessage:
    return with_menu_button(turn, await describe_own_record(turn))


HANDLERS_BY_VERB: Mapping[ButtonVerb, Callable[[TurnContext, str, str], Awaitable[RenderedMessage]]] = {
    ButtonVerb.MENU: _show_menu,
    ButtonVerb.GIVE_UP: _confirm_cancellation,
    ButtonVerb.PAPERS: _ask_for_papers,
    ButtonVerb.DONE: _finish_papers,
    ButtonVerb.PRINT: _print_paper,
    ButtonVerb.NOTICES: _choose_notice_channel,
    ButtonVerb.ACCOUNT: _show_account,
    ButtonVerb.LIST: _show_own_requests,
    ButtonVerb.TARIFF: _show_tariff,
    ButtonVerb.OPERATOR: _handle_operator_call,
    ButtonVerb.LANGUAGE: _choose_language,
    ButtonVerb.DRIVER: _show_driver_menu,
    ButtonVerb.RECORD: _show_driver_record,
    ButtonVerb.BARCODE: _draw_barcode,
    ButtonVerb.ANSWER: _answer_by_files,
    ButtonVerb.POINT: _ask_for_point,
    ButtonVerb.PLACE: _use_place,
    ButtonVerb.SLIP: _claim_payment,
}
"""Handler of each verb, called with the subject and the detail that its button names."""
