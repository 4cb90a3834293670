"""`pishkhan sms parse` as a process: quick, without a database, and unharmed by whatever is fed to it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).with_name("pishkhan"))
SAMPLES = Path(__file__).parents[2] / "data" / "sms-samples.jsonl"
NOW = "2026-11-24T10:00:00+03:30"
HEAVY = ("sqlalchemy", "aiohttp", "alembic", "pydantic_settings", "jinja2", "holidays")


def parse(*arguments: str, stdin: bytes = b"", **environment: str) -> list[Any]:
    command = [PROGRAM, "sms", "parse", "--json", "--now", NOW, *arguments]
    finished = subprocess.run(
        command, input=stdin, capture_output=True, check=True, env={"PATH": os.defpath, **environment}
    )
    return [json.loads(line) for line in finished.stdout.splitlines()]


def test_the_samples_are_all_right() -> None:
    samples = [json.loads(line) for line in SAMPLES.read_text().splitlines()]
    texts = "\n".join(sample["text"].replace("\n", " ") for sample in samples)
    parsed = parse(stdin=texts.encode())
    expected = [{name: sample[name] for name in ("intent", "slots", "missing") if name in sample} for sample in samples]
    assert [{name: one[name] for name in wanted} for one, wanted in zip(parsed, expected, strict=True)] == expected


def test_one_text_is_one_line() -> None:
    assert parse("پیگیری ۱۲۳۴۵۶۷۸۶") == [{"intent": "track", "slots": {"code": "123456786"}, "missing": []}]


def test_every_line_is_answered_whatever_it_holds() -> None:
    lines = [b"\xff\xfe\x80", b"", "راهنما".encode(), b"a\x00b", "😀".encode(), "م".encode() * 5000, b"stop\r"]
    parsed = parse(stdin=b"\n".join(lines) + b"\n")
    assert len(parsed) == len(lines)
    assert [one["intent"] for one in parsed][2] == "help"
    assert parsed[-1]["intent"] == "opt_out"


def test_the_locale_does_not_matter() -> None:
    [parsed] = parse("تعرفه لودر ۴ ساعت", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert parsed["slots"] == {"machine": "loader", "hours": 4}


def test_it_answers_before_the_next_line_comes() -> None:
    command = [PROGRAM, "sms", "parse", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for text in ("راهنما", "لغو11"):
            process.stdin.write(f"{text}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["slots"] == {}


def test_nothing_heavy_is_loaded() -> None:
    loads = "import sys, app.cli.main, app.cli.messages.sms_parse; print(*sys.modules)"
    finished = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert [name for name in HEAVY if name in finished.stdout.split()] == []
