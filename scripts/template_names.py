"""The names in Jinja's templates, by Jinja's own parser: what templates are handed, define and read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes

from scripts.structure import SOURCE_PACKAGES

_TEXT_FUNCTION = "t"
"""Renders a text of the catalogue: its keywords are the facts of that text, which overrides of it name too."""


@dataclass(frozen=True, slots=True)
class TemplateNames:
    """The names in one template."""

    own_names: frozenset[str]
    """Names that it is handed or defines: context keys, macros, their parameters, loop variables, blocks, imports."""
    attribute_names: frozenset[str]
    """Attributes that it reads of an object or mapping, which the code has named."""


def load_templates(
    root_path: Path = Path(), package_names: Sequence[str] = SOURCE_PACKAGES
) -> dict[str, TemplateNames]:
    """Return the names in the templates of these packages by dotted path, as `channels.web.templates.form`."""
    environment = Environment(autoescape=True)
    return {
        ".".join(template_path.relative_to(root_path).with_suffix("").parts): _read_names(
            environment.parse(template_path.read_text("utf-8"))
        )
        for package_name in package_names
        for template_path in sorted((root_path / package_name).rglob("templates/**/*.html"))
    }


def _read_names(template_tree: nodes.Template) -> TemplateNames:
    text_facts = {
        id(text_fact)
        for call_node in template_tree.find_all(nodes.Call)
        if isinstance(call_node.node, nodes.Name) and call_node.node.name == _TEXT_FUNCTION
        for text_fact in call_node.kwargs
    }
    own_names, attribute_names = set(), set()
    for syntax_node in template_tree.find_all(nodes.Node):
        match syntax_node:
            case nodes.Name(name=name) | nodes.NSRef(name=name) | nodes.Macro(name=name) | nodes.Block(name=name):
                own_names.add(name)
            case nodes.Import(target=name):
                own_names.add(name)
            case nodes.FromImport(names=imported_names):
                own_names.update(name if isinstance(name, str) else name[1] for name in imported_names)
            case nodes.Keyword(key=name) if id(syntax_node) not in text_facts:
                own_names.add(name)
            case nodes.Getattr(attr=name):
                attribute_names.add(name)
    return TemplateNames(frozenset(own_names), frozenset(attribute_names))
