"""Links under which somebody whom a request asks for consent may answer, made for the text that asks.

A text carries one only under the municipality's own domain (`Policy.site_address`), behind everything else, where its
part budget has room: `pishkhan check` proves that the texts of a declaration have it.
"""

from dataclasses import replace

from domain.actions.context import ActionContext
from domain.language.message_links import LinkSubject
from domain.messages.catalogue import RenderedMessage
from domain.messages.senders import join_if_named_fits
from domain.people.sessions import digest_token
from domain.requests.consent_link import ConsentLink
from domain.values.page_tokens import build_link_token

CONSENT_PREFIX = "/c/"
"""Address prefix of such a link; short, since it travels by SMS."""


async def append_consent_link(
    context: ActionContext, message: RenderedMessage, subject: LinkSubject
) -> RenderedMessage:
    """Return a notice with a new link to answer by, where its recipient is whose answer the request awaits now."""
    request = subject.request
    if not context.dependencies.policy.site_address or request is None or subject.mobile != request.awaits:
        return message
    token = build_link_token(context.dependencies.ids.new_token())
    address = f"{context.dependencies.policy.site_address}{CONSENT_PREFIX}{token}"
    text = join_if_named_fits(context.dependencies.catalogue, message, f"\n{address}")
    if text == message.text:
        return message
    consent_link = ConsentLink(
        digest_token(token),
        request.id,
        request.head_seq,
        subject.notice_name,
        context.dependencies.clock.now(),
        context.dependencies.engine.reckon_deadline(context.uow, request),
    )
    await context.uow.consent_links.add(consent_link)
    return replace(message, text=text)
