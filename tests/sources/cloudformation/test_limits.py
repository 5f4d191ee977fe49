from __future__ import annotations

from bastide.sources.cloudformation import limits


def test_every_limit_leaves_room_for_what_cloudformation_allows() -> None:
    assert limits.MAX_BYTES >= 1024 * 1024
    assert limits.MAX_RESOURCES >= 500
    assert limits.MAX_STACKS >= limits.MAX_STACK_DEPTH > 2
    assert limits.MAX_NODES <= limits.MAX_STEPS


def test_recursion_stays_below_the_interpreter_s_limit() -> None:
    frames_per_level, python_limit, used_outside = 4, 1000, 300
    assert limits.MAX_DEPTH * frames_per_level + limits.MAX_CONDITION_DEPTH * 4 <= python_limit - used_outside + 100
