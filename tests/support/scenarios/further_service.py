"""The further service of `docs/add-a-service.md`, tree pruning: its folder to the letter."""

import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

from domain.language.service import Service

PAGE = Path(__file__).parents[3] / "docs" / "add-a-service.md"
BLOCKS = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```', PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL))
FOLDER = "domain/services/tree_pruning"
TEXTS = BLOCKS[f"{FOLDER}/texts/fa.toml"]
WORDS: dict[str, Any] = tomllib.loads(TEXTS)


def declared() -> Service:
    """Run the page's modules, as if they lay in their folder."""
    for name in ("vocabulary", "rules", "declaration"):
        module = sys.modules[f"domain.services.tree_pruning.{name}"] = ModuleType(f"tree_pruning.{name}")
        exec(compile(BLOCKS[f"{FOLDER}/{name}.py"], str(PAGE), "exec"), module.__dict__)  # noqa: S102 - our own page
    service = sys.modules["domain.services.tree_pruning.declaration"].__dict__["TREE_PRUNING"]
    assert isinstance(service, Service)
    return service


TREES = declared()
