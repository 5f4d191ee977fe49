"""The gate's word in each form: whole, plain, and without anything that a name could smuggle in."""

from __future__ import annotations

from bastide.posture.answers import Answer
from bastide.posture.asked import Tree
from bastide.posture.gate import Outcome
from bastide.posture.gateshow import as_json, as_markdown, as_text, escaped
from bastide.posture.standard import Criterion, Standard
from bastide.state.journal import Entry

HOSTILE = "a|b\n<script>\x1b[31m`c`"


def outcome() -> Outcome:
    one = Criterion("build.x", "It holds", "build", "Because.", "select 1", "Do it.")
    tree = Tree("/")
    tree.commit, tree.changed = "c" * 40, ["x"]
    answers = [
        Answer(one, "no", against=[f"{n}: {HOSTILE}" for n in range(20)], rows=250),
        Answer(one, "yes", evidence=["fine"]),
        Answer(one, "unknown", unknown=["nobody knows"], rows=1),
        Answer(Criterion("build.y", "Off", "build", "Because.", "", "", off="not ours"), "off"),
    ]
    scan = {"id": "s" * 32, "at": "2026-11-27T10:00:00.000Z", "digest": "d" * 64, "commit": "c" * 40}
    entry = Entry(3, "2026-11-27T10:00:01.000Z", "ada", "gate.run", "shop", {}, "0" * 64, "1" * 64)
    standard = Standard("own", "Own", {"build": "We build", "run": "We run"}, (one,))
    return Outcome("shop", "no", standard, answers, tree, "", "production", scan["at"], scan, entry)


def test_the_terminal() -> None:
    text = as_text(outcome())
    assert text.startswith("shop: no, it may not ship\n")
    assert "commit cccccccccccc, and 1 file changed or new that no commit has" in text
    assert "and 245 more" in text
    assert "> Do it." in text
    assert "We run" not in text
    assert text.endswith("4 criteria: 1 yes, 1 no, 1 unknown, 1 switched off\n")
    assert "\x1b" not in text
    assert "not ours" in text


def test_markdown_keeps_its_table() -> None:
    text = as_markdown(outcome())
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 5
    assert "<script" not in text
    assert r"\`c\`" in text
    for row in rows[1:]:
        assert row.replace(r"\|", "").count("|") == 4


def test_json_has_everything() -> None:
    found = as_json(outcome())
    assert (found["version"], found["verdict"], found["dirty"], found["environment"]) == (1, "no", True, "production")
    first, second, _, last = found["criteria"]
    assert (first["rows"], len(first["reasons"]), first["remedy"]) == (250, 20, "Do it.")
    assert (second["reasons"], second["remedy"]) == (["fine"], None)
    assert (last["answer"], last["reasons"]) == ("off", ["not ours"])
    assert found["journal"] == {"entries": 3, "head": "1" * 64}


def test_markdown_is_escaped() -> None:
    assert escaped("[a](b) *c* <d> & e|f") == r"\[a\](b) \*c\* &lt;d&gt; &amp; e\|f"
