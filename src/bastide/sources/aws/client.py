"""The thin edge: one call made with botocore, politely, until it is answered or has failed for good.

Clients are made once for each service and region, whatever the account: credentials are those of the thread that
calls. botocore's own retries are off, so that every call is counted, spaced and journaled here.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from bastide.errors import UsageError
from bastide.redact import clean
from bastide.sources.aws.answers import plain
from bastide.sources.aws.calls import Answer, Request
from bastide.sources.aws.errors import is_expired, is_throttle, is_worth_another, outcome_of
from bastide.sources.aws.paging import Paging, paging_of
from bastide.sources.aws.rates import Bucket, Buckets
from bastide.sources.aws.stopping import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPTS = 6
PAUSE = 0.2
LONGEST_PAUSE = 20.0
CONNECT_SECONDS = 10
READ_SECONDS = 60
CONNECTIONS = 64
_READS = ("AssumeRole", "BatchGet", "Check", "Describe", "GenerateCredentialReport", "Get", "List")
_MALFORMED = ("ResponseParserError", "JSONDecodeError", "ParseError")


class Stopped(Exception):  # noqa: N818 (it is no error: somebody asked for it)
    """The scan was told to stop."""


class _Current(threading.local):
    credentials: Any = None
    used: Any = None
    body: Any = b""


def _provider(current: _Current) -> Any:
    """A provider of credentials that are those of the account on which the calling thread works."""
    from botocore.credentials import Credentials

    class OfThread(Credentials):  # type: ignore[misc]  # botocore has no types
        def get_frozen_credentials(self) -> Any:
            """As botocore asks for them, for each call anew: they are renewed in mid-scan."""
            found = current.credentials
            current.used = found.get_frozen_credentials() if found is not None else None
            return current.used

    class Provider:
        @staticmethod
        def load_credentials() -> Any:
            return OfThread("of", "thread")

    return Provider


class Edge:
    """Makes calls. `stop` ends every wait; `pause` is how retries wait, in seconds.

    What does not read is refused before anything is sent, except for the `writes` (`service:Operation`) that whoever
    makes the edge names; a scan names none.
    """

    def __init__(
        self,
        session: Any,
        buckets: Buckets | None = None,
        pause: Callable[[float], Any] | None = None,
        writes: frozenset[str] = frozenset(),
    ) -> None:
        from botocore.session import Session

        from bastide.sources.aws.models import LeanLoader

        self.stop = Stop()
        self._writes = writes
        self._buckets = buckets or Buckets(lambda rate: Bucket(rate, sleep=self.stop.wait))
        self._pause = pause or self.stop.wait
        self._random = random.SystemRandom()
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._paging: dict[tuple[str, str], Paging | None] = {}
        self._current = _Current()
        self._session = Session(profile=session.profile)
        self._loader = session.get_component("data_loader")
        names = {name.partition(":")[2] for name in writes}
        self._loader.file_loader = LeanLoader(lambda name: name in names or is_read(name), "" if names else "aws-reads")
        self._session.register_component("data_loader", self._loader)
        self._session.register_component("credential_provider", _provider(self._current))

    def model(self, service: str) -> Any:
        """botocore's model of a service."""
        from botocore.model import ServiceModel

        return ServiceModel(self._loader.load_service_model(service, "service-2"), service_name=service)

    def regions_of(self, service: str, partition: str) -> set[str]:
        """The regions in which botocore knows the service; empty when it cannot tell."""
        found = self._session.get_available_regions(service, partition_name=partition)
        return set(found)

    def call(self, credentials: Any, account: str, request: Request) -> Answer:
        """The answer to a request; the outcome says what became of it. Raises `Stopped` only."""
        return self.raw(credentials, account, request)[1]

    def raw(self, credentials: Any, account: str, request: Request) -> tuple[Any, Answer]:
        """As `call`, with what botocore gave: for credentials, which no `Answer` may have."""
        if not is_read(request.operation) and f"{request.service}:{request.operation}" not in self._writes:
            message = f"{request.service}:{request.operation} does not only read"
            return None, Answer("failed", code="NotARead", message=message, attempts=0)
        started = time.monotonic()
        bucket = self._buckets.of(account, request.region, request.service, request.operation)
        for attempt in range(1, ATTEMPTS + 1):
            bucket.wait()
            if self.stop.is_set():
                raise Stopped
            response, answer = self._once(credentials, request)
            answer.attempts, answer.seconds = attempt, time.monotonic() - started
            if is_expired(answer.code) and (renew := getattr(credentials, "renew", None)):
                renew(self._current.used)
            if is_throttle(answer.code):
                bucket.throttled()
            elif answer.outcome != "failed":
                bucket.passed()
            if answer.outcome != "failed" or not is_worth_another(answer.code) or attempt == ATTEMPTS:
                return response, answer
            self._pause(self._random.uniform(0, min(LONGEST_PAUSE, PAUSE * 2**attempt)))
        raise AssertionError  # the last attempt returns

    def _once(self, credentials: Any, request: Request) -> tuple[Any, Answer]:
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        self._current.credentials, self._current.body = credentials, None
        try:
            client = self._client(request.service, request.region)
            response = getattr(client, xform_name(request.operation))(**request.parameters)
            if not is_whole(self._current.body, response):
                return None, Answer("failed", code="ServiceUnavailable", message="the answer was cut off or is no JSON")
            paging = self._paging_of(request.service, request.operation)
            return response, Answer("read", plain(response), next=paging.following(response) if paging else None)
        except ClientError as error:
            return None, _refused(error.response, request)
        except BotoCoreError as error:
            return None, _broken(error)
        except Exception as error:  # noqa: BLE001 (what a hostile answer breaks in the parsers below is one failed call)
            return None, _broken(error)

    def close(self) -> None:
        """Forget clients and models; a call would make them again."""
        with self._lock:
            self._clients.clear()
            self._paging.clear()
            getattr(self._loader, "_cache", {}).clear()  # botocore keeps all that it has loaded, for good

    def _client(self, service: str, region: str) -> Any:
        from botocore.config import Config

        with self._lock:
            client = self._clients.get((service, region))
            if client is None:
                config = Config(
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    max_pool_connections=CONNECTIONS,
                    user_agent_extra="bastide",
                    account_id_endpoint_mode="disabled",
                )
                client = self._session.create_client(service, region_name=region, config=config)
                client.meta.events.register("before-parse", self._keep_body)
                if _is_emulator(client.meta.endpoint_url):
                    client.meta.events.register_first("before-sign", _without_account)
                self._clients[service, region] = client
        return client

    def _keep_body(self, response_dict: dict[str, Any] | None = None, operation_model: Any = None, **_: Any) -> None:
        """The body of an answer that must be JSON, whatever it says of itself: a proxy's page says it is HTML."""
        speaks_json = operation_model is not None and "json" in operation_model.service_model.resolved_protocol
        self._current.body = (response_dict or {}).get("body") if speaks_json else None

    def _paging_of(self, service: str, operation: str) -> Paging | None:
        key = (service, operation)
        if key not in self._paging:
            model = self.model(service).operation_model(operation)
            self._paging[key] = paging_of(paginators(self._loader, service), model)
        return self._paging[key]


def is_read(operation: str) -> bool:
    """Whether an operation changes nothing, by its verb."""
    return operation.startswith(_READS)


def is_whole(body: Any, response: dict[str, Any]) -> bool:
    """Whether an answer without members is what AWS said: of JSON that it cannot read botocore makes nothing at all."""
    if not isinstance(body, (bytes, str)) or any(name != "ResponseMetadata" for name in response):
        return True
    try:
        return isinstance(json.loads(body or "{}"), dict)
    except (ValueError, RecursionError):
        return False


def _is_emulator(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return "." not in host or ":" in host or host.replace(".", "").isdigit() or host.endswith((".localhost", ".local"))


def _without_account(request: Any, **_: Any) -> None:
    """An emulator has one name; AWS has one for each account, which nobody resolves there."""
    parts = urlsplit(request.url)
    head, _, rest = parts.netloc.partition(".")
    if len(head) == 12 and head.isdigit():
        request.url = urlunsplit(parts._replace(netloc=rest))


def paginators(loader: Any, service: str) -> dict[str, Any]:
    """botocore's paginators of a service by operation; empty for a service without."""
    from botocore.exceptions import UnknownServiceError

    try:
        found: dict[str, Any] = loader.load_service_model(service, "paginators-1")["pagination"]
    except UnknownServiceError:
        return {}
    return found


def open_session(profile: str = "") -> Any:
    """botocore's session with the credentials that it finds by itself; `UsageError` for a missing extra or profile."""
    try:
        from botocore.exceptions import ProfileNotFound
        from botocore.session import Session
    except ImportError:
        raise UsageError("live accounts need boto3", remedy="install it with `pip install 'bastide[aws]'`") from None
    session = Session(profile=profile or os.environ.get("AWS_PROFILE") or None)
    try:
        session.get_scoped_config()
    except ProfileNotFound as error:
        raise UsageError(str(error), remedy="`--profile` names a section of AWS's configuration files") from None
    return session


def _refused(response: dict[str, Any], request: Request) -> Answer:
    error = response.get("Error") or {}
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode", "")
    code = clean(str(error.get("Code") or status), 100)
    message = clean(_plain(str(error.get("Message") or "")), 200)
    if status in (500, 502, 503, 504) and not is_worth_another(code):
        code = str(status)
    return Answer(outcome_of(code, request.absent, request.not_offered, message), code=code, message=message)


_AGAIN = ("ConnectTimeout", "ReadTimeout", "ConnectionClosed", "EndpointConnection", "HTTPClient", "ConnectionError",
          "IncompleteRead", "ResponseStreaming", "ProxyConnection", *_MALFORMED)  # fmt: skip


def _broken(error: Exception) -> Answer:
    """No answer, or none that can be read: worth another try when the connection or the body is at fault."""
    name, text = type(error).__name__, _plain(str(error))
    if name.startswith(_MALFORMED):
        return Answer("failed", code="ServiceUnavailable", message="the answer cannot be read")
    if name.startswith(_AGAIN):
        return Answer("failed", code="ServiceUnavailable", message=f"{name}: {clean(text, 160)}")
    return Answer("failed", code=name, message=clean(text, 200))


def _plain(text: str) -> str:
    """The text without what a proxy or a server that is no API says in HTML."""
    return text if "<html" not in text.lower() and "<!doctype" not in text.lower() else ""
