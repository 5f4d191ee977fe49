"""The report in its forms: one page of HTML with everything in it, the same as PDF, Markdown, and JSON for programs."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError
from bastide.posture.charts import bars, trend
from bastide.posture.gateshow import escaped
from bastide.posture.metricshow import number, told
from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

    from bastide.posture.brief import Brief

PAGES = Path(__file__).parent / "page"
MAX_FAILING = 3
TRENDS = ("score", "risks-over-appetite", "objectives-holding", "unknown-share")


def as_html(brief: Brief) -> str:
    """One page: no request leaves it, no script runs in it, no name becomes mark-up."""
    from markupsafe import Markup

    style = (Path(__file__).parents[1] / "report" / "page.css").read_text("utf-8")
    style += (PAGES / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    context = _context(brief)
    for chart in context["trends"]:
        chart["svg"] = Markup(chart["svg"])  # noqa: S704 (charts escape what they show)
    return _templates(html=True).get_template("report.html.jinja").render(
        context, style=Markup(style), policy=policy, diagram=Markup(brief.diagram),  # noqa: S704 (ours)
        pictures={name: Markup(svg) for name, svg in _pictures(brief).items()},  # noqa: S704 (they escape)
    )  # fmt: skip


def as_markdown(brief: Brief) -> str:
    """For a wiki or a repository."""
    return _templates(html=False).get_template("report.md.jinja").render(_context(brief))


def as_pdf(html: str) -> bytes:
    """The page as PDF; `UsageError` when what makes it is not installed."""
    try:
        from weasyprint import HTML
    except ModuleNotFoundError:
        raise UsageError(
            "PDF needs WeasyPrint", remedy="install it with `pip install 'bastide[pdf]'`, or write HTML and print that"
        ) from None
    except OSError as error:
        raise UsageError(
            f"WeasyPrint does not find a library of the system: {str(error).splitlines()[0][:120]}",
            remedy="on Debian: `apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`",
        ) from None
    return bytes(HTML(string=html, url_fetcher=_Nothing()).write_pdf())


def as_json(brief: Brief) -> dict[str, Any]:
    """Version 1 of what programs read."""
    import msgspec

    return {
        "version": 1,
        "at": brief.at,
        "since": None if brief.since == "0000" else brief.since,
        "bastide": brief.version,
        "facts": brief.facts,
        "figures": [{"id": one.metric.id, "unit": one.metric.unit, "rows": msgspec.to_builtins(one.rows)}
                    for one in brief.figures.values()],
        "steps": msgspec.to_builtins(brief.steps),
    }  # fmt: skip


class _Nothing:
    """What fetches for WeasyPrint: nothing. It looks at this attribute of its own fetchers."""

    _fail_on_errors = False

    def __call__(self, url: str, *_: object, **__: object) -> Any:
        raise ValueError(f"a report asks for nothing: {url[:80]}")


def _templates(*, html: bool) -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError:
        raise UsageError("the report needs Jinja2", remedy="install it with `pip install 'bastide[loop]'`") from None
    found = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=html,  # noqa: S701 (Markdown has its own filter)
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    found.filters["md"] = lambda value: escaped(str(value))
    return found


def _context(brief: Brief) -> dict[str, Any]:
    facts = brief.facts
    ages = [(row.name, number(row.value, "days"), number(row.high or 0, "days"), f"{row.of:,.0f}")
            for row in brief.figures["age-of-findings"].rows]  # fmt: skip
    return {
        "brief": brief,
        "f": facts,
        "w": brief.one("workload"),
        "scan": brief.one("scan"),
        "lead": _lead(brief),
        "tiles": list(_tiles(brief)),
        "inherent": _inherent(brief),
        "risks": [_risk(brief, row) for row in facts["top"]],
        "trends": [_trend(brief, name) for name in TRENDS],
        "prevented": [(row.name, _interval(row.low, row.high), f"{row.of:,.0f}")
                      for row in brief.figures["prevented"].rows],
        "resolved": [(row.name, number(row.value, "days"), f"{row.of:,.0f}")
                     for row in brief.figures["time-to-resolve"].rows],
        "ages": ages,
        "unknowns": list(_unknowns(brief)),
        "kinds": [(_KINDS.get(row["kind"], row["kind"]), row["n"], row["exposed"]) for row in facts["elements"]],
        "classes": [*((row["class"], row["n"], row["exposed"]) for row in facts["classes"]),
                    ("nobody says", facts["unclassed"][0]["n"], "")],
    }  # fmt: skip


_KINDS = {
    "component": "what runs",
    "store": "data stores",
    "entity": "people, accounts and systems outside",
    "identity": "roles and users",
}


def _lead(brief: Brief) -> str:
    """The whole report in two sentences."""
    alarms, holding, failing = brief.one("alarms"), brief.one("holding"), brief.one("failing")
    if alarms["n"]:
        first = f"{counted(alarms['n'], 'risk is', 'risks are')} over the appetite and nobody has decided about them"
    else:
        first = "Every risk is within the appetite, or somebody has decided about it"
    second = f"{holding['n']} of {holding['of']} objectives hold"
    third = f"{counted(failing['n'], 'verdict')} of {failing['of']:,} of severity critical or high fail"
    return f"{first}. {second}, and {third}."


def _tiles(brief: Brief) -> Iterator[dict[str, str]]:
    score = brief.figures["score"].rows[-1:]
    alarms, holding, failing = brief.one("alarms"), brief.one("holding"), brief.one("failing")
    if score:
        value = told(score[0], "share").partition(" (of")[0].replace(" % to ", " to ")
        yield _tile(value, "score", f"of {score[0].of:,.0f} verdicts, by severity")
    yield _tile(
        f"{alarms['n']:,}", "risks to decide", f"of {alarms['of']:,} threats", "fail" if alarms["n"] else "pass"
    )
    yield _tile(f"{holding['n']:,}", "objectives hold", f"of {holding['of']:,}; {holding['silent']:,} not judged")
    yield _tile(f"{failing['n']:,}", "critical or high fail", f"of {failing['of']:,}; the class of data counts",
                "fail" if failing["n"] else "pass")  # fmt: skip
    yield _tile(f"{failing['unknown']:,}", "verdicts unknown", f"of {failing['all']:,}", "unknown")


def _tile(value: str, name: str, of: str, paint: str = "") -> dict[str, str]:
    return {"value": value, "name": name, "of": of, "paint": paint}


def _inherent(brief: Brief) -> str:
    counts = {row["level"]: row["n"] for row in brief.facts["inherent"]}
    listed = ", ".join(
        f"{counts[level]:,} {level}" for level in ("critical", "high", "medium", "low") if level in counts
    )
    return f"they would be {listed}" if listed else "there would be none"


def _risk(brief: Brief, row: dict[str, Any]) -> dict[str, Any]:
    """A risk with the chain from it to the verdicts that fail."""
    left = "not known"
    if row["high"] is not None:
        low, high = f"{row['low']:.0f}", f"{row['high']:.0f}"
        left = high if low == high else f"{low} to {high}"
    standing = "nobody has decided" if row["alarm"] else str(row["status"])
    owner = f", {row['owner']} looks after it" if row["owner"] else ""
    aims = [_aim(brief, one) for one in brief.facts["chain"] if one["threat"] == row["id"]]
    replay = f"{row['replay']} in replay" + (f" on {row['replay_on']}" if row["replay_on"] else "")
    if row["replay"] == "blind" and row["replay_last_seen"]:
        replay += f", last seen on {row['replay_last_seen']}"
    return {**row, "left": left, "standing": f"{standing}{owner}; {replay}", "chain": aims}


def _aim(brief: Brief, one: dict[str, Any]) -> dict[str, Any]:
    failing = [row for row in brief.facts["behind"]
               if (row["threat"], row["objective"]) == (one["threat"], one["objective"])]  # fmt: skip
    total = one["passed"] + one["failed"] + one["unknown"] + one["exempt"]
    if not total:
        word, counts = "not judged", "no control says anything about it here"
    else:
        word = _word(one)
        parts = ((one["failed"], "fail"), (one["unknown"], "are unknown"), (one["exempt"], "are exempt"))
        told_parts = ", ".join(f"{count:,} {text}" for count, text in parts if count) or "all pass"
        counts = f"{told_parts}, of {counted(total, 'verdict')}"
    return {**one, "word": word, "counts": counts, "failing": failing[:MAX_FAILING], "more": len(failing) - MAX_FAILING
            if len(failing) > MAX_FAILING else 0}  # fmt: skip


def _word(one: dict[str, Any]) -> str:
    """Whether an objective holds; what is unknown is no part that holds, and neither is what is exempt."""
    if one["low"] == 1:
        return "holds"
    if one["failed"] or not (one["passed"] or one["unknown"]):
        return "does not hold"
    return "holds in part" if one["passed"] else "not known"


def _trend(brief: Brief, name: str) -> dict[str, Any]:
    figure = brief.figures[name]
    kind = "accounts" if figure.named("accounts") and brief.one("scan").get("live") else "code"
    rows = figure.named(kind) or list(figure.rows)
    title = f"{figure.metric.title} ({kind})"
    return {
        "title": title,
        "svg": trend(rows, figure.metric.unit, title),
        "now": told(rows[-1], figure.metric.unit) if rows else "nothing is known yet",
        "then": f"{number(rows[0].value, figure.metric.unit)} on {rows[0].at[:10]}" if len(rows) > 1 else "",
        "formula": figure.metric.formula,
    }


def _pictures(brief: Brief) -> dict[str, str]:
    levels = [
        (row["level"], (("to decide", row["undecided"], "undecided"), ("accepted", row["decided"], "decided"),
                        ("within the appetite", row["within"], "within")))
        for row in brief.facts["levels"]
    ]  # fmt: skip
    areas = [
        (row["area"], (("hold", row["holds"], "holds"), ("broken", row["broken"], "broken"),
                       ("unknown", row["unknown"], "unknown"), ("not judged", row["not_judged"], "silent")))
        for row in brief.facts["objectives"]
    ]  # fmt: skip
    return {"levels": bars(levels, "Threats by level"), "objectives": bars(areas, "Objectives by area")}


def _interval(low: float | None, high: float | None) -> str:
    least, most = int(low or 0), int(high or 0)
    return f"{least:,}" if least == most else f"{least:,} surely, {most:,} at most"


def _unknowns(brief: Brief) -> Iterator[str]:
    """What nobody knows, a sentence each; there is always something."""
    failing, holding, live = brief.one("failing"), brief.one("holding"), brief.one("live")
    vague = f"{failing['unknown']:,} of {failing['all']:,} verdicts are unknown"
    yield f"{vague}: what they judge depends on values that nobody has given."
    if holding["silent"]:
        silent = f"{holding['silent']:,} of {counted(holding['silent'] + holding['of'], 'objective')}"
        yield f"{silent} were not judged: nothing that was scanned has to do with them."
    if not live["n"]:
        yield "No account was scanned: whether what runs is what the code says is not known."
    else:
        yield f"What accounts say was last looked at on {live['last'][:10]}."
    if brief.one("unclassed")["n"]:
        row = brief.one("unclassed")
        yield f"Of {row['n']} of {counted(row['of'], 'data store')} nobody says what class their data has."
    for row in brief.facts["coverage"][:10]:
        yield f"Not read: {row['place']}: {row['message']}"
    if (more := len(brief.facts["coverage"]) - 10) > 0:
        yield f"And {more:,} more places that could not be read."
    if brief.one("unmapped").get("n"):
        yield f"{counted(brief.one('unmapped')['n'], 'type')} of resources that bastide does not know were not judged."
