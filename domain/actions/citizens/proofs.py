"""Proving a mobile at the portal, by a code that is good for one session and one purpose alone.

A purpose names what the code is for (a draft, «my requests» …): a code that somebody was talked into reading out opens
nothing else. The proof itself holds for the session.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.messages.verification_codes import (
    CODE_LIFETIME,
    CodeRequest,
    check_code,
    extract_code,
    find_mobile_code_delivery,
    send_code,
)
from domain.messages.code_spending import CodeDelivery
from domain.people.citizen_session import CitizenSession
from domain.people.sessions import digest_token
from domain.repositories import CitizenRepositories
from domain.values.addresses import network_for_address
from domain.values.errors import MobileNotVerified, NotFound
from domain.values.identifiers import parse_mobile
from domain.values.reasons import MobileReason

PORTAL_CHANNEL = "portal"

CODES_PER_FORM = 5
"""Codes an hour for one purpose in one session."""

CODES_PER_SOURCE = 30
"""Codes an hour that one address may ask for (of IPv6: one /64): hundreds share one behind a mobile network's."""

RESEND_AFTER = timedelta(seconds=60)
"""Asked for again within it, a code that is under way is not sent again: a double click, a page loaded anew."""

_PURPOSE_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class ProvedSession:
    """Result of a right code."""

    mobile: str
    """The number that is proved (+989…)."""
    session_token: str
    """The session's new token, which the browser is to have in place of its present one."""


async def send_session_code(
    context: ActionContext, session: CitizenSession, mobile: str, purpose: str, source_address: str
) -> CodeDelivery:
    """Send a code to a mobile as somebody typed it. The answer is the same whether we know that number or not.

    A browser that proved this number before is counted apart: neither strangers nor neighbours behind one address shut
    it out.

    Errors: `InvalidField("mobile")`; `NotFound` for what is no purpose.
    """
    line, proof_address = parse_mobile(mobile), _build_proof_address(session, purpose)
    await context.uow.serialise(f"proof:{proof_address}")  # else a second click at once would send a second code
    under_way, now = (
        await context.uow.mobile_proofs.find(PORTAL_CHANNEL, proof_address),
        context.dependencies.clock.now(),
    )
    if under_way and under_way.mobile == line and under_way.used_at is None:
        sent_at = under_way.expires_at - CODE_LIFETIME
        if now - sent_at < RESEND_AFTER:
            return CodeDelivery.SENT
    has_proved_before = session.proved_mobile == line
    source_limit: Mapping[str, int] = {} if has_proved_before else _source_limit(source_address)
    limits = {f"proof:form:{proof_address}": CODES_PER_FORM, **source_limit}
    code_request = CodeRequest(
        PORTAL_CHANNEL, proof_address, line, "sms.portal_code", limits, has_proved_before=has_proved_before
    )
    return await send_code(context, code_request)


async def find_session_code_delivery(context: ActionContext, mobile: str, source_address: str) -> CodeDelivery:
    """Return what would become of a code to a mobile as somebody typed it, and send none; `InvalidField("mobile")`."""
    return await find_mobile_code_delivery(context, parse_mobile(mobile), _source_limit(source_address))


def _source_limit(source_address: str) -> dict[str, int]:
    return {f"proof:from:{network_for_address(source_address)}": CODES_PER_SOURCE}


async def find_code_recipient(
    context: ActionContext[CitizenRepositories], session: CitizenSession, purpose: str
) -> str | None:
    """Return the mobile that a code is under way to; None where none is that still holds."""
    proof = await context.uow.mobile_proofs.find(PORTAL_CHANNEL, _build_proof_address(session, purpose))
    return proof.mobile if proof and proof.expires_at > context.dependencies.clock.now() else None


async def confirm_session_code(
    context: ActionContext[CitizenRepositories], session: CitizenSession, purpose: str, code: str
) -> ProvedSession | MobileNotVerified:
    """Bind the mobile that a code proves to the session, which gets a new token; or return why it proves none, which
    is counted, so nothing may be rolled back. The digits are read out of whatever was typed, in any script.

    The same code once more gives another token while the first one was not used: its answer may have been lost.
    """
    proof_address, typed_code = _build_proof_address(session, purpose), extract_code(code)
    if typed_code is None:
        return MobileNotVerified("code", MobileReason.WRONG_CODE)  # no digits: no try is spent on a slip
    await context.uow.serialise(f"proof:{proof_address}")  # else guesses at once would be counted as one
    proved_mobile = await check_code(
        context, PORTAL_CHANNEL, proof_address, typed_code, may_repeat=session.pending_digest is not None
    )
    if isinstance(proved_mobile, MobileNotVerified):
        return proved_mobile
    session_token, now = context.dependencies.ids.new_token(), context.dependencies.clock.now()
    await context.uow.citizen_sessions.save_proof(session.id, digest_token(session_token), proved_mobile, now)
    await context.uow.citizen_sessions.save_last_use(session.id, now)
    return ProvedSession(proved_mobile, session_token)


def is_purpose(text: str) -> bool:
    """Return whether a text can name what a code is for."""
    return _PURPOSE_PATTERN.fullmatch(text) is not None


def _build_proof_address(session: CitizenSession, purpose: str) -> str:
    if not is_purpose(purpose):
        raise NotFound("purpose")
    return f"{session.id}:{purpose}"
