"""«چه می‌خواست؟»: texts that were not understood, which the secretariat labels with what they wanted.

A row is labelled in two presses: the intent is chosen, and it is done; what needs no label is left out by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.forms import FormWording, build_controls, read_form
from channels.web.paging import build_page_query
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.messages.labelling import label_misread_text, list_labels
from domain.authorization.rights import Right
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.messages.masked_texts import MASK_PATTERN
from domain.messages.misread_texts import LabelState, MisreadFilter, MisreadReason, MisreadText
from domain.values.version_token import VersionToken

MISREAD_PATH = "/staff/misread-texts"
_TEXT_PATH = f"{MISREAD_PATH}/{{id:[0-9]{{1,18}}}}"

PAGE_SIZE = 50
"""Texts on the page: those that came most often."""

MOST_LIKELY = 3
"""Intents that are proposed first, the likeliest by the words of the text."""

_FILTER_FIELDS = (
    Field("state", Choice(), choices=tuple(state.value for state in LabelState)),
    Field("reason", Choice(), required=False, choices=tuple(reason.value for reason in MisreadReason)),
)


@dataclass(frozen=True, slots=True)
class MisreadView:
    """A text with what it may be labelled with."""

    misread: MisreadText
    """As it is kept."""
    parts: Sequence[tuple[str, str]]
    """The pieces of its words, each with the kind of what is masked in its place; empty: nothing is."""
    likely_labels: Mapping[str, str]
    """The likeliest intents, with their titles."""
    other_labels: Mapping[str, str]
    """All other intents, with their titles in the order of the alphabet."""
    label_title: str
    """Title of its label; empty without one."""
    read_title: str
    """Title of the intent that it was taken for; empty where it was taken for none."""


class MisreadPages(SitePart):
    """The page of texts that were not understood."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(MISREAD_PATH, "admin.sections.misread_texts", Right.MISREAD_TEXTS_VIEW),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", MISREAD_PATH, Right.MISREAD_TEXTS_VIEW, self._render_page),
            *(
                PageRoute(
                    "POST",
                    f"{_TEXT_PATH}/{form_name}",
                    Right.MISREAD_TEXTS_LABEL,
                    FormSubmission(form_name, VersionedAction(form_action), self._render_page),
                )
                for form_name, form_action in (("label", self._submit_label), ("leave-out", self._leave_out))
            ),
        )

    async def _submit_label(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        return await self._label_text(request, visitor, version_token, read_text(visitor.form, "label"))

    async def _leave_out(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        return await self._label_text(request, visitor, version_token, None)

    async def _label_text(
        self, request: web.Request, visitor: Visitor, version_token: VersionToken, label: str | None
    ) -> str:
        async with self._store.open_unit() as uow:
            context = ActorContext(self._dependencies, uow, visitor.actor)
            await label_misread_text(context, get_row_id(request), label, version_token)
        done = "misread_left_out" if label is None else "misread_labelled"
        return f"{MISREAD_PATH}?{build_page_query(request, done=done)}"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        filter_values = {"state": LabelState.OPEN.value} | read_form(_FILTER_FIELDS, request.query)
        async with self._store.open_unit(write=False) as uow:
            misread_texts = await uow.misread_texts.list_texts(_read_filter(filter_values))
        error = form_error(refused_form)
        context = {
            "filters": build_controls(_FILTER_FIELDS, filter_values, self._build_wording()),
            "views": [self._build_view(misread) for misread in misread_texts],
            "page_query": build_page_query(request),
            "problem": self._dependencies.wording.render_error(error) if error else None,
        }
        return render_staff_page(request, visitor, "admin/messages/misread.html", context, error=error)

    def _build_view(self, misread: MisreadText) -> MisreadView:
        labels = [name for name in list_labels(self._dependencies.grammar, misread.text) if name != UNKNOWN_INTENT]
        titles = {name: self._title_of(name) for name in labels}
        other_names = sorted(labels[MOST_LIKELY:], key=titles.__getitem__)
        return MisreadView(
            misread,
            _part_masked(misread.text),
            {name: titles[name] for name in labels[:MOST_LIKELY]},
            {name: titles[name] for name in other_names},
            self._title_of(misread.label or ""),
            self._title_of(misread.read_as),
        )

    def _title_of(self, intent: str) -> str:
        key = "admin.misread.nothing" if intent == UNKNOWN_INTENT else f"intents.{intent}"
        return self._dependencies.catalogue.text(key) if intent and key in self._dependencies.catalogue else intent

    def _build_wording(self) -> FormWording:
        catalogue = self._dependencies.catalogue
        titles_by_field = {
            "state": {state.value: f"admin.misread.states.{state}" for state in LabelState},
            "reason": {reason.value: f"admin.misread.reasons.{reason}" for reason in MisreadReason},
        }
        return FormWording(
            self._dependencies.wording,
            lambda field_name: catalogue.text(f"admin.misread.{field_name}"),
            titles_by_field,
            blank_key="web.form.every",
        )


def _read_filter(filter_values: Mapping[str, str]) -> MisreadFilter:
    """Return the filter of an address; what nobody offered hides nothing."""
    state = next((one for one in LabelState if one.value == filter_values["state"]), None)
    reason = next((one for one in MisreadReason if one.value == filter_values.get("reason")), None)
    return MisreadFilter(state, reason, PAGE_SIZE)


def _part_masked(masked_text: str) -> list[tuple[str, str]]:
    parts, end = list[tuple[str, str]](), 0
    for mask in MASK_PATTERN.finditer(masked_text):
        parts += (masked_text[end : mask.start()], ""), (mask[0], mask[1])
        end = mask.end()
    return [*parts, (masked_text[end:], "")]
