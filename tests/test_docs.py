"""The documentation says what is there: settings, registries, commands, jobs, errors, log lines; its links lead on."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from app.cli.main import COMMANDS, CommandGroup, CommandTable
from app.clock import SystemClock
from app.configuration.settings import ENV_PREFIX, Settings, described_settings
from app.demo.site import build_demo
from app.jobs.scheduler import JOBS
from app.parts import CHANNEL_BUILDERS
from channels.pishkhan_soap.reasons import SOAP_REASONS
from channels.sms.providers import PROVIDERS
from channels.web.error_pages import STATUS_BY_CODE
from domain.actions.reports.declarations import REPORTS
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import REGISTRIES
from domain.services import SERVICES
from domain.values.errors import ERROR_CODES, find_error_code
from domain.values.reasons import SHARED_REASONS
from payments import GATEWAYS
from scripts.structure import PYTHON_FOLDERS, SOURCE_PACKAGES, parse_file
from store.engines import ENGINE_CLASSES
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.tables import each_row

pytestmark = pytest.mark.source

ROOT = Path(__file__).parent.parent
DEMO = build_demo(SystemClock().now)
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
SOURCES = [
    path for folder in PYTHON_FOLDERS for kind in ("*.py", "*.sh") for path in sorted((ROOT / folder).rglob(kind))
]

_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_REFERENCE = re.compile(r'(?<![\w./-])([\w./-]+\.md)\b(?:,? \(?("[^"]+"(?: and "[^"]+")*))?')
_CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"`(_?[A-Z][a-z]+[A-Z]\w*|_?[a-z]+(?:_[a-z]+)+)(?:\([^`]*\))?`")
KINDS_WITH_NAMES = {".py", ".toml", ".js", ".css", ".html", ".sql", ".sh", ".json", ".jsonl", ".wsdl"}
NAMES_OF_OTHERS = {"ClientConnectorCertificateError", "ConversationHandler", "HttpClient", "HttpOnly", "log_statement"}
"""Names in the documentation that are others': of Python's libraries, .NET, browsers and PostgreSQL."""
_MEMBER = re.compile(r"`([A-Z][a-z]\w*)\.(\w+)(?:\([^`]*\))?`")
_SETTING = re.compile(r"`(PISHKHAN_[A-Z0-9_]+)`")
EXAMPLE_WORDS = {
    word for path in (ROOT / "docs" / "examples").rglob("*.py") for word in re.findall(r"\w+", path.read_text("utf-8"))
}
"""The words of the worked services that have settings of their own."""
UNREAD_SETTINGS = ("PISHKHAN_SMS__MELIPAYAMAK__", "PISHKHAN_SMS__KANNEL__")
"""Names that are accepted and that nothing reads."""
_LOGGED = {"debug", "info", "warning", "error", "exception"}


def name(path: Path) -> str:
    """A page as a reader would name it."""
    return path.relative_to(ROOT).as_posix()


def page(path: str) -> str:
    """The text of a page of `docs/`."""
    return (DOCS / path).read_text("utf-8")


def section(path: str, heading: str) -> str:
    """The part of a page under a heading of the second level."""
    return page(path).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(path: str, heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading of a page: first cell without its backticks → the other cells."""
    lines = [line for line in section(path, heading).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]
    return {first.strip("`"): rest for first, *rest in cells}


def settings_table() -> Iterator[str]:
    """The settings table as `docs/settings.md` must have it; the rules of a further service are its own matter."""
    further_rules = tuple(
        f"__{rule.name.upper()}"
        for service in SERVICES
        if service.key not in SHIPPED_SERVICES
        for rule in service.rules
    )
    yield from ("| setting | default | meaning |", "|---|---|---|")
    defaults = dict(default_values(Settings))
    for setting, meaning in described_settings():
        if not setting.endswith(further_rules):
            yield f"| `{setting}` | {defaults[setting]} | {meaning} |"


def default_values(model: type[BaseModel], path: str = ENV_PREFIX) -> Iterator[tuple[str, str]]:
    """Every setting with its default as one would write it."""
    for field_name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from default_values(kind, f"{path}{field_name.upper()}__")
        else:
            yield f"{path}{field_name.upper()}", written(field.default)


def written(value: Any) -> str:
    """A default as it would stand in the environment; «none» where nothing is set."""
    assert value is not PydanticUndefined
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple) and value and hasattr(value[0], "hour"):
        return f"`{value[0]:%H:%M}-{value[1]:%H:%M}`"
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if text and value is not None else "none"


def commands(table: CommandTable, path: str = "pishkhan") -> Iterator[str]:
    """Every command with its groups, as it is typed."""
    for word, entry in table.items():
        if isinstance(entry, CommandGroup):
            yield from commands(entry.commands, f"{path} {word}")
        else:
            yield f"{path} {word}"


def log_lines() -> Iterator[str]:
    """Every line that our code may log, as its format string."""
    for package in SOURCE_PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(parse_file(path)):
                match node:
                    case ast.Call(func=ast.Attribute(attr=level), args=[ast.Constant(value=str(line)), *_]):
                        if level in _LOGGED:
                            yield line


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as code forges make them."""
    headings = _HEADING.findall(_CODE_BLOCK.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def remarks(path: Path) -> Iterator[str]:
    """The docstrings and comments of a module, the comments of a script, without their line breaks."""
    source = path.read_text("utf-8")
    if ".md" not in source:
        return
    if path.suffix != ".py":
        yield " ".join(line.strip("# ") for line in source.splitlines() if line.startswith("#"))
        return
    for node in ast.walk(parse_file(path)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(words))):
                yield " ".join(words.split())
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield " ".join(token.string.strip("# ") for token in tokens if token.type == tokenize.COMMENT)


def references() -> Iterator[tuple[str, str, list[str]]]:
    """Every page that source or pages name: where, the page as it is named, and the sections quoted behind it."""
    texts = [(path, " ".join(path.read_text("utf-8").split())) for path in PAGES]
    texts += [(path, text) for path in [*SOURCES, ROOT / "Makefile"] for text in remarks(path)]
    for path, text in texts:
        for found in _REFERENCE.finditer(text):
            yield name(path), found[1].removeprefix("./").removeprefix("../"), re.findall('"([^"]+)"', found[2] or "")


def test_every_setting_is_documented_with_its_default() -> None:
    wanted = list(settings_table())
    documented = [line for line in section("settings.md", "Settings").splitlines() if line.startswith("|")]
    assert documented == wanted, "put this table into docs/settings.md:\n" + "\n".join(wanted)


@pytest.mark.parametrize(
    ("path", "heading", "registered"),
    [
        ("add-a-service.md", "Services that exist", set(SHIPPED_SERVICES)),
        ("add-an-sms-provider.md", "Providers that exist", set(PROVIDERS)),
        ("add-a-gateway.md", "Gateways that exist", set(GATEWAYS)),
        ("add-a-database.md", "Databases that exist", set(ENGINE_CLASSES)),
        ("add-a-channel.md", "Channels that exist", CHANNEL_BUILDERS.keys() | DEMO.channel_builders),
        ("jobs.md", "Jobs", {job.name for job in JOBS}),
        ("registries.md", "Tables", set(REGISTRIES)),
    ],
)
def test_registries_are_documented(path: str, heading: str, registered: set[str]) -> None:
    assert set(rows(path, heading)) == registered


def test_states_and_steps_of_services_are_documented() -> None:
    text = page("services.md")
    for service in SHIPPED_SERVICES.values():
        names = [
            *(state.name for state in service.states),
            *(step.name for step in service.transitions),
            *service.kinds,
        ]
        assert [one for one in names if f"`{one}`" not in text] == [], service.key


def test_commands_are_documented() -> None:
    documented = {first: first.split() for first in rows("commands.md", "Commands")}
    for command in commands(COMMANDS):
        words = command.split()
        assert any(one[: len(words)] == words for one in documented.values()), f"{command} is not documented"
    known = [command.split() for command in commands(COMMANDS)]
    for first, words in documented.items():
        assert any(words[: len(one)] == one for one in known), f"there is no {first}"


def test_error_codes_are_documented_with_text_and_status() -> None:
    _, _, after = page("error-codes.md").partition("|---|")
    table, _, _ = after.partition("\n\n")
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| `")]
    catalogue = Catalogue.load()
    wanted = [
        (f"`{code}`", catalogue.text(f"errors.{code}"), str(STATUS_BY_CODE.get(code, 422))) for code in ERROR_CODES
    ]
    assert [(code, text, status) for code, _, text, status in cells] == wanted


def test_reasons_of_errors_are_documented() -> None:
    reasons_by_code: dict[str, list[str]] = {}
    for reason_type in (*SHARED_REASONS, *SOAP_REASONS):
        for reason in reason_type:
            parameters = f" ({', '.join(reason.parameter_names)})" if reason.parameter_names else ""
            reasons_by_code.setdefault(find_error_code(reason_type), []).append(f"`{reason}`{parameters}")
    wanted = [f"| `{code}` | {', '.join(reasons_by_code[code])} |" for code in ERROR_CODES if code in reasons_by_code]
    _, _, table = page("error-codes.md").partition("## Reasons\n")
    documented = [line for line in table.splitlines() if line.startswith("| `")]
    assert documented == wanted, "\n".join(wanted)


def test_every_figure_of_a_report_is_explained_by_its_key() -> None:
    figures = {figure.key for report in REPORTS.values() for part in report.sections for figure in part.figures}
    explained = [key for cell in rows("reports.md", "What the figures mean") for key in cell.split("`, `")]
    assert sorted(explained) == sorted(figures), "docs/reports.md, first column: each key once"


def test_every_file_of_texts_is_listed() -> None:
    files = {path.name for path in (ROOT / "domain" / "texts" / "fa").glob("*.toml")}
    listed = re.findall(r"^\| `(\w+\.toml)` \|", page("texts.md"), re.MULTILINE)
    assert sorted(listed) == sorted(files), "docs/texts.md has a row for each file of domain/texts/fa"


def test_log_lines_are_documented() -> None:
    text = page("monitoring.md")
    assert [line for line in log_lines() if f"`{line}`" not in text] == []


def test_metrics_are_documented() -> None:
    text = (ROOT / "app" / "http" / "metrics.py").read_text("utf-8")
    metrics = set(re.findall(r'"((?:pishkhan|process)_[a-z_]+)"', text))
    assert metrics
    assert [metric for metric in metrics if metric not in page("monitoring.md")] == []


@each_row("path", PAGES)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    for link in _LINK.findall(_CODE_BLOCK.sub("", text)):
        if "://" in link:
            continue
        target, _, anchor = unquote(link).partition("#")
        found = (path.parent / target).resolve() if target else path
        assert found.exists(), f"{name(path)} links to {link}"
        if anchor:
            assert anchor in anchors(found.read_text("utf-8")), f"{name(path)} links to {link}"


def test_pages_that_are_named_exist_with_the_sections_that_are_quoted() -> None:
    """A stranger with the repository alone finds what a docstring gives as its source."""
    known: dict[str, set[str]] = {}
    for path in PAGES:
        headings = set(_HEADING.findall(_CODE_BLOCK.sub("", path.read_text("utf-8"))))
        for called in {name(path), path.relative_to(DOCS if DOCS in path.parents else ROOT).as_posix(), path.name}:
            known.setdefault(called, set()).update(headings)
    named = list(references())
    assert [(where, page) for where, page, _ in named if page not in known] == []
    assert [one for one in named if not known[one[1]].issuperset(one[2])] == []
    assert any(sections for _, _, sections in named), "no section was found at all"


@pytest.mark.parametrize("folder", ["tests/support", "tests/fakes"])
def test_what_tests_are_built_of_is_documented(folder: str) -> None:
    """A module has its row in the table of its folder, and every row a module."""
    for path in [ROOT / folder, *(one for one in (ROOT / folder).iterdir() if one.is_dir() and one.name[0] != "_")]:
        modules = {one.name for one in path.glob("*.py") if not one.name.startswith("test_")}
        _, _, after = page("testing.md").partition(f"\n`{name(path)}/`:")
        table = after.partition("|---|---|\n")[2].partition("\n\n")[0]
        assert set(re.findall(r"^\| `(\w+\.py)` \|", table, re.MULTILINE)) == modules, name(path)


def test_every_page_is_in_the_index() -> None:
    index = page("README.md")
    missing = [name(path) for path in DOCS.rglob("*.md") if path.relative_to(DOCS).as_posix() not in index]
    assert missing == []


def test_paths_that_are_named_exist() -> None:
    """A file of ours that a page names in backticks is there; the files of worked examples come with their pages."""
    shown = re.compile(r'title="([\w./-]+)"')
    made = {file for path in PAGES for file in shown.findall(path.read_text("utf-8"))}
    named = re.compile(rf"`((?:{'|'.join(SOURCE_PACKAGES)}|tests|docs|scripts)[/.][\w./-]+\.(?:py|toml|md|lock|sh))`")
    for path in PAGES:
        for file in named.findall(path.read_text("utf-8")):
            assert (ROOT / file).exists() or file in made or "tree_pruning" in file, f"{name(path)} names {file}"


def test_names_that_pages_give_are_names_of_the_source() -> None:
    """A class or function in backticks is in the source or a worked example; but for the glossary's old words."""
    files = [
        path for folder in PYTHON_FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS_WITH_NAMES
    ]
    texts = [path.read_text("utf-8") for path in files]
    texts += [block for path in PAGES for block in _CODE_BLOCK.findall(path.read_text("utf-8"))]
    known = {word for text in texts for word in re.findall(r"\w+", text)}
    known |= {job.name for job in JOBS} | NAMES_OF_OTHERS
    for path in sorted({*DOCS.rglob("*.md")} - {DOCS / "glossary.md"}):
        named = _NAME.findall(_CODE_BLOCK.sub("", path.read_text("utf-8")))
        assert sorted(set(named) - known) == [], name(path)


def class_words() -> dict[str, set[str]]:
    """The words of each class of the source or a worked example, by its name: its own and those of its bases."""
    sources = [path.read_text("utf-8") for folder in PYTHON_FOLDERS for path in (ROOT / folder).rglob("*.py")]
    words: dict[str, set[str]] = {}
    bases: dict[str, set[str]] = {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                body = "\n".join(map(ast.unparse, node.body))
                words.setdefault(node.name, set()).update(re.findall(r"\w+", body))
                bases.setdefault(node.name, set()).update(
                    word for base in node.bases for word in re.findall(r"\w+", ast.unparse(base))
                )
    for _ in range(5):
        for name_of_class, of_class in words.items():
            of_class.update(word for base in bases[name_of_class] for word in words.get(base, ()))
    return words


def test_members_that_pages_give_are_members_of_their_class() -> None:
    """`Class.member` in backticks: the class is in the source, and it or a base of its own has the member."""
    words = class_words()
    for path in PAGES:
        named = set(_MEMBER.findall(_CODE_BLOCK.sub("", path.read_text("utf-8"))))
        assert sorted(one for one in named if one[1] not in words.get(one[0], ())) == [], name(path)


def test_settings_that_pages_give_are_read() -> None:
    """A whole name of a setting, or the beginning of some; the changelog tells of former ones too."""
    settings = {setting for setting, _ in described_settings()}
    for path in sorted({*PAGES} - {ROOT / "CHANGELOG.md"}):
        named = set(_SETTING.findall(_CODE_BLOCK.sub("", path.read_text("utf-8")))) - {*UNREAD_SETTINGS}
        unknown = [one for one in named if not any(setting.startswith(one) for setting in settings)]
        assert sorted(one for one in unknown if one.rpartition("__")[2].lower() not in EXAMPLE_WORDS) == [], name(path)


def test_the_changelog_is_a_page_without_doubled_lines() -> None:
    """A merge by union may bring a former text back beside the present one: take main's, and put your line into it."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if len(line) > 40]
    assert sorted({line for line in lines if lines.count(line) > 1}) == []
    assert [text.count(f"\n## [{version}]") for version in ("Unreleased", "0.1.0")] == [1, 1]
    assert len(text.split()) < 4_000


def test_no_page_names_this_machine() -> None:
    for path in PAGES:
        assert not re.search(r"/work/|/root/|/tmp/|localhost:\d{4}/simple", path.read_text("utf-8")), name(path)
