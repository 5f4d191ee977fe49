"""What the CTO and the CISO want to know of a workload, gathered once; every form of the report shows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide import __version__
from bastide.errors import UsageError
from bastide.library import FOLDER
from bastide.posture.metrics import figures
from bastide.posture.metricshow import told
from bastide.redact import clean
from bastide.report.words import counted
from bastide.state.database import now
from bastide.yamltext import read_yaml

if TYPE_CHECKING:
    from bastide.posture.metrics import Figure
    from bastide.posture.whole import Whole

Facts = dict[str, list[dict[str, Any]]]
FILE = "library/report/brief.yaml"
STEPS = 5
"""Lines of what to do next: more are read by nobody."""


class Step(Struct, frozen=True):
    """One thing to do: what, why it is worth it, and the command that goes on from there."""

    what: str
    why: str
    command: str


class Brief(Struct):
    """All of the report. `facts` are rows by the names of `library/report/brief.yaml`, without secrets."""

    at: str
    since: str
    version: str
    facts: Facts
    figures: dict[str, Figure]
    steps: list[Step]
    diagram: str

    def one(self, name: str) -> dict[str, Any]:
        """The only row of a fact; of one without rows, nothing is known."""
        return self.facts[name][0] if self.facts[name] else {}

    @property
    def name(self) -> str:
        """What the workload is called."""
        return str(self.one("workload")["name"])


def gather(whole: Whole, since: str) -> Brief:
    """The report of a workload, with figures since a time as the history writes it."""
    from bastide.threats.diagram import diagram

    found = {one.metric.id: one for one in figures(whole.known, since)}
    facts = {name: _cleaned(whole.known.select(sql, place)) for name, (sql, place) in _queries().items()}
    drawn = diagram(whole.model, "svg") if facts["elements"] else ""
    return Brief(now(), since, __version__, facts, found, steps(facts, found), drawn)


def _queries() -> dict[str, tuple[str, str]]:
    value, lines = read_yaml((FOLDER / "report" / "brief.yaml").read_text("utf-8"), FILE)
    if not isinstance(value, dict):
        raise UsageError("it is a mapping of names to SQL", place=FILE)
    return {name: (sql, f"{FILE}:{lines[name,]}") for name, sql in value.items()}


def _cleaned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: clean(value, 600) if isinstance(value, str) else value for key, value in row.items()} for row in rows]


def steps(facts: Facts, found: dict[str, Figure]) -> list[Step]:
    """What to do next, at most `STEPS`: mend what most risks lean on, decide, and know what is not known."""
    listed = [
        *_mend(facts),
        *_decide(facts),
        *_watch(facts),
        *_look(facts),
        *_renew(facts, now()[:10]),
        *_know(facts, found),
    ]
    return listed[:STEPS]


def _mend(facts: Facts) -> list[Step]:
    made = []
    for row in facts["mend"][: 2 if facts["alarms"][0]["n"] else 3]:
        more = f" and {row['n'] - 1:,} more" if row["n"] > 1 else ""
        risks = counted(row["risks"], "risk") + " over the appetite would be less" if row["risks"] else "it is open"
        made.append(
            Step(
                f"Make this true: {row['title']}",
                f"{row['severity']}, not so for {row['first']}{more}; {risks}",
                f"bastide controls show {row['control']}",
            )
        )
    return made


def _decide(facts: Facts) -> list[Step]:
    row = facts["alarms"][0]
    if not row["n"]:
        return []
    worst = facts["top"][0]
    return [
        Step(
            f"Decide about {counted(row['n'], 'risk')} over the appetite: mitigate, accept or transfer",
            f"nobody has decided; the highest is {worst['id']}, {worst['title']} ({worst['element_name']}), "
            f"{worst['high']:.0f} of 25",
            "bastide threats --status alarm",
        )
    ]


def _watch(facts: Facts) -> list[Step]:
    if not facts["lost"]:
        return []
    first, count = facts["lost"][0], len(facts["lost"])
    why = (
        f"seen in replay on {first['replay_last_seen']}, blind on {first['replay_on']}: {first['id']}, "
        f"{first['title']} ({first['element_name']})"
    )
    return [Step(f"Mend the detections that see {counted(count, 'threat')} no more", why, "bastide coverage --blind")]


def _look(facts: Facts) -> list[Step]:
    made = []
    reviewed = facts["reviewed"][0]
    if reviewed["overdue"]:
        last = f"the last review was on {reviewed['day']}" if reviewed["day"] else "nobody ever has"
        made.append(Step("Go through the threat model with the people who build it", last, "bastide threats reviewed"))
    live = facts["live"][0]
    if not live["n"]:
        accounts = counted(live["accounts"], "account") if live["accounts"] else "the accounts it runs in"
        made.append(Step(f"Scan {accounts}", "all of this is about code; what runs may differ", "bastide scan aws"))
    return made


_RENEWED = {
    "accepted risk": "bastide threats --status accepted",
    "review of a risk": "bastide threats",
    "exemption": 'bastide query "from exemptions order by until"',
    "attestation": "bastide attest",
}
"""Where each kind of what runs out is listed."""


def _renew(facts: Facts, today: str) -> list[Step]:
    if not facts["expiring"]:
        return []
    first, count = facts["expiring"][0], len(facts["expiring"])
    why = f"{'over since' if first['day'] < today else 'first on'} {first['day']}: {first['kind']} {first['what']}"
    return [Step(f"Renew or end what runs out in 90 days: {count}", why, _RENEWED[first["kind"]])]


def _know(facts: Facts, found: dict[str, Figure]) -> list[Step]:
    made = []
    if facts["unclassed"][0]["n"]:
        row = facts["unclassed"][0]
        what = f"Say what data lies in {counted(row['n'], 'store')} of {row['of']}"
        made.append(Step(what, "the class decides how much harm a threat does", "bastide init"))
    unknown = [row for row in found["unknown-share"].rows[-1:] if row.value > 0]
    made += [
        Step("Make known what is unknown", f"{told(row, 'share')} of the verdicts", "bastide scan --verbose")
        for row in unknown
    ]
    return made
