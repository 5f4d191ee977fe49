"""Calls are spaced by bucket; a throttled bucket is slower for a while."""

from __future__ import annotations

from bastide.sources.aws.rates import BURST_SECONDS, LOWEST, Bucket, Buckets, rate_of


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def bucket(rate: float) -> tuple[Bucket, Clock]:
    clock = Clock()
    return Bucket(rate, clock.time, clock.sleep), clock


def test_a_burst_and_then_the_rate() -> None:
    one, clock = bucket(10)
    for _ in range(int(10 * BURST_SECONDS)):
        one.wait()
    assert clock.now == 100.0
    for _ in range(50):
        one.wait()
    assert round(clock.now - 100.0, 6) == 5.0


def test_throttling_halves_once_a_second_and_success_grows_back() -> None:
    one, clock = bucket(16)
    one.throttled()
    one.throttled()
    assert one.rate == 8
    clock.sleep(1.5)
    one.throttled()
    assert one.rate == 4
    for _ in range(10):
        clock.sleep(2)
        one.throttled()
    assert one.rate == LOWEST
    for _ in range(60):
        one.passed()
    assert one.rate == 16


def test_after_a_throttle_there_is_no_burst() -> None:
    one, clock = bucket(10)
    one.throttled()
    one.wait()
    one.wait()
    assert clock.now > 100.0


def test_buckets_are_by_account_region_and_family() -> None:
    buckets = Buckets()
    one = buckets.of("1", "eu-west-1", "kms", "ListAliases")
    assert buckets.of("1", "eu-west-1", "kms", "ListGrants") is one
    assert buckets.of("1", "eu-west-1", "kms", "DescribeKey") is not one
    assert buckets.of("2", "eu-west-1", "kms", "ListAliases") is not one
    assert buckets.of("1", "eu-west-2", "kms", "ListAliases") is not one


def test_every_rate_is_a_positive_number() -> None:
    assert rate_of("kms", "DescribeKey")[0] == "kms:DescribeKey"
    assert rate_of("no-such-service", "X") == ("no-such-service", rate_of("another", "Y")[1])
    from bastide.sources.aws.rates import _limits

    for name, own in _limits().items():
        for rate in own.values() if name != "default" else [own]:
            assert rate > 0
