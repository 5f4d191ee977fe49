"""Pieces of SQL that rules are compiled to: literals, and the macros that a connection needs for them.

Everything that comes from a rule goes through `literal`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.detect import walk

if TYPE_CHECKING:
    import duckdb

OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_NUMBER = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"

MACROS: tuple[str, ...] = (
    # A text of JSON, and once more with quotes as they are in the texts within it.
    """create or replace temp macro jx_whole(x) as case when contains(x, '\\"') then [x, replace(x, '\\"', '"')]
      when x is not null then [x] end""",
    f"""create or replace temp macro as_number(x) as case when regexp_full_match(x, '{_NUMBER}')
      and isfinite(try_cast(x as double)) then try_cast(x as double) end""",
    "create or replace temp macro as_moment(x) as try_cast(x as timestamptz) at time zone 'UTC'",
    # An IPv4 address as a number, an IPv6 address as 32 hexadecimal digits; NULL for what is none.
    f"""create or replace temp macro ip4(x) as case when regexp_full_match(x, '({OCTET}[.]){{3}}{OCTET}') then
      (split_part(x, '.', 1)::bigint << 24) + (split_part(x, '.', 2)::bigint << 16)
      + (split_part(x, '.', 3)::bigint << 8) + split_part(x, '.', 4)::bigint end""",
)
IP6 = (
    # `::ffff:1.2.3.4` with its end in hexadecimal, too
    f"""create or replace temp macro ip6_plain(x) as case
      when regexp_full_match(x, '[0-9a-fA-F:]*:({OCTET}[.]){{3}}{OCTET}')
      then regexp_extract(x, '^(.*:)[^:]*$', 1) || printf('%x:%x', ip4(regexp_extract(x, '[^:]*$')) >> 16,
        ip4(regexp_extract(x, '[^:]*$')) & 65535)
      when regexp_full_match(x, '[0-9a-fA-F:]{{2,45}}') then x end""",
    "create or replace temp macro ip6_list(x) as [g for g in string_split(x, ':') if g <> '']",
    """create or replace temp macro ip6_groups(x) as case
      when len(string_split(x, '::')) = 2 and len(ip6_list(x)) < 8 then list_concat(
        ip6_list(split_part(x, '::', 1)), [lpad('', 1, '0') for i in range(8 - len(ip6_list(x)))],
        ip6_list(split_part(x, '::', 2)))
      when len(string_split(x, '::')) = 1 and len(string_split(x, ':')) = 8 then ip6_list(x) end""",
    """create or replace temp macro ip6(x) as case
      when len([g for g in ip6_groups(ip6_plain(x)) if regexp_full_match(g, '[0-9a-fA-F]{1,4}')]) = 8
      and not regexp_matches(ip6_plain(x), '(^:[^:])|([^:]:$)|:::')
      then lower(array_to_string([lpad(g, 4, '0') for g in ip6_groups(ip6_plain(x))], '')) end""",
)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection what compiled rules call, but for `IP6`: to make these takes longer than all else."""
    connection.execute("set timezone = 'UTC'")
    connection.execute(";".join(MACROS))
    walk.prepare(connection)


def literal(text: str) -> str:
    """A text as SQL, whatever is in it; a NUL has no place in SQL's text and is joined in."""
    parts = ["'" + part.replace("'", "''") + "'" for part in text.split("\0")]
    return parts[0] if len(parts) == 1 else f"({' || chr(0) || '.join(parts)})"


def name(word: str) -> str:
    """An identifier as SQL."""
    return '"' + word.replace('"', '""') + '"'


def folded(text: str) -> str:
    """A text in SQL as it is compared where case does not count: folded by the same function as what it meets."""
    return literal(text.lower()) if text.isascii() else f"lower({literal(text)})"


def texts(words: list[str]) -> str:
    """A list of texts, for `in (…)`."""
    return ", ".join(literal(word) for word in words)
