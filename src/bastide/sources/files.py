"""Reading of files that nobody vouches for."""

from __future__ import annotations

import os
import stat


def head(path: str, size: int) -> bytes:
    """At most `size` bytes from the beginning of a regular file.

    An `OSError` with its reason for anything else, pipes and devices included; never waits for a writer.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a regular file")
        wanted = min(size, status.st_size)
        data = os.read(descriptor, wanted)
        while len(data) < wanted and (part := os.read(descriptor, wanted - len(data))):
            data += part
        return data
    finally:
        os.close(descriptor)
