"""The further service of `docs/add-a-service.md`, tree pruning: its declaration and texts to the letter."""

import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

from domain.language.service import Service

PAGE = Path(__file__).parents[2] / "docs" / "add-a-service.md"
BLOCKS = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```', PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))
DECLARATION, TEXTS = BLOCKS["domain/services/tree_pruning.py"], BLOCKS["domain/texts/fa/tree_pruning.toml"]
WORDS: dict[str, Any] = tomllib.loads(TEXTS)


def declared() -> Service:
    """Run the page's declaration."""
    module = ModuleType("tree_pruning_of_the_page")
    exec(compile(DECLARATION, str(PAGE), "exec"), module.__dict__)  # noqa: S102 - it is our own page
    service = module.__dict__["TREE_PRUNING_SERVICE"]
    assert isinstance(service, Service)
    return service


TREES = declared()
