"""Codes by SMS that prove a mobile, whatever channel they are asked for in.

A code has six digits, holds for five minutes and five tries; only its salted digest is kept. How many are sent is
limited for each mobile, by what the channel counts besides, and for all together, in number and in rials: nobody can
flood a phone, guess, or spend on texts. Who asks learns nothing about a number: the answer is the same for any.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.messages.code_spending import (
    find_spent_rials,
    judge_code_delivery,
    reckon_code_rials,
    warn_about_spending,
)
from domain.actions.messages.notify import queue_message
from domain.chats.chat import MobileProof
from domain.messages.code_spending import CodeDelivery
from domain.messages.records import MessageClass
from domain.repositories import CitizenRepositories, LineRepositories
from domain.values.errors import MobileNotVerified
from domain.values.reasons import MobileReason
from domain.values.secret_codes import SecretCode, draw_code
from domain.values.text import ascii_digits, persian_digits

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
CODES_PER_MOBILE = 3

COUNTING_WINDOW = timedelta(hours=1)
TOTAL_COUNTER = "proof:total"

_DIGIT_GROUPS = re.compile(r"[0-9]+(?:[ \-–—.‌]+[0-9]+)*")
_ANY_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_DIGITS, _MOST_DIGITS = 4, 8
"""Digits of a text without any word that is a code with a slip in it."""


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """Somebody wants to prove a mobile."""

    channel: str
    """The channel that the person uses."""
    address: str
    """Address in that channel; one code is under way for each."""
    mobile: str
    """The number (+989…)."""
    text_key: str
    """The text that brings the code: as `otp` in Persian digits, as `otp_latin` in those that phones fill in."""
    limits: Mapping[str, int]
    """Counter → most codes an hour, besides those of the mobile and of all."""
    has_proved_before: bool = False
    """Whether who asks has proved this mobile there before: counted apart, so that no stranger shuts the owner out."""


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


async def send_code(context: ActionContext, code_request: CodeRequest) -> CodeDelivery:
    """Send a new code, in the place of an earlier one. Where none can be, nothing is counted, and that one holds on."""
    await context.uow.serialise("verification codes")  # else many at once would each find the last rials unspent
    spent_rials = await find_spent_rials(context)
    limits = {**code_request.limits, _mobile_counter(code_request): CODES_PER_MOBILE}
    delivery = await _judge_code(context, spent_rials, limits)
    if delivery is not CodeDelivery.SENT:
        return delivery
    for counter_key in (*limits, TOTAL_COUNTER):
        await context.uow.lines.add_hit(counter_key, context.dependencies.clock.now(), COUNTING_WINDOW)
    code, secret_code = draw_code(context.dependencies.ids.new_token, CODE_DIGITS)
    now = context.dependencies.clock.now()
    await context.uow.mobile_proofs.save(
        MobileProof(
            channel=code_request.channel,
            address=code_request.address,
            mobile=code_request.mobile,
            salt=secret_code.salt,
            digest=secret_code.digest,
            expires_at=now + CODE_LIFETIME,
        )
    )
    facts = {"otp": persian_digits(code), "otp_latin": code}  # for whoever asks for it, in the language of their page
    message = context.dependencies.catalogue.render_message(code_request.text_key, facts, MessageClass.SECURITY)
    await queue_message(context, code_request.mobile, message)
    await warn_about_spending(context, spent_rials + reckon_code_rials(context.dependencies))
    return CodeDelivery.SENT


async def find_mobile_code_delivery(context: ActionContext, mobile: str, limits: Mapping[str, int]) -> CodeDelivery:
    """Return what would become of a code to a mobile (+989…) under these limits; nothing is sent or counted."""
    spent_rials = await find_spent_rials(context)
    return await _judge_code(context, spent_rials, {**limits, _stranger_counter(mobile): CODES_PER_MOBILE})


async def _judge_code(context: ActionContext, spent_rials: int, limits: Mapping[str, int]) -> CodeDelivery:
    delivery, policy = await judge_code_delivery(context, spent_rials), context.dependencies.policy
    if delivery is CodeDelivery.LATER or await _is_reached(context, TOTAL_COUNTER, policy.codes_an_hour):
        return CodeDelivery.LATER
    for counter_key, most_codes in limits.items():
        if await _is_reached(context, counter_key, most_codes):
            return CodeDelivery.LIMITED
    return CodeDelivery.SENT


def _mobile_counter(code_request: CodeRequest) -> str:
    counter_key = _stranger_counter(code_request.mobile)
    return f"{counter_key}:known" if code_request.has_proved_before else counter_key


def _stranger_counter(mobile: str) -> str:
    return f"proof:{mobile}"


async def _is_reached(context: ActionContext[LineRepositories], counter_key: str, most_codes: int) -> bool:
    return (
        await context.uow.lines.count_hits(counter_key, context.dependencies.clock.now(), COUNTING_WINDOW) >= most_codes
    )


async def check_code(
    context: ActionContext[CitizenRepositories], channel: str, address: str, code: str, *, may_repeat: bool = False
) -> str | MobileNotVerified:
    """Return the mobile that a code proves, or why it proves none: that is counted, so nothing may be rolled back.

    A code proves once; once more where it `may_repeat`, while it still holds.
    """
    proof, now = await context.uow.mobile_proofs.find(channel, address), context.dependencies.clock.now()
    if proof is None or proof.expires_at <= now or (proof.used_at is not None and not may_repeat):
        return MobileNotVerified("code", MobileReason.CODE_EXPIRED)
    if SecretCode(proof.salt, proof.digest).matches(code):
        proof.used_at = now
        await context.uow.mobile_proofs.save(proof)
        return proof.mobile
    proof.tries += 1
    if proof.tries >= MOST_TRIES:
        await context.uow.mobile_proofs.delete(channel, address)
        return MobileNotVerified("code", MobileReason.NO_MORE_TRIES)
    await context.uow.mobile_proofs.save(proof)
    return MobileNotVerified("code", MobileReason.WRONG_CODE)
