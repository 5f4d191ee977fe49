"""What the pages for users say is so: their commands run, their output is real, their queries answer, their links lead.

A page is one session from its top to its end, in a copy of the example workload. In it:

- the lines of a `console` block that begin with `$ bastide` or `$ echo` are run. Each ends with exit code 0, or with
  the code that a comment above the block gives for it, in order: `<!-- exits 1, 0 -->`. `<!-- not run: why -->` above a
  block leaves it out;
- output that is shown below a command is part of what it prints; `…` stands for anything;
- a block with a title is written to the file of that name, beside what is there;
- an `sql` block that begins like a query answers with rows, over the last scan of the session.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WORKLOAD = ROOT / "examples" / "workload"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
LENIENT = ("README.md", "examples/workload/README.md")
"""Pages on which a command may end with findings without a word about it."""

RUN = ("bastide", "echo")
BLOCK = re.compile(
    r"(?P<comment><!--[^>]*-->\n+)?^(?P<indent> *)```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
UNTIL = re.compile(r"(until[=: ]+\"?)\d{4}(?=-\d\d-\d\d)")
QUERY = re.compile(r"\s*(select|with|from|summarize)\b", re.IGNORECASE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@dataclass
class Block:
    """A fenced block: what is in it, and what the comment above it says."""

    language: str
    text: str
    title: str = ""
    comment: str = ""

    @property
    def codes(self) -> list[int]:
        """The exit codes that the page announces."""
        return [int(number) for number in re.findall(r"\d+", self.comment)] if "exits" in self.comment else []


@dataclass
class Command:
    """A line to run, and the output that the page shows for it."""

    line: str
    output: list[str] = field(default_factory=list)


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = []
    for match in BLOCK.finditer((ROOT / page).read_text("utf-8")):
        indent = len(match["indent"])
        text = "".join(line[indent:] or "\n" for line in match["text"].splitlines(keepends=True))
        found.append(Block(match["language"], text, match["title"] or "", match["comment"] or ""))
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a console block, each with the lines below it."""
    found: list[Command] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Command(_without_remark(line.removeprefix("$ "))))
        elif found and found[-1].line.endswith("\\"):
            found[-1].line = found[-1].line.removesuffix("\\") + _without_remark(line.strip())
        elif found:
            found[-1].output.append(line)
    return found


def valid(text: str) -> str:
    """Text whose exemptions end next year, so that no page goes wrong on a day in the future."""
    return UNTIL.sub(rf"\g<1>{dt.datetime.now(dt.UTC).year + 1}", text)


def _without_remark(line: str) -> str:
    return line.partition("   # ")[0].rstrip()


def plain(text: str) -> list[str]:
    """Lines without what only lays them out."""
    return [" ".join(line.split()) for line in text.splitlines()]


def missing(shown: list[str], printed: str) -> list[str]:
    """The lines of shown output that the program did not print."""
    real = plain(printed)
    patterns = [
        (line, ".*".join(re.escape(part) for part in line.split("…"))) for line in plain("\n".join(shown)) if line
    ]
    return [line for line, pattern in patterns if not any(re.fullmatch(pattern, one) for one in real)]


class Session:
    """A reader who follows a page."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.root = folder
        self.workload = folder / "examples" / "workload"
        shutil.copytree(WORKLOAD, self.workload)
        for file in self.workload.rglob("*.yaml"):
            file.write_text(valid(file.read_text("utf-8")), "utf-8")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("BASTIDE_")} | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(cache),
            "XDG_STATE_HOME": str(folder / "state"),
            "COLUMNS": "200",
        }

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        folder = self.root if "examples/workload" in line else self.workload
        return subprocess.run(
            ["bash", "-c", line],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def follow(self, page: str, block: Block) -> Iterator[str]:
        """Do what a block says; what turns out otherwise."""
        if block.title:
            file = self.workload / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(valid(block.text), "utf-8")
        elif block.language == "console" and "not run" not in block.comment:
            wanted = [command for command in commands(block) if command.line.split()[0] in RUN]
            allowed = {0, 1, 3} if page in LENIENT and not block.codes else None
            for number, command in enumerate(wanted):
                yield from self.check(command, allowed or {block.codes[number] if block.codes else 0})
        elif block.language == "sql" and QUERY.match(block.text):
            done = self.run(f"bastide query --format csv {_quoted(block.text)}")
            if done.returncode or len(done.stdout.splitlines()) < 2:
                yield f"no rows: {block.text}\n{done.stderr}"

    def check(self, command: Command, codes: set[int]) -> Iterator[str]:
        done = self.run(command.line)
        if done.returncode not in codes:
            yield f"$ {command.line}\nends with {done.returncode}, not {codes}\n{done.stderr}{done.stdout[-2000:]}"
        for line in missing([valid(line) for line in command.output], done.stdout + done.stderr):
            yield f"$ {command.line}\ndoes not print: {line}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def has_commands(page: str) -> bool:
    return any(block.language in ("console", "sql") for block in blocks(page))


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in [*LENIENT, *PAGES] if has_commands(page)])
def test_what_a_page_says_happens(page: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    session = Session(tmp_path, tmp_path_factory.getbasetemp() / "cache")
    assert [wrong for block in blocks(page) for wrong in session.follow(page, block)] == []


@pytest.mark.parametrize("page", PAGES)
def test_announced_exit_codes_fit_their_commands(page: str) -> None:
    for block in blocks(page):
        ran = [command for command in commands(block) if command.line.split()[0] in RUN]
        assert len(block.codes) in (0, len(ran)), block.text
        assert set(block.codes) <= {0, 1, 3}, block.text


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", *PAGES])
def test_links_lead_to_files(page: str) -> None:
    text = BLOCK.sub("", (ROOT / page).read_text("utf-8"))
    for target in LINK.findall(text):
        path, _, _ = target.partition("#")
        if path and not re.match(r"[a-z]+:", path):
            assert ((ROOT / page).parent / path).exists(), target


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:\n")[1]
    assert sorted(re.findall(r": ([\w-]+\.md)$", navigation, re.MULTILINE)) == [Path(page).name for page in PAGES]


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    for page in PAGES:
        built = "index.html" if page == "docs/index.md" else f"{Path(page).stem}/index.html"
        assert (tmp_path / "site" / built).is_file()
    assert (tmp_path / "site" / "reference" / "controls" / "index.html").is_file()


# The reader of pages itself


def test_output_that_is_not_printed_is_told() -> None:
    printed = "aws_kms_key.k  AWS::KMS::Key\n  MEDIUM  Keys rotate\nCovered 3 resources  0.2 s\n"
    assert missing(["aws_kms_key.k AWS::KMS::Key", "", "…", "Covered 3 resources … s"], printed) == []
    assert missing(["  HIGH  Keys rotate", "Covered … types"], printed) == ["HIGH Keys rotate", "Covered … types"]


def test_exemptions_end_next_year() -> None:
    year = dt.datetime.now(dt.UTC).year + 1
    assert valid('until=2024-01-01 until: "2024-01-02" until 2024-01-03, Version: "2012-10-17"') == (
        f'until={year}-01-01 until: "{year}-01-02" until {year}-01-03, Version: "2012-10-17"'
    )


def test_blocks_and_commands_are_found() -> None:
    text = "$ bastide scan . \\\n    --fail-on high   # why\nprinted\n$ git add x\n$ echo a\n"
    found = commands(Block("console", text, comment="<!-- exits 1, 0 -->\n"))
    assert [(one.line, one.output) for one in found] == [
        ("bastide scan . --fail-on high", ["printed"]),
        ("git add x", []),
        ("echo a", []),
    ]
    assert Block("console", text, comment="<!-- exits 1, 0 -->").codes == [1, 0]


def test_a_page_that_is_wrong_is_found(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    session = Session(tmp_path, tmp_path_factory.getbasetemp() / "cache")
    block = Block("console", "$ bastide controls show s3.bucket-nowhere\nno control\n$ bastide --version\nbastide 0\n")
    first, second, third = session.follow("docs/index.md", block)
    assert "ends with 2, not {0}" in first
    assert second.endswith("does not print: no control")
    assert third.endswith("does not print: bastide 0")
