"""What tests of several areas start from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings

from tests.loop import Workload, make_workload
from tests.state.postgres import postgres

settings.register_profile("untimed", deadline=None)  # no test is about how long something takes
settings.load_profile("untimed")


@pytest.fixture
def workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workload:
    """A small workload in a folder of its own; it is scanned when it is opened."""
    return make_workload(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """PostgreSQL, once a worker."""
    folder = tmp_path_factory.mktemp("postgresql")
    for parent in (folder, *folder.parents[:3]):
        if parent != Path("/tmp") and parent.owner() != "postgres":
            parent.chmod(parent.stat().st_mode | 0o011)
    with postgres(folder) as url:
        yield url


@pytest.fixture
def database(server: str) -> Callable[[], str]:
    """Makes an empty database of the server."""

    def make() -> str:
        name = f"t{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        return server.rpartition("/")[0] + f"/{name}"

    return make
