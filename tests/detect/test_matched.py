"""What is told of events that matched."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.detect.files import ROWS, Files
from bastide.detect.judge import session
from bastide.detect.matched import read_events
from bastide.detect.small import stored
from tests.detect.conftest import records

EVENT = {"eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "sourceIPAddress": "203.0.113.9"}
KEY = {"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": "arn:aws:kms:eu-west-1:111122223333:key/1"}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_wanted_events_of_all_files(tmp_path: Path, workers: int) -> None:
    files = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (one,) = stored(records(EVENT, {**EVENT, "eventName": f"Encrypt{number}", "resources": [KEY]}), folder)
        files.append(Files(one.table, (one.path,), number))
    wanted = f"select unnest([1, {1 << ROWS}, {(1 << ROWS) + 1}, 1])::bigint as event"
    with session() as connection:
        read_events(connection, files, wanted, tmp_path, workers)
        found = connection.execute("select event, operation, source, resources from events order by 1").fetchall()
    assert found == [
        (1, "Encrypt0", "203.0.113.9", [KEY["ARN"]]),
        (1 << ROWS, "Decrypt", "203.0.113.9", None),
        ((1 << ROWS) + 1, "Encrypt1", "203.0.113.9", [KEY["ARN"]]),
    ]
