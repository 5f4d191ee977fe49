"""A source as one query: a row for each event, with a column for each field of OCSF that the source gives.

The query reads a table `batch` with `raw` (an event's text) and `path_account`, `path_region` (what the file's path
tells), keeps its order and drops no row. Beside OCSF's fields, each under its whole path, its columns are `_table`
(which of the source's tables, counted from 0),
`_time`, `_account`, `_region` and `_refused` (why the event
is none, else NULL).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide import database
from bastide.lake.classes import sql_type, table

if TYPE_CHECKING:
    import duckdb

    from bastide.lake.source import Source

_MACROS = """
moment(t) as epoch_ms(try_cast(t as timestamptz))
has_ip(t) as regexp_full_match(t, '[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]+')
ip(t) as case when has_ip(t) then t end
no_ip(t) as case when has_ip(t) then null else nullif(t, '') end
address(t) as nullif(regexp_extract(t, '^\\[?([^\\]]*)\\]?:[0-9]+$', 1), '')
port(t) as try_cast(regexp_extract(t, ':([0-9]+)$', 1) as integer)
http_activity(m) as coalesce(nullif(list_position(\
['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'TRACE'], m), 0), 99)
url_text(t) as coalesce(try(url_decode(t)), t)
field(j, p) as json_extract_string(j, p)
"""
"""Functions for sources, one a line."""
ODD = "something that every event has is missing"
"""Of an event that can be read: it is looked at once more for names in another case, and taken as it is otherwise."""
FOREIGN = "of another account than its place"
_KINDS = {
    "text": "VARCHAR", "json": "JSON", "long": "BIGINT", "integer": "INTEGER", "number": "DOUBLE", "flag": "BOOLEAN"
}  # fmt: skip
EARLIEST, LATEST = 946_684_800_000, 4_102_444_800_000
"""2000 and 2100 in milliseconds: a time outside of them is none."""


def session() -> duckdb.DuckDBPyConnection:
    """A database in memory, single-threaded, without network and files, that knows the functions of the sources."""
    connection = database.connect(
        threads=1,
        memory_limit="400MB",
        temp_directory="",  # a folder for it would be one that may be read
        preserve_insertion_order=True,
    )
    connection.execute("set timezone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    for macro in _MACROS.strip().splitlines():
        connection.execute(f"create or replace temp macro {macro}")
    connection.execute("set enable_external_access = false")
    return connection


def query(source: Source, header: tuple[str, ...] = ()) -> str:
    """The query of a source; `header` names the fields of a text's lines, without it events are JSON."""
    columns = dict(_outputs(source))
    chosen = ",\n  ".join(f'{sql} as "{name}"' for name, sql in columns.items())
    when = " ".join(f"when {part.when} then {index}" for index, part in enumerate(source.tables.values()) if part.when)
    last = len(source.tables) - 1
    which = f"case {when} else {last} end" if when else "0"
    read = _lines(source, header) if header else _read(source)
    return f"select\n  {chosen}\nfrom (select *, {which} as _table, {source.time} as _time from ({read}))"


def _read(source: Source) -> str:
    shape = json.dumps(_shape(source.fields))
    fields = ", ".join(f'{_given(source, name, kind)} as "{name}"' for name, kind in source.fields.items())
    return (
        f"select raw, path_account, path_region, {fields} from "
        f"(select raw, path_account, path_region, json_transform(raw, {quoted(shape)}) as e from batch)"
    )


def _given(source: Source, name: str, kind: Any) -> str:
    """A field of an object; what stands for nothing in lines does so there, too."""
    value = f'e."{name}"'
    if source.reader != "text" or kind != "text":
        return value
    return f"case when {value} not in ({', '.join(map(quoted, source.nothing))}) then {value} end"


_WORDS = r'"(?:[^"\\]|\\.|"[^ ])*"|\[[^\]]*\][^ ]*|[^ ]+'
"""The words of a line: in quotes, in brackets (with what follows, a port), or up to the next blank.

User agents are written as they came, with quotes of their own: a quote ends a word only before a blank.
"""


def _lines(source: Source, header: tuple[str, ...]) -> str:
    """Fields of lines: what a line has no word for is NULL, as is what stands for nothing."""
    if source.quoted:
        words = f"regexp_extract_all(raw, {quoted(_WORDS)})"
    else:
        words = f"string_split(raw, {quoted(source.separator)})"
    nothing = ", ".join(quoted(word) for word in source.nothing)
    fields = []
    for name, kind in source.fields.items():
        index = header.index(name) + 1 if name in header else 0
        word = _bare(f"words[{index}]") if source.quoted else f"words[{index}]"
        value = f"case when {word} not in ({nothing}) then {word} end" if index else "null"
        fields.append(f'try_cast({value} as {_KINDS[kind]}) as "{name}"')
    given = "raw, path_account, path_region"
    return f"select {given}, {', '.join(fields)} from (select {given}, {words} as words from batch)"


def _bare(word: str) -> str:
    """A word without the quotes or brackets that it stands in."""
    pairs = " or ".join(
        f"(starts_with({word}, '{first}') and suffix({word}, '{last}'))" for first, last in ('""', "[]")
    )
    return f"case when {pairs} then {word}[2:-2] else {word} end"


def _outputs(source: Source) -> list[tuple[str, str]]:
    refused = "".join(f" when {one.when} then {quoted(one.reason)}" for one in source.refuse)
    account, region = source.account or "null", source.region or "null"
    impossible = f"when _time not between {EARLIEST} and {LATEST} then 'a time that cannot be'"
    names = _by_table(source, [part.activity_name or "null" for part in source.tables.values()])
    odd = f" when {source.odd} then {quoted(ODD)}" if source.odd else ""
    timeless = f"when _time is null then 'no time' {impossible}"
    foreign = "" if source.shared else f" when {account} <> path_account then {quoted(FOREIGN)}"
    return [
        ("_table", "_table::utinyint"),
        ("_time", "_time"),
        ("_account", f"coalesce({account}, path_account)::varchar"),
        ("_region", f"coalesce({region}, path_region)::varchar"),
        ("_refused", f"case {timeless}{refused}{foreign}{odd} end"),
        ("metadata.uid", f"coalesce(nullif({source.uid or 'null'}, ''), md5(raw))"),
        ("activity_id", _by_table(source, [part.activity for part in source.tables.values()])),
        ("activity_name", f"({names})::varchar"),
        *((name, _column(source, name)) for name in _names(source)),
        *([] if "unmapped" in source.columns else [("unmapped", _unmapped(source))]),
    ]


def _names(source: Source) -> list[str]:
    names = dict.fromkeys(source.columns)
    for part in source.tables.values():
        names.update(dict.fromkeys(part.columns))
    return list(names)


def _column(source: Source, name: str) -> str:
    common = source.columns.get(name, "null")
    sql = _by_table(source, [part.columns.get(name, common) for part in source.tables.values()])
    kinds = [kind for one in source.tables if (kind := table(one).kind(name)) is not None]
    return f"({sql})::{sql_type(kinds[0])}"


def _by_table(source: Source, choices: list[str]) -> str:
    """One expression for all tables: what most of them say stands last, and is not looked for."""
    del source
    usual = choices[-1]
    cases = " ".join(f"when _table = {index} then {sql}" for index, sql in enumerate(choices) if sql != usual)
    return f"case {cases} else {usual} end" if cases else usual


def _unmapped(source: Source) -> str:
    """The fields that OCSF has no place for as the text of a JSON object, without those that are not there."""
    parts = [_member(source, name) for name in source.unmapped]
    for index, part in enumerate(source.tables.values()):
        parts += [f"case when _table = {index} then {_member(source, name)} end" for name in part.unmapped]
    if not parts:
        return "null::varchar"
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


def _member(source: Source, name: str) -> str:
    written = f'"{name}"' if source.fields[name] == "json" else f'to_json("{name}")'
    return f"""'"{name}":' || {written}"""


def _shape(fields: Any) -> Any:
    if isinstance(fields, dict):
        return {name: _shape(kind) for name, kind in fields.items()}
    if isinstance(fields, list):
        return [_shape(fields[0])]
    return _KINDS[fields]


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
