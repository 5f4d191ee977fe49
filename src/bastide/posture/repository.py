"""What a look at a repository tells of its workload: name, people, environments, and where each was found.

Files are read as text, up to limits: a value that only a program could compute is not found, and nothing is guessed.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.posture.git import git
from bastide.sources.discover import SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILES = 5_000
MAX_BYTES = 256 * 1024
_SUFFIXES = (".tf", ".tfvars", ".tf.json", ".yaml", ".yml", ".json", ".toml", ".hcl")
_OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_POLICIES = ("SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md", "SECURITY.txt", ".well-known/security.txt")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_STAGES = {
    "production": ("production", "prod", "prd", "live"),
    "staging": ("staging", "stage", "stg", "preprod", "preproduction"),
    "test": ("test", "qa", "uat", "testing"),
    "development": ("development", "dev", "sandbox"),
}
_WORDS = {word: stage for stage, words in _STAGES.items() for word in words}
_WORD = re.compile(r"[a-z]+")
_ACCOUNTS = (
    re.compile(r"allowed_account_ids\s*=\s*\[([^\]]{0,400})\]"),
    re.compile(r"""(?:role_arn|role-to-assume)["']?\s*[=:]\s*["']?arn:aws[a-z-]*:iam::(\d{12}):"""),
    re.compile(r"""account(?:_?id)?["']?\s*[=:]\s*["']?(\d{12})["']?(?!\d)""", re.IGNORECASE),
)
_REGION = (
    r"((?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-"
    r"(?:central|east|north|northeast|northwest|south|southeast|southwest|west)-\d)"
)
_REGIONS = (
    re.compile(rf"""region["']?\s*[=:]\s*["']?{_REGION}["']?""", re.IGNORECASE),
    re.compile(rf"""default\s*=\s*"{_REGION}\""""),
)


class Named(Struct, frozen=True):
    """A value, and where it was found (`path:line`, or in words)."""

    value: str
    where: str


class Stage(Struct):
    """An environment: account ids and regions, each with the first place that names it."""

    name: str
    where: str
    accounts: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)


class Contact(Struct, frozen=True):
    """Somebody to turn to."""

    role: str
    name: str
    email: str
    where: str


class Seen(Struct):
    """All of it. `accounts` are those that no environment could be told for."""

    name: Named
    owner: Named | None = None
    contacts: list[Contact] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)


def look(folder: Path) -> Seen:
    """What is found in a folder and, for names of people, in the repository around it."""
    around = git(str(folder), "rev-parse", "--show-toplevel")
    root = Path(around.strip()) if around else folder
    seen = Seen(_name(folder, root))
    seen.owner, contacts = _people(folder, root)
    seen.contacts = contacts
    _environments(folder, seen)
    return seen


def _name(folder: Path, root: Path) -> Named:
    """Of the remote where the folder is all of a repository, else of the folder."""
    url = (git(str(folder), "config", "--get", "remote.origin.url") or "").strip()
    last = re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git") if url else ""
    if last and folder.resolve() == root.resolve():
        return Named(last[:100], "the name of the git remote")
    return Named(folder.resolve().name[:100] or "workload", "the name of the folder")


def _people(folder: Path, root: Path) -> tuple[Named | None, list[Contact]]:
    contacts = []
    owner = _code_owner(root)
    for name in _POLICIES:
        if found := next(_mails(root / name), None):
            line, mail = found
            contacts.append(Contact("security", "Security", mail, f"{name}:{line}"))
            break
    told = git(str(folder), "log", "--since=1.year", "--max-count=2000", "--format=%aN <%aE>", "--", ".") or ""
    if people := Counter(line for line in told.splitlines() if not re.search(r"\[bot\]|noreply|<>", line)):
        ((person, count),) = people.most_common(1)
        name, _, mail = person.rpartition(" <")
        where = f"who made most commits of the last year, {count} of {sum(people.values())}"
        owner = owner or Named(name, where)
        contacts.append(Contact("development", name, mail.rstrip(">"), where))
    return owner, contacts


def _code_owner(root: Path) -> Named | None:
    """The first owner of everything, by the last line that names one: that is the one that counts."""
    for name in _OWNERS:
        found = None
        for number, line in enumerate(_text(root / name).splitlines(), 1):
            words = line.split("#")[0].split()
            if len(words) > 1 and words[0] in ("*", "/", "/**", "**"):
                found = Named(words[1], f"{name}:{number}")
        if found:
            return found
    return None


def _mails(file: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_text(file).splitlines(), 1):
        for mail in _MAIL.findall(line):
            yield number, mail


def _environments(folder: Path, seen: Seen) -> None:
    """Environments by words of paths; accounts and regions by the files that name them."""
    stages: dict[str, Stage] = {}
    regions: dict[str, str] = {}
    for file, path in _files(folder):
        text = _text(file)
        word = _stage_of(path)
        named = dict(_accounts(text, path))
        spoken = dict(_found(_REGIONS, text, path))
        if not word:
            seen.accounts = named | seen.accounts
            regions = spoken | regions
            continue
        if named or spoken or path.endswith(".tfvars"):
            stage = stages.setdefault(word, Stage(word, path))
            stage.accounts = named | stage.accounts
            stage.regions = spoken | stage.regions
    if not stages and (regions or seen.accounts):
        stages["production"] = Stage("production", "nothing in the code names an environment")
    for stage in stages.values():
        stage.regions = stage.regions or dict(regions)
    if len(stages) == 1:
        only = next(iter(stages.values()))
        only.accounts |= {key: place for key, place in seen.accounts.items() if key not in only.accounts}
    known = {account for stage in stages.values() for account in stage.accounts}
    seen.accounts = {key: place for key, place in seen.accounts.items() if key not in known}
    seen.stages = [stages[name] for name in _STAGES if name in stages]


def _stage_of(path: str) -> str:
    """The environment that a path speaks of, by the word nearest to its end."""
    words = [_WORDS[word] for word in _WORD.findall(path.lower()) if word in _WORDS]
    return words[-1] if words else ""


def _accounts(text: str, path: str) -> Iterator[tuple[str, str]]:
    for found, place in _found(_ACCOUNTS, text, path):
        for account in re.findall(r"(?<!\d)\d{12}(?!\d)", found):
            yield account, place


def _found(patterns: tuple[re.Pattern[str], ...], text: str, path: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield match[1], f"{path}:{text.count(chr(10), 0, match.start(1)) + 1}"


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files of infrastructure and pipelines, with their paths from the folder, in a fixed order."""
    count = 0
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in SKIPPED and (name == ".github" or not name.startswith("."))
        )
        for name in sorted(names):
            if name.endswith(_SUFFIXES):
                count += 1
                if count > MAX_FILES:
                    return
                file = Path(top, name)
                yield file, file.relative_to(folder).as_posix()


def _text(file: Path) -> str:
    """The beginning of a file that is one; nothing of anything else."""
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
