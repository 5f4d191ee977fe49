"""SQL as a program: what it means is what DuckDB says it means, or there is no program."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.controls.direct import frame_for, function_of
from bastide.controls.engine import connect
from bastide.controls.functions import Unsure
from bastide.controls.program import Translator
from bastide.controls.syntax import Syntax

SHAPE: dict[str, Any] = {
    "One": "VARCHAR",
    "Two": "VARCHAR",
    "B": "BOOLEAN",
    "N": "BIGINT",
    "D": "DOUBLE",
    "J": "JSON",
    "M": "MAP(VARCHAR, VARCHAR)",
    "L": ["VARCHAR"],
    "S": {"One": "VARCHAR", "B": "BOOLEAN"},
    "E": [{"K": "VARCHAR", "V": "VARCHAR", "L": ["VARCHAR"]}],
}
EXPRESSIONS = [
    "lower(One) = lower(Two)",
    "upper(One) = 'ABC'",
    "length(One) > 3",
    "length(One) = 0",
    "ltrim(One) = 'a b'",
    "rtrim(One) = 'a b'",
    "lower(trim(One)) = 'a b'",
    "contains(One, Two)",
    "starts_with(One, Two)",
    "ends_with(One, Two)",
    "replace(One, 'a', 'bb') = Two",
    "replace(One, '', 'x') = One",
    "split_part(One, '.', 2) = 'b'",
    "One || Two = 'ab'",
    "One glob Two",
    "One glob '*a*'",
    "One glob 'a?c'",
    "One glob Two || '*'",
    "One in ('a', 'b')",
    "One not in ('a', 'b')",
    "One <> Two",
    "One < Two",
    "One >= Two",
    "One = 'null'",
    "One is null",
    "One is not null",
    "B",
    "not B",
    "B and One = 'a'",
    "B or One = 'a'",
    "B = true",
    "not (B or N > 3)",
    "N between 1 and 3",
    "N > 3",
    "N <= D",
    "N + 2 > 4",
    "N * 60 <= 240",
    "D > 1",
    "coalesce(N, 3) = 3",
    "coalesce(One, Two, 'z') = 'z'",
    "coalesce(L, []) = []",
    "case when B then N > 1 when One = 'a' then N > 2 end",
    "case when B then One else Two end = 'a'",
    "if(B, One, Two) = 'a'",
    "regexp_matches(One, 'a+b')",
    "regexp_matches(One, '^A', 'i')",
    "regexp_matches(One, 'a.b')",
    "regexp_matches(One, '$')",
    "regexp_full_match(One, '[a-z]*')",
    "regexp_full_match(One, 'a|ab', 'i')",
    "regexp_extract(One, '(a)(b)?', 2) = 'b'",
    "regexp_extract(One, 'a+') = 'aa'",
    "regexp_extract(One, '(\\d+)H', 1) = ''",
    "regexp_replace(One, 'a', 'x') = Two",
    "regexp_replace(One, '\\$\\{[^}]*\\}', 'x', 'g') = 'x'",
    "len(regexp_extract_all(One, 'a(b)', 1)) = 2",
    "list_contains(regexp_extract_all(One, '([a-z])=', 1, 'i'), 'a')",
    "try_cast(One as integer) >= 34",
    "try_cast(One as double) >= 3",
    "try_cast(split_part(One, '.', 2) as integer) is null",
    "J ->> '$.a' = 'x'",
    "J ->> '$.a.b' = 'true'",
    "J ->> '$.\"a.b\"' is null",
    "J ->> '$' = 'x'",
    "lower(J ->> '$.a') = '1'",
    "J is null",
    "len(L) > 1",
    "len(L) = 0",
    "list_contains(L, One)",
    "list_contains(L, 'a')",
    "list_has_all(L, ['a', 'b'])",
    "any_of([x = 'a' for x in L])",
    "none_of([x = 'a' for x in L])",
    "all_of([x = 'a' for x in L])",
    "any_of([x = 'a' for x in L if x <> 'b'])",
    "len([x for x in L if x = 'a']) = 1",
    "len([lower(x) for x in L]) = 2",
    "any_of([q.K = One and any_of([x = q.V for x in q.L]) for q in E])",
    "none_of([len(q.L) > 1 for q in E])",
    "all_of([q.V is not null for q in E])",
    "all_of([none_of([x = One for x in q.L]) for q in E])",
    "E is null",
    "S.B and S.One = 'a'",
    "S is null",
    "S.One is null",
    "s.one = 'a'",
    "cardinality(M) > 0",
    "any_of([q.key = 'a' and q.value = 'x' for q in map_entries(M)])",
    "any_of([q.key = 'a' for q in map_entries(try_cast(J as map(varchar, varchar)))])",
    "any_of([x = One for x in ['a', 'b', null]])",
    "{'CidrIp': One}.CidrIp = 'a'",
    "is_public({'CidrIp': One, 'CidrIpv6': Two})",
    "concat_ws('-', One, Two) = 'a-b'",
    "concat_ws(chr(10), One, try(decode(from_base64(Two)))) is not null",
    "try(decode(from_base64(One))) = 'a'",
    "user_data_text(One) = 'a'",
    "has_a_secret(One)",
    "holds_a_secret(One, Two)",
    "days_since(One) > 30",
    "days_since(Two) is null",
    "is_placeholder(One)",
    "names_a_secret(One)",
    "is_reference(One)",
    "is_plain_text(One)",
    "is_customer_key(One)",
    "is_public_cidr(One)",
    "has_tag([{'Key': Two}], 'a')",
    "all_of([x = 'a' and (B or x = One) for x in L])",
    "none_of([coalesce(x = One, B) for x in L])",
]

WORDS = [
    "",
    "a",
    "b",
    "ab",
    "aab",
    "abc",
    "ABC",
    "a.b",
    " a b",
    "a*",
    "*",
    "a?c",
    "x",
    "null",
    "34",
    "1.35",
    "-1",
    "1e3",
    " 7",
    "12H",
    "${x}",
    "${x}a${y}",
    "password",
    "DB_TOKEN",
    "changeme",
    "YQ==",
    "YQ=",
    "====",
    "hunter22x",
    "a\nb",
    "\u00e9",
    "\u0130",
    "\U0001f600",
    "key=abcdefgh",
    "arn:aws:kms:x",
    "alias/aws/s3",
    "0.0.0.0/0",
    "\x00",
    "[a]",
    "a\\b",
    "true",
    "inf",
    "nan",
    "AKIAABCDEFGHIJKLMNOP",
    "2020-02-29",
    "2020-02-30T10:00:00Z",
    "2999-01-01",
]
TEXTS = st.none() | st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
LISTS = st.none() | st.lists(TEXTS, max_size=3)
JSON = st.recursive(
    TEXTS | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "a.b", "c"]), inner, max_size=3)
    ),
    max_leaves=6,
)
ROWS = st.fixed_dictionaries(
    {
        "One": TEXTS,
        "Two": TEXTS,
        "B": st.none() | st.booleans(),
        "N": st.none() | st.integers(-3, 70),
        "D": st.none() | st.floats(-3, 70),
        "J": JSON,
        "M": st.none() | st.dictionaries(st.sampled_from(WORDS[1:]), TEXTS, max_size=2),
        "L": LISTS,
        "S": st.none() | st.fixed_dictionaries({}, optional={"One": TEXTS, "B": st.booleans()}),
        "E": st.none()
        | st.lists(st.none() | st.fixed_dictionaries({}, optional={"K": TEXTS, "V": TEXTS, "L": LISTS}), max_size=2),
    }
)


@pytest.fixture(scope="module")
def syntax() -> Syntax:
    return Syntax(connect())


@pytest.fixture(scope="module")
def functions(syntax: Syntax) -> list[tuple[str, Any]]:
    translator = Translator(syntax, SHAPE)
    programs = [(sql, translator.condition(syntax.parse(sql))) for sql in EXPRESSIONS]
    missing = [sql for sql, program in programs if program is None]
    assert missing == ["coalesce(L, []) = []"]
    return [(sql, function_of(program)) for sql, program in programs if program]


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what is absent, as `fill` makes it."""
    return {key: value for key, value in row.items() if value is not None}


def asked(sql: list[str], rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    text = json.dumps([SHAPE]).replace("'", "''")
    columns = ", ".join(f"({item})" for item in sql)
    source = f"select unnest(r) from (select unnest(json_transform($1, '{text}')) as r)"
    return connect().execute(f"select {columns} from ({source})", [json.dumps(rows, ensure_ascii=False)]).fetchall()


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=12))
def test_a_program_says_what_duckdb_says(functions: list[tuple[str, Any]], rows: list[dict[str, Any]]) -> None:
    rows = [plain(row) for row in rows]
    for row, answers in zip(rows, asked([sql for sql, _ in functions], rows), strict=True):
        for (sql, run), answer in zip(functions, answers, strict=True):
            try:
                found = run(frame_for(row))
            except Unsure:
                continue
            assert found == answer, (sql, row)


def test_plain_values_leave_no_doubt(functions: list[tuple[str, Any]]) -> None:
    row = {
        "One": "abc",
        "Two": "YQ==",
        "B": True,
        "N": 3,
        "D": 2.5,
        "J": {"a": "x"},
        "M": {"a": "x"},
        "L": ["a", "b"],
        "S": {"One": "a", "B": True},
        "E": [{"K": "abc", "V": "a", "L": ["a"]}],
    }
    answers = asked([sql for sql, _ in functions], [row])[0]
    assert [run(frame_for(row)) for _, run in functions] == list(answers)


@pytest.mark.parametrize(
    "sql",
    [
        "One = 1",  # a cast that DuckDB chooses
        "One",  # text as a condition
        "One like 'a%'",
        "B = 'true'",
        "L = ['a']",
        "M = M",
        "J -> '$.a' is null",
        "J ->> '$.a[0]' = 'x'",
        "J ->> 'a' = 'x'",
        "J ->> One = 'x'",
        "cast(One as integer) = 1",
        "try_cast(N as varchar) = '1'",
        "regexp_matches(One, Two)",
        "regexp_matches(One, 'a', 's')",
        "regexp_replace(One, '(a)', '\\1') = 'a'",
        "One in (Two, 'a')",
        "One in ('a', null)",
        "list_sort(L) = L",
        "list_transform(L, lambda x, i: x = 'a')[1]",
        "error('boom') = 'a'",
        "One is distinct from Two",
        "any_of([covers_every_action({'actions': [a], 'not_actions': L}) for a in L])",
        "any_of([one = 'a' for one in L])",  # DuckDB takes the column One
    ],
)
def test_what_is_not_written_down_is_left_to_duckdb(syntax: Syntax, sql: str) -> None:
    program = Translator(syntax, SHAPE).condition(syntax.parse(sql))
    assert program is None


def test_a_name_that_a_macro_would_catch_is_left_to_duckdb(syntax: Syntax) -> None:
    """`covers_every_action` calls its own elements `a`, as the caller does."""
    translator = Translator(syntax, {"L": [{"actions": ["VARCHAR"], "not_actions": ["VARCHAR"]}]})
    assert translator.condition(syntax.parse("any_of([covers_every_action(a) for a in L])")) is None
    assert translator.condition(syntax.parse("any_of([covers_every_action(s) for s in L])")) is not None


def test_a_program_has_a_limit(syntax: Syntax) -> None:
    long = " or ".join(f"holds_a_secret(One, '{number}')" for number in range(200))
    assert Translator(syntax, SHAPE).condition(syntax.parse(long)) is None
