"""Proving that a mobile is that of whose chat it is: by the messenger's word (the own contact), or by a code by SMS
(`domain/actions/messages/verification_codes.py`).
"""

from domain.actions.context import ActionContext
from domain.actions.line_languages import name_chat_line
from domain.actions.messages.notify import Address, queue_reply
from domain.actions.messages.rerouting import reroute_to_sms
from domain.actions.messages.verification_codes import CodeRequest, check_code, send_code
from domain.chats.chat import Chat
from domain.messages.code_spending import CodeDelivery
from domain.messages.records import MessageClass
from domain.values import identifiers
from domain.values.errors import InvalidField, MobileNotVerified
from domain.values.identifiers import display_mobile
from domain.values.reasons import MobileReason
from domain.values.text import persian_digits

CODES_PER_ADDRESS = 5
"""Codes an hour that a chat may ask for."""


async def send_proof_code(context: ActionContext, channel: str, address: str, mobile: str) -> CodeDelivery:
    """Send a new code to a mobile (+989…), in the place of an earlier one, if one can be sent."""
    limits = {f"proof:{channel}:{address}": CODES_PER_ADDRESS}
    return await send_code(context, CodeRequest(channel, address, mobile, "sms.proof_code", limits))


async def check_proof_code(context: ActionContext, channel: str, address: str, code: str) -> str | MobileNotVerified:
    """Return the mobile that a code proves, once, or why it proves none, which is counted."""
    proved = await check_code(context, channel, address, code)
    if isinstance(proved, str):
        await context.uow.mobile_proofs.delete(channel, address)
    return proved


def read_own_mobile(phone: str, is_own: bool) -> str:
    """Return the mobile of a shared contact; `MobileNotVerified` for another's, or one that is not Iranian."""
    if not is_own:
        raise MobileNotVerified("mobile", MobileReason.FOREIGN_CONTACT)
    try:
        return identifiers.parse_mobile(phone)
    except InvalidField:
        raise MobileNotVerified("mobile", MobileReason.NOT_IRANIAN) from None


async def link_chat(context: ActionContext, chat: Chat, mobile: str) -> None:
    """Let a chat be a mobile's; an earlier chat of that mobile in the same messenger is notified that it is no longer
    linked.
    """
    now = context.dependencies.clock.now()
    for other_chat in await context.uow.chats.list_linked(chat.channel, mobile):
        if other_chat.chat_id == chat.chat_id:
            continue
        await unlink_chat(context, other_chat)
        notice_message = context.dependencies.catalogue.render_message(
            "chat.moved_away", {"mobile": persian_digits(display_mobile(mobile))}, MessageClass.NOTICE
        )
        await queue_reply(context, Address(other_chat.channel, other_chat.chat_id), notice_message)
    if chat.mobile not in {None, mobile}:
        await unlink_chat(context, chat)
    await _carry_language(context, chat, mobile)
    chat.mobile, chat.linked_at, chat.updated_at = mobile, now, now
    await context.uow.chats.save(chat)


async def unlink_chat(context: ActionContext, chat: Chat) -> None:
    """Let a chat be nobody's: what was begun in it is dropped, and what still waits for it goes by SMS."""
    now = context.dependencies.clock.now()
    waiting_messages = await context.uow.outbox.expire_waiting_in_chat(chat.channel, chat.chat_id, now)
    await reroute_to_sms(context, waiting_messages)
    await context.uow.dialogues.delete(chat.channel, chat.chat_id)
    chat.mobile, chat.linked_at, chat.updated_at = None, None, now
    await context.uow.chats.save(chat)


async def _carry_language(context: ActionContext, chat: Chat, mobile: str) -> None:
    """Let the language that was chosen in a chat be that of the mobile which it has proved."""
    if not context.dependencies.catalogue.is_multilingual or chat.mobile is not None:
        return
    chat_line = name_chat_line(chat)
    if tag := await context.uow.lines.find_language(chat_line):
        await context.uow.lines.delete_language(chat_line)
        await context.uow.lines.save_language(mobile, tag, context.dependencies.clock.now())
