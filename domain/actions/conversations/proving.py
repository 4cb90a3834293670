"""Proving that a mobile is somebody's: by the messenger's word (the own contact), or by a code sent to it by SMS.

A code has six digits, holds for five minutes and five tries; only its salted digest is kept. A mobile is sent so many
codes an hour, an address may ask for so many, and all together: nobody can flood a phone, guess, or spend on texts.
"""

import hashlib
import hmac
import re
from datetime import timedelta

from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import Address, queue_message, queue_reply
from domain.chats.chat import Chat, MobileProof
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.unit_of_work import UnitOfWork
from domain.values import identifiers
from domain.values.errors import InvalidField, MobileNotVerified, TooManyRequests
from domain.values.identifiers import display_mobile
from domain.values.text import ascii_digits, persian_digits

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
CODES_PER_MOBILE = 3
CODES_PER_ADDRESS = 5
CODES_PER_WINDOW = 300
"""Codes an hour whoever asks for them: texts cost money, and the own contact proves a mobile without one."""

COUNTING_WINDOW = timedelta(hours=1)


_DIGIT_GROUPS = re.compile(r"[0-9]+(?:[ \-–—.‌]+[0-9]+)*")
_ANY_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_DIGITS, _MOST_DIGITS = 4, 8
"""Digits of a text without any word that is a code with a slip in it."""


def extract_code(text: str) -> str | None:
    """Return the code that a text holds, in any script, spacing and company («کد من ۱۲۳ ۴۵۶ است», a forwarded text).

    None where it holds none, or several numbers that may be one. A few digits alone are a mistyped code.
    """
    digit_runs = [re.sub(r"[^0-9]", "", digit_run) for digit_run in _DIGIT_GROUPS.findall(ascii_digits(text))]
    full_codes = [digit_run for digit_run in digit_runs if len(digit_run) == CODE_DIGITS]
    if len(full_codes) == 1:
        return full_codes[0]
    is_lone_number = (
        len(digit_runs) == 1 and not _ANY_LETTER.search(text) and _FEWEST_DIGITS <= len(digit_runs[0]) <= _MOST_DIGITS
    )
    return digit_runs[0] if is_lone_number else None


async def send_proof_code(dependencies: Dependencies, uow: UnitOfWork, channel: str, address: str, mobile: str) -> None:
    """Send a new code to a mobile (+989…), in the place of an earlier one; `TooManyRequests`."""
    now = dependencies.clock.now()
    address_count = await uow.lines.add_hit(f"proof:{channel}:{address}", now, COUNTING_WINDOW)
    mobile_count = await uow.lines.add_hit(f"proof:{mobile}", now, COUNTING_WINDOW)
    overall_count = await uow.lines.add_hit("proof:total", now, COUNTING_WINDOW)
    if address_count > CODES_PER_ADDRESS or mobile_count > CODES_PER_MOBILE or overall_count > CODES_PER_WINDOW:
        raise TooManyRequests("mobile", detail="codes")
    salt, code = (
        dependencies.ids.new_token(),
        f"{int(dependencies.ids.new_token(), 16) % 10**CODE_DIGITS:0{CODE_DIGITS}}",
    )
    await uow.mobile_proofs.save(
        MobileProof(channel, address, mobile, salt, _digest_code(salt, code), now + CODE_LIFETIME)
    )
    code_message = dependencies.catalogue.render_message(
        "sms.proof_code", {"otp": persian_digits(code)}, MessageClass.SECURITY
    )
    await queue_message(dependencies, uow, mobile, code_message)


async def check_proof_code(
    dependencies: Dependencies, uow: UnitOfWork, channel: str, address: str, code: str
) -> str | MobileNotVerified:
    """Return the mobile that a code proves, or why it proves none: that is counted, so nothing may be rolled back."""
    proof = await uow.mobile_proofs.find(channel, address)
    if proof is None or proof.expires_at <= dependencies.clock.now():
        return MobileNotVerified("code", detail="code_expired")
    if hmac.compare_digest(_digest_code(proof.salt, code), proof.digest):
        await uow.mobile_proofs.delete(channel, address)
        return proof.mobile
    proof.tries += 1
    if proof.tries >= MOST_TRIES:
        await uow.mobile_proofs.delete(channel, address)
        return MobileNotVerified("code", detail="no_more_tries")
    await uow.mobile_proofs.save(proof)
    return MobileNotVerified("code", detail="wrong_code")


def read_own_mobile(phone: str, is_own: bool) -> str:
    """Return the mobile of a shared contact; `MobileNotVerified` for another's, or one that is not Iranian."""
    if not is_own:
        raise MobileNotVerified("mobile", detail="foreign_contact")
    try:
        return identifiers.parse_mobile(phone)
    except InvalidField:
        raise MobileNotVerified("mobile", detail="not_iranian") from None


async def link_chat(dependencies: Dependencies, uow: UnitOfWork, chat: Chat, mobile: str) -> None:
    """Let a chat be a mobile's; an earlier chat of that mobile in the same messenger is notified that it is no longer
    linked.
    """
    now = dependencies.clock.now()
    for other_chat in await uow.chats.list_linked(chat.channel, mobile):
        if other_chat.chat_id == chat.chat_id:
            continue
        other_chat.mobile, other_chat.linked_at, other_chat.updated_at = None, None, now
        await uow.chats.save(other_chat)
        await uow.dialogues.delete(other_chat.channel, other_chat.chat_id)
        notice_text = dependencies.catalogue.render(
            "chat.moved_away", {"mobile": persian_digits(display_mobile(mobile))}
        )
        notice_message = RenderedMessage("chat.moved_away", MessageClass.NOTICE, notice_text)
        await queue_reply(dependencies, uow, Address(other_chat.channel, other_chat.chat_id), notice_message)
    chat.mobile, chat.linked_at, chat.updated_at = mobile, now, now
    await uow.chats.save(chat)


def _digest_code(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}:{code}".encode()).hexdigest()
