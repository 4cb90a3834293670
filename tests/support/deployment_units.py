"""The units and cron lines that the project ships, as their readers take them: what is set, and what is run."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
UNITS = ROOT / "deploy" / "systemd"
CRON = ROOT / "deploy" / "cron" / "pishkhan"

Unit = Mapping[str, Mapping[str, Sequence[str]]]
"""Section → name → values, in their order."""


def unit(name: str) -> Unit:
    """A unit's settings."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in (UNITS / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[section][key].append(value)
    return found


def hardening(name: str) -> Sequence[str]:
    """The lines by which a unit says what its processes may do."""
    text = (UNITS / name).read_text("utf-8")
    return [line for line in text.partition("\nUMask=")[2].partition("\n\n")[0].splitlines() if line]


def cron_commands() -> Sequence[str]:
    """Commands that cron hands to the shell: a backslash before a percent sign is its own."""
    lines = re.findall(r"^[0-9*/, -]+ pishkhan  (.+)$", CRON.read_text("utf-8"), re.MULTILINE)
    return [one.replace("\\%", "%") for one in lines]


def unit_commands(name: str) -> Sequence[str]:
    """Commands of a service, one after the other, as a shell takes them."""
    service = unit(name)["Service"]
    return [one.replace("%%", "%") for key in ("ExecStart", "ExecStartPost") for one in service.get(key, ())]
