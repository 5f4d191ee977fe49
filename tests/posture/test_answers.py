"""What a criterion comes to: nothing passes for want of knowledge."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from bastide.errors import UsageError
from bastide.posture.answers import MAX_TOLD, ask, tables_read, verdict
from bastide.posture.standard import Criterion, Standard
from bastide.workload.known import Known
from bastide.workload.manifest import Manifest

STAGES = {"design": "We think", "build": "We build"}


@pytest.fixture
def known() -> Iterator[Known]:
    with Known(Manifest(name="shop"), duckdb.connect()) as found:
        found.put("things", {"name": ("VARCHAR", ""), "good": ("BOOLEAN", "")}, [{"name": "a", "good": True}])
        found.put("empty", {"name": ("VARCHAR", "")}, [])
        yield found


def criterion(require: str, **more: object) -> Criterion:
    fields = {"id": "x", "title": "X", "stage": "design", "why": "y", "remedy": "z", "place": "s.yaml:1", **more}
    return Criterion(require=require, **fields)  # type: ignore[arg-type]


def answer(known: Known, require: str, **more: object):  # type: ignore[no-untyped-def]
    (found,) = ask(known, Standard("s", "S", STAGES, (criterion(require, **more),)))
    return found


def test_a_row_speaks_against_it(known: Known) -> None:
    assert answer(known, "select name as detail from things where not good").word == "yes"
    found = answer(known, "select name as subject, 'bad' as detail from things where good")
    assert (found.word, found.reasons, found.rows) == ("no", ["a: bad"], 1)


def test_a_column_says_so(known: Known) -> None:
    sql = "select good as ok, 'it is good' as detail from things"
    assert (answer(known, sql).word, answer(known, sql).reasons) == ("yes", ["it is good"])
    known.put(
        "things", {"name": ("VARCHAR", ""), "good": ("BOOLEAN", "")}, [{"name": "a"}, {"name": "b", "good": True}]
    )
    assert answer(known, sql).word == "unknown"
    known.put(
        "things", {"name": ("VARCHAR", ""), "good": ("BOOLEAN", "")}, [{"name": "a"}, {"name": "b", "good": False}]
    )
    assert answer(known, sql).word == "no"


def test_an_empty_table_makes_it_unknown_unless_it_may_be(known: Known) -> None:
    sql = "select e.name from things t join empty e on e.name = t.name"
    found = answer(known, sql)
    assert (found.word, found.reasons) == ("unknown", ["nothing is known of empty"])
    assert answer(known, sql, may_be_empty=("empty",)).word == "yes"


@pytest.mark.parametrize(
    "sql",
    [
        "select name from nowhere",
        "select nothing from things",
        "select name from read_csv('/etc/passwd')",
        "drop table things",
        "select 1; select 2",
        "this is no SQL",
        "select 1 / (select 0) as x, error('broken') as y from things",
    ],
)
def test_what_cannot_be_answered_is_unknown(known: Known, sql: str) -> None:
    found = answer(known, sql, may_be_empty=("nowhere",))
    assert found.word == "unknown"
    assert found.unknown


def test_evidence_for_a_yes(known: Known) -> None:
    found = answer(known, "select name from things where not good", evidence="select 'all good' as detail")
    assert found.reasons == ["all good"]
    assert answer(known, "select name from things where not good", evidence="select nope").word == "unknown"


def test_many_reasons_are_counted(known: Known) -> None:
    found = answer(known, "select i as subject, 'x' as detail from range(1000) r(i), things")
    assert (found.rows, len(found.against)) == (1000, MAX_TOLD)


def test_stages_and_environments(known: Known) -> None:
    sql = "select name from things where not good"
    every = (
        criterion(sql, id="a"),
        criterion(sql, id="b", stage="build"),
        criterion(sql, id="c", environments=("prod*",)),
        criterion(sql, id="d", off="not here"),
    )
    standard = Standard("s", "S", STAGES, every)
    assert [one.criterion.id for one in ask(known, standard)] == ["a", "b", "d"]
    assert [one.criterion.id for one in ask(known, standard, stage="design")] == ["a", "d"]
    assert [one.criterion.id for one in ask(known, standard, environment="production")] == ["a", "b", "c", "d"]
    assert [(one.word, one.reasons) for one in ask(known, standard)][-1] == ("off", ["not here"])
    assert verdict(ask(known, standard)) == "yes"


def test_one_no_decides_else_one_unknown(known: Known) -> None:
    yes, no = "select name from things where not good", "select name from things"
    standard = Standard("s", "S", STAGES, (criterion(yes), criterion("select 1 from nowhere")))
    assert verdict(ask(known, standard)) == "unknown"
    standard = Standard("s", "S", STAGES, (criterion(yes), criterion("select 1 from nowhere"), criterion(no)))
    assert verdict(ask(known, standard)) == "no"


def test_tables_that_a_query_reads(known: Known) -> None:
    sql = "with a as (select * from Things) select * from a where exists (select 1 from empty) union select 1 from b.c"
    assert tables_read(known, sql) == {"things", "empty", "c"}
    with pytest.raises(UsageError):
        tables_read(known, "select from where")
