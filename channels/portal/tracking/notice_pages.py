"""`/my-requests/notices`: whoever has proved the mobile says where the municipality's notices shall go: by SMS, into a
messenger's chat in which this very number was proved, or to where each request came from.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.problems import Problem
from channels.portal.tracking.addresses import DONE_PARAMETER, OWN_REQUESTS_PATH, OWN_REQUESTS_PURPOSE
from channels.web.forms import Option
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.messages.notice_choice import (
    EACH_CHANNEL,
    NoticeChoice,
    choose_notice_channel,
    find_notice_choice,
)
from domain.chats.chat import MESSENGERS
from domain.values.errors import MissingField
from domain.values.reasons import MissingReason

NOTICES_PATH = f"{OWN_REQUESTS_PATH}/notices"
NOTICES_DONE = "notices"
CHANNEL_INPUT = "channel"


class NoticePages(SitePart):
    """The page and its form."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        choose = PortalSubmission("notices", self._choose, self._show_choice)
        return (PortalRoute("GET", NOTICES_PATH, self._show_choice), PortalRoute("POST", NOTICES_PATH, choose))

    async def _show_choice(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        mobile, error = visitor.require_proved_mobile(OWN_REQUESTS_PURPOSE), form_error(refused_form)
        async with self._store.open_unit(write=False) as uow:
            choice = await find_notice_choice(uow.chats, mobile)
        message = self._dependencies.wording.render_error(error) if error else ""
        context = {
            "options": self._list_options(choice, read_text(visitor.form, CHANNEL_INPUT) if error else choice.chosen),
            "problem": message,
            "problems": [Problem(message, f"#{CHANNEL_INPUT}-1")] if message else [],
            **self._describe_messengers(choice),
        }
        return render_portal_page(request, visitor, "portal/tracking/notices.html", context, error=error)

    def _list_options(self, choice: NoticeChoice, chosen: str) -> list[Option]:
        titles = {EACH_CHANNEL: self._dependencies.catalogue.text("portal.notices.each")}
        titles |= {name: self._dependencies.catalogue.text(f"chat.channels.{name}") for name in choice.channels}
        return [Option(name, title, name == chosen) for name, title in titles.items()]

    def _describe_messengers(self, choice: NoticeChoice) -> Mapping[str, Any]:
        """Return the messengers that can be connected still, and the chosen one whose chat is gone."""
        unconnected = [name for name in MESSENGERS if name not in choice.channels]
        is_gone = choice.chosen in unconnected
        gone_title = self._dependencies.catalogue.text(f"chat.channels.{choice.chosen}") if is_gone else ""
        return {"unconnected": unconnected, "gone_title": gone_title}

    async def _choose(self, request: web.Request, visitor: PortalVisitor) -> str:
        mobile, channel = visitor.require_proved_mobile(OWN_REQUESTS_PURPOSE), read_text(visitor.form, CHANNEL_INPUT)
        if not channel:
            raise MissingField("channel", MissingReason.NOTICE_CHANNEL)
        async with self._store.open_unit() as uow:
            await choose_notice_channel(ActionContext(self._dependencies, uow), mobile, channel)
        return f"{OWN_REQUESTS_PATH}?{DONE_PARAMETER}={NOTICES_DONE}"
