"""The steps that a service's page lists, each with the time that it usually takes."""

from dataclasses import dataclass

from channels.portal.service.cost_view import DurationsByService, describe_duration
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.reports.durations import name_step


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """A step, worded."""

    text: str
    """The step in a sentence."""
    duration: str
    """Usual duration; empty where too few requests were in it, or it is nobody's waiting."""


def build_scenario(catalogue: Catalogue, service: Service, durations: DurationsByService) -> list[ScenarioStep]:
    """Return the steps of a service. Where the staff wrote more or fewer of them than its declaration says, no time
    belongs to any.
    """
    step_texts = catalogue.text_lines(f"services.{service.key}.steps")
    is_timed = len(step_texts) == len(service.scenario)
    return [
        ScenarioStep(text, _describe_step(catalogue, service, number, durations) if is_timed else "")
        for number, text in enumerate(step_texts)
    ]


def _describe_step(catalogue: Catalogue, service: Service, number: int, durations: DurationsByService) -> str:
    duration = durations.get(name_step(service.key, number))
    return describe_duration(catalogue, duration) if duration and duration.is_conclusive else ""
