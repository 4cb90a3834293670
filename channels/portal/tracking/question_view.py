"""The officer's question on the page of a request: until when it waits, and the fields and papers that it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.portal.requests.controls import SectionControl, read_section_values
from channels.portal.requests.field_controls import ShownValues, build_field_controls
from channels.web.forms import INITIAL_WORK_ROWS, count_work_rows
from channels.web.posted import PostedForm, UploadedFile, read_text
from channels.web.refused_forms import RefusedForm
from domain.actions.dependencies import Dependencies
from domain.actions.documents.capacity import MOST_FORM_FILES, build_surplus_error
from domain.actions.requests.answering import ANSWER_FIELD, AnswerPaper, QuestionAnswer, paper_field, prepare_sent_paper
from domain.actions.requests.change import list_changeable_fields
from domain.actions.requests.citizen_commands import list_command_steps
from domain.blocks.asking import QUESTION
from domain.fields.form import Field
from domain.language.question_subjects import list_marked_fields, list_marked_papers
from domain.language.service import Command, Trigger
from domain.requests.request import ServiceRequest, TimerKind
from domain.unit_of_work import Store, UnitOfWork
from domain.values.actors import Actor
from domain.values.tracking_codes import TrackingCode

ANSWER_FORM = "answer"
"""The name of the form on its page."""

_ID_PREFIX = "asked-"


@dataclass(frozen=True, slots=True)
class PaperInput:
    """A paper that a question is about."""

    input_name: str
    """Name and id of its input."""
    title: str
    """Name."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question that waits for its answer."""

    text: str
    """Question of the officer."""
    closes_at: str
    """Time at which it closes the request unless it is answered, day and hour in words; empty where nothing does."""
    items: Sequence[SectionControl]
    """The fields that it is about, with what stands in them."""
    papers: Sequence[PaperInput]
    """The papers that it is about."""

    @property
    def anchors(self) -> Mapping[str, str]:
        """Names in errors → the id of the input at which they are mended."""
        return {
            ANSWER_FIELD: ANSWER_FIELD,
            **{paper.input_name: paper.input_name for paper in self.papers},
            **{item.control.name: item.first_id for item in self.items},
        }


class QuestionViews:
    """Builds what a page shows of a question, and reads its answer."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    async def build_view(
        self, uow: UnitOfWork, request: ServiceRequest, actor: Actor, refused_form: RefusedForm | None
    ) -> QuestionView | None:
        """Return the question of a request, with an answer that was refused as it was typed; None where nothing is
        asked, or this person cannot answer it here.
        """
        question_text = QUESTION.find(request) or ""
        if not question_text or not list_command_steps(self._dependencies, request, Command.REPLY, actor):
            return None
        refused_answer = refused_form if refused_form and refused_form.name == ANSWER_FORM else None
        return QuestionView(
            question_text,
            await self._describe_closing(uow, request),
            self._build_controls(request, actor, refused_answer),
            [
                PaperInput(paper_field(name), self._dependencies.wording.paper_title(name))
                for name in list_marked_papers(request)
            ],
        )

    def list_asked_files(
        self, request: ServiceRequest, actor: Actor, posted: PostedForm
    ) -> list[tuple[str, UploadedFile]]:
        """Return the files that were posted with an answer, each with its paper: of the papers that the question of a
        request is about, and no others. `TooLarge` for more than a form may bring.
        """
        if not list_command_steps(self._dependencies, request, Command.REPLY, actor):
            return []
        files = [
            (paper_name, file)
            for paper_name in list_marked_papers(request)
            for file in posted.getall(paper_field(paper_name), [])
            if isinstance(file, UploadedFile) and file.is_chosen
        ]
        if len(files) > MOST_FORM_FILES:
            raise build_surplus_error().about_field(paper_field(files[MOST_FORM_FILES][0]))
        return files

    async def prepare_papers(
        self, store: Store, code: TrackingCode, actor: Actor, files: Sequence[tuple[str, UploadedFile]]
    ) -> list[AnswerPaper]:
        """Return these files prepared: before the unit of work that takes the answer."""
        return [
            await prepare_sent_paper(self._dependencies, store, code, (paper_name, file.name, file.content), actor)
            for paper_name, file in files
        ]

    def read_answer(
        self, request: ServiceRequest, actor: Actor, posted: PostedForm, papers: Sequence[AnswerPaper]
    ) -> QuestionAnswer:
        """Return what was posted in answer to a request's question, of its form only what the question is about."""
        fields = self._list_fields(request, actor)
        typed_values = read_section_values(fields, posted)
        return QuestionAnswer(
            read_text(posted, ANSWER_FIELD),
            {form_field.name: typed_values.get(form_field.name, "") for form_field in fields},
            papers,
        )

    def _list_fields(self, request: ServiceRequest, actor: Actor) -> list[Field]:
        """Return the fields that the question is about and that may be changed, with what does as well."""
        changeable_fields = list_changeable_fields(self._dependencies, request, actor)
        marked_names = set(list_marked_fields(request))
        for form_field in changeable_fields:
            if marked_names & {form_field.name, *form_field.alternatives}:
                marked_names |= {form_field.name, *form_field.alternatives}
        return [form_field for form_field in changeable_fields if form_field.name in marked_names]

    def _build_controls(
        self, request: ServiceRequest, actor: Actor, refused_answer: RefusedForm | None
    ) -> list[SectionControl]:
        fields = self._list_fields(request, actor)
        if not fields:
            return []
        posted = refused_answer.posted_form if refused_answer else None
        values = request.fields if posted is None else read_section_values(fields, posted)
        return build_field_controls(
            self._dependencies,
            self._dependencies.engine.get_service(request.service),
            fields,
            ShownValues(values, request.fields),
            refused_answer.error.faults if refused_answer else (),
            work_rows=count_work_rows(posted) if posted is not None else INITIAL_WORK_ROWS,
            id_prefix=_ID_PREFIX,
        )

    async def _describe_closing(self, uow: UnitOfWork, request: ServiceRequest) -> str:
        """Return when the request is closed by itself where nobody answers."""
        service = self._dependencies.engine.get_service(request.service)
        closing_names = {
            step.name
            for step in service.steps_from(request.state, Trigger.DEADLINE)
            if service.state_named(step.target_state).phase.is_final
        }
        moments = [
            timer.at
            for timer in await uow.timers.list_of_request(request.id)
            if timer.kind is TimerKind.DEADLINE and timer.name in closing_names
        ]
        return self._dependencies.wording.describe_moment(min(moments)) if moments else ""
