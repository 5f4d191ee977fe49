from __future__ import annotations

from bastide.sources.cloudformation.nodes import (
    Call,
    Map,
    Seq,
    as_map,
    call_or_map,
    cut,
    last_of_each,
    locate,
    make_map,
)


def test_a_map_knows_the_line_of_each_key() -> None:
    made = make_map(["A", "B"], [1, 2], [3, 7], 9)
    assert list(made.items_with_lines()) == [("A", 1, 3), ("B", 2, 7)]
    assert (made.line_of("B"), made.line_of("C", 5)) == (7, 5)


def test_the_last_of_duplicate_keys_counts_and_the_others_are_told() -> None:
    keys, values, lines, duplicates = last_of_each(["A", "B", "A"], [1, 2, 3], [1, 2, 3])
    assert (keys, values, lines) == (["B", "A"], [2, 3], [2, 3])
    assert duplicates == [("A", 3, 1)]


def test_an_object_with_one_function_key_is_a_call_and_turns_back_where_only_names_can_stand() -> None:
    call = call_or_map(make_map(["Fn::Sub"], ["x"], [4], 4))
    assert (type(call), call.name, call.argument, call.line) == (Call, "Fn::Sub", "x", 4)
    assert as_map(call) == {"Fn::Sub": "x"}
    assert type(call_or_map(make_map(["Substance"], ["x"], [4], 4))) is Map
    assert as_map("text") == {}


def test_plain_objects_become_nodes_on_a_line_and_nodes_keep_theirs() -> None:
    inner = make_map(["K"], ["v"], [2], 2)
    made = locate({"A": [{"Ref": "X"}, inner]}, 8)
    assert (type(made), made.lines) == (Map, [8])
    items = made["A"]
    assert (type(items), items.lines, items[0].name, items[0].line) == (Seq, [8, 8], "Ref", 8)
    assert items[1].lines == [2]


def test_long_names_are_cut() -> None:
    assert cut("short") == "short"
    assert (len(cut("x" * 500)), cut("x" * 500)[-1]) == (120, "…")
