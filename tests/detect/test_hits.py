"""Where values of what matched stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.hits import PLAIN, Value, is_list, places, row
from bastide.detect.judge import session
from tests.fuzzing import fuzz

VALUES = st.lists(st.booleans(), max_size=9).map(
    lambda many: [Value(f"v{at}", several) for at, several in enumerate(many)]
)


def test_one_value_has_a_column_and_several_are_a_list() -> None:
    assert places([Value("a"), Value("b", many=True), Value("c")]) == ["f0", "lists[1]", "f1"]


def test_what_has_no_column_left_is_a_list() -> None:
    found = places([Value(f"v{at}") for at in range(PLAIN + 2)])
    assert [place for place in found if is_list(place)] == ["lists[1]", "lists[2]"]


@fuzz(30)
@given(values=VALUES)
def test_every_value_is_read_where_it_was_put(values: list[Value]) -> None:
    given_values = [f"['{value.name}', 'x']" if value.many else f"'{value.name}'" for value in values]
    with session() as connection:
        connection.execute(f"insert into hits select 1, 2, 3, true, {row(values, given_values)}")
        for value, place in zip(values, places(values), strict=True):
            (found,) = connection.execute(f"select {place} from hits").fetchone() or ()
            assert found == ([value.name, "x"] if value.many else [value.name] if is_list(place) else value.name)


def test_a_list_that_is_null_is_empty() -> None:
    with session() as connection:
        connection.execute(f"insert into hits select 1, 2, 3, true, {row([Value('a', many=True)], ['null'])}")
        assert connection.execute("select lists from hits").fetchall() == [([[]],)]
