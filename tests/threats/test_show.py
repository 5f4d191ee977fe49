"""The register for a person and for programs."""

from __future__ import annotations

import io
from typing import Any

from bastide.detect.sightings import Sighting
from bastide.report.lines import Lines, Plain
from bastide.threats.register import Row, Standing
from bastide.threats.risk import Mitigation, Risk
from bastide.threats.show import as_json, listing
from bastide.threats.templates import Threat


def row(name: str, high: float | None, status: str = "open", **standing: Any) -> Row:
    threat = Threat(
        name, "a.b", f"title of {name}", "", "", "", "", "", [], [], [], "e", f"element of {name}", "restricted", [],
        [], 4, 5, {"likelihood": ["l"], "impact": ["i"]},
    )  # fmt: skip
    held = Mitigation("data.own-keys", "element", 1, 1, 0, 0, 0.5, 0.5)
    risk = Risk(20, high / 2, high, (held,)) if high else None
    return Row(threat, risk, Standing(status=status, **standing), status, (high or 25) <= 10, "f", "l", None)


def listed(*rows: Row, limit: int = 0) -> list[str]:
    text = io.StringIO()
    lines = Lines(Plain(text))
    listing(lines, rows, limit, "medium")
    lines.flush()
    return text.getvalue().splitlines()


def test_a_line_has_the_level_the_interval_and_who_decided() -> None:
    lines = listed(row("T-1", 16), row("T-2", 8, "accepted", until="2099-01-01", decided_by="Rosa"))
    told = " ".join(lines[0].split())
    assert told == "critical 8.0 to 16.0 ! T-1 title of T-1 element of T-1 (restricted) open not tried in replay"
    assert "accepted until 2099-01-01 by Rosa" in lines[1]
    assert "1 risk over the appetite (medium) without a decision, marked !" in "\n".join(lines)


def test_what_has_grown_over_what_was_accepted_says_so() -> None:
    grown = row("T-1", 18, decided_by="Rosa", until="2099-01-01", level="medium", outgrown="critical")
    assert any("open: accepted as medium by Rosa, and critical now" in line for line in listed(grown))


def test_a_limit_says_how_many_are_left_out() -> None:
    assert "… and 2 more: --limit 0 shows all" in listed(*(row(f"T-{n}", 8) for n in range(3)), limit=1)


def test_a_risk_that_was_never_computed_is_unknown() -> None:
    assert listed(row("T-1", None))[0].startswith("unknown")
    assert as_json([row("T-1", None)])["threats"][0]["residual"] is None


def test_programs_get_all_of_it() -> None:
    (found,) = as_json([row("T-1", 16, reason="x\x1b[31m")])["threats"]
    assert (found["id"], found["level"], found["residual"], found["alarm"]) == ("T-1", "critical", [8, 16], True)
    assert found["objectives"] == [
        {"id": "data.own-keys", "scope": "element", "judged": True, "holds": [0.5, 0.5], "passed": 1, "failed": 1,
         "unknown": 0, "exempt": 0}
    ]  # fmt: skip
    assert "\x1b" not in found["reason"]


def test_what_replays_have_seen_is_told() -> None:
    seen = row("T-1", 16)
    seen.sighting = Sighting("seen", "2026-03-02", ("Reads\x1b[31m",), ("Copies",), "2026-03-02")
    blind = row("T-2", 16)
    blind.sighting = Sighting("blind", "2026-03-02")
    lines = listed(seen, blind, row("T-3", 16))
    assert [line.rpartition("open")[2].strip() for line in lines[:3]] == [
        "seen in replay on 2026-03-02", "blind in replay on 2026-03-02", "not tried in replay",
    ]  # fmt: skip
    assert "in replay: 1 seen, 1 blind, 1 not tried" in "\n".join(lines)
    assert "no more that they saw before" not in "\n".join(lines)
    assert as_json([seen])["threats"][0]["replay"] == {
        "status": "seen", "on": "2026-03-02", "rules": ["Reads\\x1b[31m"], "missed": ["Copies"],
        "last_seen": "2026-03-02", "lost": False,
    }  # fmt: skip


def test_what_was_seen_and_is_blind_now_is_told_as_such() -> None:
    lost = row("T-1", 16)
    lost.sighting = Sighting("blind", "2026-03-03", last_seen="2026-03-02")
    lines = listed(lost)
    assert "blind in replay on 2026-03-03, last seen on 2026-03-02" in lines[0]
    assert "detections see 1 threat no more that they saw before" in "\n".join(lines)
    replay = as_json([lost])["threats"][0]["replay"]
    assert (replay["last_seen"], replay["lost"]) == ("2026-03-02", True)
