"""AWS to test against: moto's server over HTTP, and answers that are given by hand and held to botocore's shapes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from bastide.resources.model import Problem, Resource
from bastide.sources.aws.accounts import Scope
from bastide.sources.aws.answers import plain
from bastide.sources.aws.calls import Answer, LedgerRow, Request, Work
from bastide.sources.aws.client import Edge, open_session, paginators
from bastide.sources.aws.collect import Collection
from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.covering import Forms, uncovered_of
from bastide.sources.aws.engine import Engine, Wanted
from bastide.sources.aws.errors import outcome_of
from bastide.sources.aws.paging import paging_of
from bastide.sources.aws.rates import Bucket, Buckets
from bastide.sources.aws.runs import open_run

ACCOUNT = "123456789012"
REGION = "eu-west-1"


BUCKETS = """
- type: AWS::S3::Bucket
  service: s3
  scope: global
  list: {call: ListBuckets, items: Buckets}
  id: Name
  arn: 'arn:{partition}:s3:::{id}'
"""
"""The beginning of a collector, for tests that complete it."""


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """One server for all tests of a process."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of nobody, and no configuration of this machine."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    for name, value in (("ACCESS_KEY_ID", "testing"), ("SECRET_ACCESS_KEY", "testing"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def aws(moto_url: str, credentials: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """An empty account: `aws("s3")` is a client to fill it with."""
    from urllib.request import Request as Post
    from urllib.request import urlopen

    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    urlopen(Post(f"{moto_url}/moto-api/reset", method="POST")).close()
    session = Session()

    def client(service: str, region: str = REGION) -> Any:
        return session.create_client(service, region_name=region)

    return client


@dataclass
class Collected:
    """What a collection gave."""

    resources: list[Resource] = field(default_factory=list)
    ledger: list[LedgerRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    def of(self, resource_type: str) -> list[Resource]:
        """The resources of one type, by address."""
        return sorted((one for one in self.resources if one.type == resource_type), key=lambda one: one.address)

    def one(self, resource_type: str) -> Resource:
        """The only resource of a type."""
        (found,) = self.of(resource_type)
        return found

    def outcomes(self, operation: str) -> set[str]:
        """What became of an operation."""
        return {row.outcome for row in self.ledger if row.operation == operation}


def quick_edge() -> Edge:
    """An edge that waits for nothing."""
    return Edge(open_session(), Buckets(lambda _: Bucket(1e9)), pause=lambda _: None)


@pytest.fixture
def collect(aws: Callable[..., Any], tmp_path: Path) -> Callable[..., Collected]:
    """`collect("AWS::S3::Bucket")` reads these types of moto's account with the library's collectors."""

    def run(*types: str, regions: tuple[str, ...] = (REGION,), reads: dict[str, set[str]] | None = None) -> Collected:
        engine = Engine(Scope(regions=regions), Wanted(set(types), reads or {}), load_collectors(), edge=quick_edge())
        engine.find_accounts()
        kept = open_run(tmp_path / "runs", {}, resume=False)
        engine.run(kept, lambda *_: None)
        found = Collected()
        for live in engine.results(kept):
            found.resources += live.resources
            found.ledger += live.ledger
            found.problems += live.problems
        kept.release()
        return found

    return run


@pytest.fixture(scope="session")
def models() -> Session:
    """A session for botocore's models, which take long to load."""
    return Session()


@pytest.fixture
def answered(models: Session) -> Callable[..., Collected]:
    """Runs collectors on answers by hand, by operation: `answered("kms", {"ListKeys": {...}}, "AWS::KMS::Key")`.

    An answer is a dict, held to the shape that botocore knows; a text is an error's code, or `Code: message`; a list is
    one page after the other; a function is given the parameters and returns any of these. An operation that nobody
    answers is a mistake.
    """

    def run(group: str, answers: dict[str, Any], *types: str, region: str = REGION, entries: Any = None) -> Collected:
        library = entries or [entry for entry in load_collectors().entries if entry.group == group]
        uncovered = uncovered_of(
            [one for one in library if one.type in types], {}, Forms(models.get_service_model, library)
        )
        scope = "global" if any(one.scope == "global" and one.type in types for one in library) else region
        work = Work(ACCOUNT, scope, group, "aws", "us-east-1")
        collection = Collection(work, library, set(types), uncovered, {region})
        asked: dict[str, int] = {}
        asking = collection.run()
        try:
            requests = next(asking)
            while True:
                requests = asking.send([_answer(models, one, answers, asked) for one in requests])
        except StopIteration:
            rows = list(collection.ledger.rows.values())
            return Collected(collection.resources, rows, [], collection.unread)

    return run


def _answer(models: Session, request: Request, answers: dict[str, Any], asked: dict[str, int]) -> Answer:
    assert request.operation in answers, f"nobody answers {request}"
    found = answers[request.operation]
    if callable(found):
        found = found(request.parameters)
    if isinstance(found, list):
        number = asked[request.operation] = asked.get(request.operation, -1) + 1
        found = found[number]
    if isinstance(found, str):
        code, _, message = found.partition(": ")
        outcome = outcome_of(code, request.absent, request.not_offered, message)
        return Answer(outcome, code=code, message=message)
    operation = models.get_service_model(request.service).operation_model(request.operation)
    for shape, value in ((operation.input_shape, request.parameters), (operation.output_shape, found)):
        if shape is not None:
            report = ParamValidator().validate(value, shape)
            assert not report.has_errors(), report.generate_report()
    paging = paging_of(paginators(models.get_component("data_loader"), request.service), operation)
    return Answer("read", plain(found), next=paging.following(found) if paging else None)
