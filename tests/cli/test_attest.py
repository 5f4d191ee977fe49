"""`bastide attest`: what a named person says, until a day."""

from __future__ import annotations

import datetime as dt
import json

from tests.cli.conftest import Run

LATER = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()
SUBJECT = "well-architected/SEC10-BP02"


def test_a_word_is_written_down_listed_and_taken_back(run: Run) -> None:
    assert run("attest").stdout == "nobody attests anything yet\n"
    given = ("--by", "Ada", "--until", LATER, "--statement", "There is a plan", "--evidence", "main.tf")
    done = run("attest", SUBJECT, *given)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"written down: {SUBJECT}, write incident plans, until {LATER}\n"
    (found,) = json.loads(run("attest", "-f", "json").stdout)["attestations"]
    assert (found["subject"], found["by"], found["valid"], found["revoked"]) == (SUBJECT, "Ada", True, None)
    assert found["evidence"][0]["file"] == "main.tf"
    done = run("attest", SUBJECT, "--revoke", "--by", "Ada", "--statement", "it was lost")
    assert (done.returncode, done.stdout) == (0, f"taken back: {SUBJECT}\n")
    assert run("attest").stdout.startswith(f"revoked  {SUBJECT}  until {LATER}, Ada: There is a plan\n")


def test_what_cannot_be_is_wrong_use(run: Run) -> None:
    for arguments, complaint in (
        (["well-architected/SEC99-BP01"], "is no requirement of well-architected"),
        ([SUBJECT], "an attestation needs --by, --until, --statement"),
        ([SUBJECT, "--by", "Ada", "--until", "2020-01-01", "--statement", "So"], "has passed"),
        (["--by", "Ada"], "what is attested is missing"),
        ([SUBJECT, "--revoke", "--by", "Ada", "--statement", "so"], "nobody attests"),
    ):
        done = run("attest", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert complaint in done.stderr
