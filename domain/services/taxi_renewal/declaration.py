"""Renewed paper of a driver or taxi: insurance, technical inspection, driving licence or health card, sent in with its
new date and a photo by the driver or owner, and put into the registry by the taxi officer.

Source: services.md, "Renewed papers". Only the asker's own papers are reached, by the proved
mobile; a form that is rejected changes nothing.
"""

from domain.blocks.asking import (
    CITIZENS,
    OPTIONAL_REASON,
    QUESTION,
    REASON,
    StoreReason,
    question_transitions,
)
from domain.blocks.papers_pending import AnnouncePapers, DocumentsComplete
from domain.blocks.taxis import Plate, TaxiSummary
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.language.form_changes import ChangeableFields
from domain.language.form_sections import FormSection
from domain.language.intents import Keyword
from domain.language.service import Command, Notice, Service, State, Transition
from domain.language.summary_columns import SummaryColumns
from domain.registries.declarations import VEHICLE, Reference
from domain.registries.field_types import TAXI_CODE
from domain.requests.request import Phase
from domain.services.taxi_renewal.reasons import RENEWAL_REASONS
from domain.services.taxi_renewal.rules import (
    EXPIRY_TYPE,
    FORMER_EXPIRY,
    PAPER_DATES,
    RENEWAL_PAPERS,
    SERVICE_KEY,
    LaterDay,
    OwnPaper,
    PaperNotWaiting,
    RecordRenewal,
    fill_renewal,
    propose_expiry,
    show_plate,
)
from domain.services.taxi_renewal.vocabulary import TAXI_RENEWAL_INTENT
from domain.values.actors import Role

OFFICERS = frozenset({Role.TAXI_OFFICER})

STATES = (
    State("submitted", Phase.RECEIVED, Role.TAXI_OFFICER, sla_minutes=2 * 7 * 60),
    State("under_review", Phase.IN_PROGRESS, Role.TAXI_OFFICER, sla_minutes=2 * 7 * 60),
    State("needs_info", Phase.NEEDS_CITIZEN),
    State("recorded", Phase.DONE),
    State("rejected", Phase.DECLINED),
    State("withdrawn", Phase.CANCELLED),
)

CHANGEABLE = (ChangeableFields(("submitted", "needs_info"), ("expiry",)),)
"""Until the officer records it; another paper is another form."""

TRANSITIONS = (
    Transition(
        "take",
        ("submitted",),
        "under_review",
        OFFICERS,
        notices=(Notice("take"),),
        for_several=True,
        undo_minutes=60,
    ),
    *question_transitions("under_review", "rejected", OFFICERS, CHANGEABLE, RENEWAL_PAPERS),
    Transition(
        "record",
        ("under_review",),
        "recorded",
        OFFICERS,
        inputs=(Field("expiry", EXPIRY_TYPE, required=False, find_proposal=propose_expiry),),
        guards=(DocumentsComplete(RENEWAL_PAPERS), OwnPaper()),
        effects=(RecordRenewal(),),
        notices=(Notice("record"),),
    ),
    Transition(
        "reject",
        ("under_review",),
        "rejected",
        OFFICERS,
        inputs=(REASON,),
        effects=(StoreReason(),),
        notices=(Notice("reject"),),
    ),
    Transition(
        "withdraw",
        ("submitted", "under_review", "needs_info"),
        "withdrawn",
        CITIZENS | OFFICERS,
        inputs=(OPTIONAL_REASON,),
        notices=(Notice("withdraw"),),
        command=Command.CANCEL,
    ),
)

TAXI_RENEWAL = Service(
    key=SERVICE_KEY,
    version=1,
    form=(
        Field("paper", Choice("taxi_paper"), choices=tuple(PAPER_DATES)),
        Field("plate", Plate(), required=False, alternatives=("taxi_code",)),
        Field("taxi_code", TAXI_CODE, required=False),
        Field("expiry", EXPIRY_TYPE),
        Field("taxi", TaxiSummary(), required=False, is_derived=True),
    ),
    states=STATES,
    scenario=((), ("submitted",), ("under_review",), ()),
    transitions=TRANSITIONS,
    initial_state="submitted",
    keywords=(Keyword(TAXI_RENEWAL_INTENT),),
    soap_operation="SubmitTaxiRenewal",
    menu_rank=35,
    submit_guards=(OwnPaper(), LaterDay(), PaperNotWaiting()),
    submit_effects=(AnnouncePapers(RENEWAL_PAPERS),),
    fill_form=fill_renewal,
    subject_field="plate",
    kind_field="paper",
    stored_fields=(FORMER_EXPIRY, QUESTION, REASON),
    references=(Reference("plate", VEHICLE.key),),
    summary_facts={"taxi_plate": show_plate},
    papers=RENEWAL_PAPERS,
    reasons=RENEWAL_REASONS,
    form_sections=(
        FormSection("paper", ("paper",)),
        FormSection("taxi", ("plate", "taxi_code")),
        FormSection("expiry", ("expiry",)),
    ),
    summary=SummaryColumns(work=("paper", "plate"), time=("expiry",)),
    changeable=CHANGEABLE,
)
