"""A PostgreSQL server for the tests: on loopback, on a free port, in a folder of its own, stopped at the end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Its URL, of the database `postgres`. PostgreSQL refuses to run as root, so it runs as its own user then."""
    programs = _programs()
    user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
    data = folder / "data"
    data.mkdir()
    if user:
        shutil.chown(data, user)
    subprocess.run(
        [programs / "initdb", "-D", data, "-A", "trust", "-U", "bastide", "--no-sync", "-E", "UTF8"],
        check=True, capture_output=True, user=user, cwd="/",
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "fsync=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd="/",
    )  # fmt: skip
    url = f"postgresql://bastide@127.0.0.1:{port}/postgres"
    try:
        for _ in range(200):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
                break
            time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    where = shutil.which("initdb")
    assert where, "PostgreSQL is missing: `make test` installs it; elsewhere see CONTRIBUTING.md"
    return Path(where).parent
