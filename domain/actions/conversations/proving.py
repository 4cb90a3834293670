"""Proving that a mobile is somebody's: by the messenger's word (the own contact), or by a code sent to it by SMS.

A code has six digits, holds for five minutes and five tries; only its salted digest is kept. A mobile is sent so many
codes an hour, an address may ask for so many, and all together: nobody can flood a phone, guess, or spend on texts.
"""

import hashlib
import hmac
import re
from datetime import timedelta

from domain.actions.desk import Desk
from domain.actions.messages.notify import Address, queue, reply
from domain.chats.chat import Chat, MobileProof
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.unit_of_work import UnitOfWork
from domain.values import identifiers
from domain.values.errors import InvalidField, MobileNotVerified, TooManyRequests
from domain.values.identifiers import mobile_shown
from domain.values.text import ascii_digits, persian_digits

DIGITS = 6
HOLDS = timedelta(minutes=5)
MOST_TRIES = 5
CODES_A_MOBILE = 3
CODES_AN_ADDRESS = 5
CODES_IN_ALL = 300
"""Codes an hour whoever asks for them: texts cost money, and the own contact proves a mobile without one."""

WINDOW = timedelta(hours=1)


_GROUPS = re.compile(r"[0-9]+(?:[ \-–—.‌]+[0-9]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST, _MOST = 4, 8
"""Digits of a text without any word that is a code with a slip in it."""


def code_in(text: str) -> str | None:
    """Return the code that a text holds, in any script, spacing and company («کد من ۱۲۳ ۴۵۶ است», a forwarded text).

    None where it holds none, or several numbers that may be one. A few digits alone are a mistyped code.
    """
    runs = [re.sub(r"[^0-9]", "", run) for run in _GROUPS.findall(ascii_digits(text))]
    whole = [run for run in runs if len(run) == DIGITS]
    if len(whole) == 1:
        return whole[0]
    alone = len(runs) == 1 and not _LETTER.search(text) and _FEWEST <= len(runs[0]) <= _MOST
    return runs[0] if alone else None


async def send_code(desk: Desk, uow: UnitOfWork, channel: str, address: str, mobile: str) -> None:
    """Send a new code to a mobile (+989…), in the place of an earlier one; `TooManyRequests`."""
    now = desk.clock.now()
    asked = await uow.lines.hit(f"proof:{channel}:{address}", now, WINDOW)
    sent = await uow.lines.hit(f"proof:{mobile}", now, WINDOW)
    in_all = await uow.lines.hit("proof:total", now, WINDOW)
    if asked > CODES_AN_ADDRESS or sent > CODES_A_MOBILE or in_all > CODES_IN_ALL:
        raise TooManyRequests("mobile", detail="codes")
    salt, code = desk.ids.token(), f"{int(desk.ids.token(), 16) % 10**DIGITS:0{DIGITS}}"
    await uow.mobile_proofs.put(MobileProof(channel, address, mobile, salt, _digest(salt, code), now + HOLDS))
    words = desk.catalogue.message("sms.proof_code", {"otp": persian_digits(code)}, MessageClass.SECURITY)
    await queue(desk, uow, mobile, words)


async def check_code(desk: Desk, uow: UnitOfWork, channel: str, address: str, code: str) -> str | MobileNotVerified:
    """Return the mobile that a code proves, or why it proves none: that is counted, so nothing may be rolled back."""
    proof = await uow.mobile_proofs.of(channel, address)
    if proof is None or proof.expires_at <= desk.clock.now():
        return MobileNotVerified("code", detail="code_expired")
    if hmac.compare_digest(_digest(proof.salt, code), proof.digest):
        await uow.mobile_proofs.drop(channel, address)
        return proof.mobile
    proof.tries += 1
    if proof.tries >= MOST_TRIES:
        await uow.mobile_proofs.drop(channel, address)
        return MobileNotVerified("code", detail="no_more_tries")
    await uow.mobile_proofs.put(proof)
    return MobileNotVerified("code", detail="wrong_code")


def own_mobile(phone: str, own: bool) -> str:
    """Return the mobile of a shared contact; `MobileNotVerified` for another's, or one that is not Iranian."""
    if not own:
        raise MobileNotVerified("mobile", detail="foreign_contact")
    try:
        return identifiers.mobile(phone)
    except InvalidField:
        raise MobileNotVerified("mobile", detail="not_iranian") from None


async def link(desk: Desk, uow: UnitOfWork, chat: Chat, mobile: str) -> None:
    """Let a chat be a mobile's; an earlier chat of that mobile in the same messenger is told that it is no more."""
    now = desk.clock.now()
    for other in await uow.chats.linked(chat.channel, mobile):
        if other.chat_id == chat.chat_id:
            continue
        other.mobile, other.linked_at, other.updated_at = None, None, now
        await uow.chats.put(other)
        await uow.dialogues.drop(other.channel, other.chat_id)
        words = desk.catalogue.render("chat.moved_away", {"mobile": persian_digits(mobile_shown(mobile))})
        told = RenderedMessage("chat.moved_away", MessageClass.NOTICE, words)
        await reply(desk, uow, Address(other.channel, other.chat_id), told)
    chat.mobile, chat.linked_at, chat.updated_at = mobile, now, now
    await uow.chats.put(chat)


def _digest(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}:{code}".encode()).hexdigest()
