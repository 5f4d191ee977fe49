"""The page's parts about the lake: what is wanted, what was measured, and what is missed."""

import copy

import pytest
from harness.lake_page import lake_part, lake_targets


def runs(seconds, memory=300.0):
    weighed = [{"seconds": 1.0, "memory": memory, "largest": memory + 10}]
    return {"timed": [{"seconds": seconds, "cpu": 2 * seconds}], "weighed": weighed}


def size(events, ingest, detect, judged):
    rules = {"rules": 300, "events": events, "matches": 7, "load_s": 0.5, "load_cpu_s": 0.4}
    return {
        "events": events,
        "kilobytes": events // 8,
        "ingest": runs(ingest),
        "detect": runs(detect, 1000.0),
        "judged": [{**rules, "seconds": judged, "cpu_s": judged}],
    }


def peer(seconds, **facts):
    return {"events": 60_000, "rules": 90, "matches": 7, "failed": {}, **runs(seconds), **facts}


@pytest.fixture
def results():
    sizes = [size(100_000, 1.0, 0.6, 0.1), size(1_000_000, 6.0, 1.0, 0.5), size(2_000_000, 12.0, 2.0, 1.5)]
    peers = {
        "bastide": peer(2.0, rules=300),
        "zargunlite": peer(12.0, rules=167, not_compiled={"a": "no", "b": "no"}, failed={"c": "no such table"}),
        "pypanther": peer(50.0, left_out=["x"], failed={"y: KeyError": 3}),
    }
    watch = {"events": 1000, "before": 100_000, "seconds": [1.0, 1.4, 2.1]}
    return {"lake": {"sizes": sizes, "peers": peers, "refused": {}, "watch": watch}}


def row(rows, start):
    return next(line for line in rows if line[0].startswith(start))[2:]


def test_rates_are_those_of_the_largest_size(results):
    rows = lake_targets(results)
    assert row(rows, "Ingest of 2,000,000") == ["166,667 events/s", "met"]
    assert row(rows, "Detection in 2,000,000 events, rules loaded") == ["1,333,333 events/s", "**missed**"]
    assert row(rows, "Detection in 2,000,000 events, the whole") == ["1,000,000 events/s", "**missed**"]


def test_memory_is_the_most_of_all_sizes(results):
    results["lake"]["sizes"][0]["ingest"]["weighed"][0]["largest"] = 960.0
    assert row(lake_targets(results), "Ingest, peak memory, largest") == ["960 MiB", "**missed**"]
    assert row(lake_targets(results), "Ingest, peak memory, all") == ["300 MiB", "met"]


def test_linear_is_what_one_more_event_costs(results):
    rows = lake_targets(results)
    assert row(rows, "Ingest, one more") == ["1.08 times", "met"]
    assert row(rows, "Detection, rules loaded, one more") == ["2.25 times", "**missed**"]
    results["lake"]["sizes"] = results["lake"]["sizes"][:1]
    assert not [line for line in lake_targets(results) if "one more" in line[0]]


def test_peers_are_told_on_their_own_events_and_by_rate(results):
    rows = lake_targets(results)
    assert row(rows, "From files to matches, against zargunlite: the same") == ["6.0 times", "**missed**"]
    assert row(rows, "From files to matches, against zargunlite: bastide with") == ["28.6 times", "met"]
    assert row(rows, "From files to matches, against pypanther: the same") == ["25.0 times", "met"]


def test_the_slowest_file_counts_for_the_watch(results):
    assert row(lake_targets(results), "The watch") == ["1.40 s, at most 2.10 s", "**missed**"]


def test_the_part_says_which_rules_the_peers_had(results):
    text = lake_part(results)
    assert "167 of the 170 rules" in text
    assert "2 could not be compiled, 1 not be run" in text
    assert "1 were left out" in text
    assert "3 times a rule failed" in text


def test_who_could_not_be_measured_is_told_with_the_reason(results):
    found = copy.deepcopy(results)
    del found["lake"]["peers"]["pypanther"]
    found["lake"]["refused"] = {"pypanther": "No matching distribution"}
    found["lake"]["watch"] |= {"seconds": [], "reason": "no alert"}
    text, rows = lake_part(found), lake_targets(found)
    assert "pypanther could not be measured: No matching distribution" in text
    assert row(rows, "From files to matches, against pypanther") == ["not measured", ""]
    assert row(rows, "The watch") == ["not measured", ""]
    assert "none, for: no alert" in text


def test_what_was_not_measured_is_not_there():
    assert lake_part({}) == ""
    assert lake_targets({}) == []
