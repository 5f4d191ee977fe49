"""Both databases, as URLs: each test has an empty one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.state.postgres import postgres


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """PostgreSQL, once a worker."""
    folder = tmp_path_factory.mktemp("postgresql")
    for parent in (folder, *folder.parents[:3]):
        if parent != Path("/tmp") and parent.owner() != "postgres":
            parent.chmod(parent.stat().st_mode | 0o011)
    with postgres(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    make: Callable[[], str] = request.getfixturevalue("database")
    return make()


@pytest.fixture
def database(server: str) -> Callable[[], str]:
    """Makes an empty database of the server."""

    def make() -> str:
        name = f"t{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        return server.rpartition("/")[0] + f"/{name}"

    return make
