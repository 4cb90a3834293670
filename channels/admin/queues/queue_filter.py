"""The form by which a queue is filtered. Nothing that it was given is lost: what it does not offer by itself is kept in
it as one more choice, and can be taken away there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from channels.admin.frame import Visitor
from channels.web.forms import Control, FormWording, build_controls
from domain.actions.dependencies import Dependencies
from domain.actions.queues.visibility import list_queue_states
from domain.authorization.visibility import visible_services, visible_units
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Choice, Choices, Text
from domain.language.service import Service
from domain.queues.filters import QueueFilter
from domain.queues.queue import Sla
from domain.requests.request import Phase
from domain.values.calendar import jalali_text
from domain.values.errors import DomainError
from domain.values.paging import ListOrder

CHANNELS_PREFIX = "admin.channels."

MAX_SEARCH_LENGTH = 100
"""Characters of what is looked for."""

CHOICE_FIELDS = ("service", "kind", "phase", "sla", "papers", "assignee", "channel", "office", "order")
"""Fields of the filter of whose values one is chosen, in the order of the form."""

STATES_FIELD = "states"
"""The field of whose values any number is chosen."""

DAY_FIELDS = ("created_from", "created_to")

ChoiceLabels = Mapping[str, Mapping[str, str]]
"""Field → its values, each with what it is called."""

_UNNARROWING_FIELDS = frozenset({"queue", "unit", "order", "search"})
"""Fields for place, order and search, which do not narrow the list: the page's title says that."""


@dataclass(frozen=True, slots=True)
class QueueFilterView:
    """The form that narrows a queue down."""

    controls: Sequence[Control]
    """Its fields."""
    hidden_fields: Sequence[tuple[str, str]]
    """Names and values of the queue that is filtered."""
    narrowings: Sequence[str]
    """In words, of which part of the queue no more than this is shown."""
    is_open: bool
    """Something in it must be mended."""
    is_impossible: bool
    """No request can be like that: kind or state is another service's."""


class FilterForm:
    """Builds the form."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._get_text = dependencies.catalogue.text
        self._channel_keys = dependencies.catalogue.list_keys(CHANNELS_PREFIX)

    def build_view(
        self,
        visitor: Visitor,
        queue_filter: QueueFilter,
        named_choices: ChoiceLabels,
        unread_values: Mapping[str, object] | None = None,
        error: DomainError | None = None,
    ) -> QueueFilterView:
        """Return the form as the filter is, or as it was typed where it could not be read.

        `named_choices` are the user names of the staff (`assignee`) and the codes of the offices (`office`) with their
        names.
        """
        values = _form_values_of(queue_filter) if unread_values is None else dict(unread_values)
        offered = {**self._service_choices(visitor, queue_filter, values), **self._common_choices(), **named_choices}
        titles_by_field = {
            field_name: self._add_given(field_name, offered.get(field_name, {}), values)
            for field_name in (*CHOICE_FIELDS, STATES_FIELD)
        }
        controls = self._build_controls(titles_by_field, values, error)
        queue_values = QueueFilter(queue_filter.queue, queue_filter.unit).as_json()
        return QueueFilterView(
            controls,
            [(field_name, str(value)) for field_name, value in queue_values.items()],
            [
                self._describe_narrowing(control)
                for control in controls
                if control.name not in _UNNARROWING_FIELDS and _describe_control(control)
            ],
            unread_values is not None,
            self._is_impossible(queue_filter),
        )

    def _build_controls(
        self, titles_by_field: ChoiceLabels, values: Mapping[str, object], error: DomainError | None
    ) -> list[Control]:
        form_wording = self._build_form_wording(titles_by_field)
        blank_labels = {"order": self._get_text("admin.queues.order.usual")}
        return [
            # All of a filter is optional: nothing need be said of it.
            replace(control, optional=False, blank_label=blank_labels.get(control.name, control.blank_label))
            for control in build_controls(_build_fields(titles_by_field), values, form_wording, error)
        ]

    def _build_form_wording(self, titles_by_field: ChoiceLabels) -> FormWording:
        return FormWording(
            self._dependencies.wording,
            lambda field_name: self._get_text(f"admin.queues.by.{field_name}"),
            titles_by_field,
            "by-",
            "admin.queues.any",
        )

    def _describe_narrowing(self, control: Control) -> str:
        return self._dependencies.catalogue.render(
            "admin.queues.narrowed", {"what": control.label, "to": _describe_control(control)}
        )

    def _service_choices(
        self, visitor: Visitor, queue_filter: QueueFilter, field_values: Mapping[str, object]
    ) -> ChoiceLabels:
        """Return what the services leave to choose: kinds and states where one of them is meant."""
        services, actor = self._dependencies.services, visitor.actor
        service_keys = visible_services(services, actor)
        single_service = services.get(
            str(field_values.get("service") or (service_keys[0] if len(service_keys) == 1 else ""))
        )
        queue_states = (
            list_queue_states(single_service, queue_filter.queue, visible_units(services, actor))
            if single_service
            else ()
        )
        state_names = [state.name for state in queue_states if queue_filter.unit in {None, state.unit}]
        paper_choices = ("true", "false") if any(services[key].papers for key in service_keys) else ()
        return {
            "service": {key: self._dependencies.wording.service_title(key) for key in service_keys}
            if len(service_keys) > 1
            else {},
            "kind": {kind: self._label_kind(single_service, kind) for kind in single_service.kinds}
            if single_service
            else {},
            STATES_FIELD: {state_name: self._label_state(single_service, state_name) for state_name in state_names}
            if single_service and len(state_names) > 1
            else {},
            "papers": {
                lacks_papers: self._get_text(f"admin.queues.papers.{lacks_papers}") for lacks_papers in paper_choices
            },
        }

    def _common_choices(self) -> ChoiceLabels:
        """Return what there is to choose of every service alike."""
        order_choices = (ListOrder.URGENT, ListOrder.OLDEST, ListOrder.NEWEST)
        return {
            "phase": {choice: self._get_text(f"phases.{choice}") for choice in Phase},
            "sla": {choice: self._get_text(f"admin.queues.sla.{choice}") for choice in Sla},
            "channel": {key.removeprefix(CHANNELS_PREFIX): self._get_text(key) for key in self._channel_keys},
            "order": {choice: self._get_text(f"admin.queues.order.{choice}") for choice in order_choices},
        }

    def _add_given(
        self, field_name: str, offered: Mapping[str, str], field_values: Mapping[str, object]
    ) -> Mapping[str, str]:
        """Return the choices of a field, and behind them what it was given besides."""
        values = [format_value(choice) for choice in list_values(field_values.get(field_name) or [])]
        return {
            **offered,
            **{choice: self._label_choice(field_name, choice) for choice in values if choice and choice not in offered},
        }

    def _label_choice(self, field_name: str, value: str) -> str:
        """Return what a value is called that is not offered: another service's kind or state, else as it is."""
        services = self._dependencies.services.values()
        match field_name:
            case "service" if value in self._dependencies.services:
                return self._dependencies.wording.service_title(value)
            case "kind":
                return next((self._label_kind(service, value) for service in services if value in service.kinds), value)
            case _ if field_name == STATES_FIELD:
                matching_services = (
                    service for service in services if value in {state.name for state in service.states}
                )
                return next((self._label_state(service, value) for service in matching_services), value)
            case _:
                return value

    def _label_kind(self, service: Service, kind: str) -> str:
        kind_field = service.form_field(service.kind_field) if service.kind_field else None
        return kind_field.type.display_name(kind, self._get_text) if kind_field else kind

    def _label_state(self, service: Service, state: str) -> str:
        return self._get_text(f"services.{service.key}.states.{state}")

    def _is_impossible(self, queue_filter: QueueFilter) -> bool:
        service = self._dependencies.services.get(queue_filter.service or "")
        if service is None:
            return False
        state_names = {state.name for state in service.states}
        return queue_filter.kind not in {None, *service.kinds} or bool(
            queue_filter.states and not state_names & {*queue_filter.states}
        )


def _describe_control(control: Control) -> str:
    """Return what a field of the filter says; nothing where it narrows nothing."""
    return "، ".join(option.title for option in control.options if option.is_chosen and option.value) or control.value


def _build_fields(titles_by_field: ChoiceLabels) -> list[Field]:
    """Return what is asked, in order; of the choices those that have any."""
    choice_fields = [
        Field(field_name, Choice(), required=False, choices=tuple(titles_by_field[field_name]))
        for field_name in CHOICE_FIELDS
    ]
    day_fields = [Field(field_name, Day(allows_past=True), required=False) for field_name in DAY_FIELDS]
    search_field = Field("search", Text(MAX_SEARCH_LENGTH), required=False)
    states_field = Field(STATES_FIELD, Choices(), required=False, choices=tuple(titles_by_field[STATES_FIELD]))
    return [
        *(choice_field for choice_field in choice_fields if choice_field.choices),
        *day_fields,
        search_field,
        *([states_field] if states_field.choices else []),
    ]


def list_values(value: object) -> Sequence[object]:
    """Return the values of a filter's field, of which some have several."""
    return value if isinstance(value, list) else [value]


def format_value(value: object) -> str:
    """Return a value of a filter's field as an address has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _form_values_of(queue_filter: QueueFilter) -> dict[str, object]:
    """Return a filter as its form shows it: days as people write them."""
    days_by_field = {"created_from": queue_filter.created_from, "created_to": queue_filter.created_to}
    filter_values = {
        field_name: [*map(format_value, list_values(value))] for field_name, value in queue_filter.as_json().items()
    }
    return {
        **{
            field_name: values if field_name == STATES_FIELD else values[0]
            for field_name, values in filter_values.items()
        },
        **{field_name: jalali_text(day) for field_name, day in days_by_field.items() if day},
    }
