"""A municipal service as the portal shows it, by its declaration and texts."""

from dataclasses import dataclass

from domain.language.papers import list_citizen_papers
from domain.language.service import Service
from domain.language.wording import Wording

MAX_SPELLINGS = 2
"""Number of a keyword's spellings printed; the grammar takes many more."""


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service, worded."""

    key: str
    """The service's, as in its page's address."""
    title: str
    """Name."""
    description: str
    """Description, in a few sentences."""
    summary: str
    """The first of them."""
    keyword_spellings: tuple[str, ...]
    """The words that begin it, at most `MAX_SPELLINGS` spellings of each."""
    example_message: str | None
    """A whole message that works; None without one."""
    benefits: tuple[str, ...]
    """Things it spares the citizen, one sentence each."""
    papers: tuple[str, ...]
    """Names of the papers that a citizen may be asked for."""
    author: str
    """Author of the service's description."""

    @property
    def address(self) -> str:
        """Address of its page."""
        return f"/services/{self.key}"


def build_service_card(wording: Wording, service: Service) -> ServiceCard:
    """Describe a service by its declaration and texts."""
    catalogue, texts_prefix = wording.catalogue, f"services.{service.key}"
    example_key = f"web.home.services.examples.{service.key}"
    description = catalogue.text(f"{texts_prefix}.description")
    return ServiceCard(
        key=service.key,
        title=wording.service_title(service.key),
        description=description,
        summary=first_sentence(description),
        keyword_spellings=tuple(
            spelling for keyword in service.keywords for spelling in keyword.intent.certain_words[:MAX_SPELLINGS]
        ),
        example_message=catalogue.text(example_key) if example_key in catalogue else None,
        benefits=tuple(catalogue.text_lines(f"{texts_prefix}.benefits")),
        papers=tuple(wording.paper_title(paper_name) for paper_name in list_citizen_papers(service.papers)),
        author=catalogue.text(f"{texts_prefix}.author"),
    )


def first_sentence(text: str) -> str:
    """Return a text up to its first full stop, with it."""
    sentence, full_stop, _ = text.partition(". ")
    return sentence + full_stop.strip()
