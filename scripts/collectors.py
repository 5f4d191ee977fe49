"""Says what is wrong with the library's collectors, one line each; only lines with one of the given words, if any.

`python scripts/collectors.py kms AWS::S3::Bucket`; exits with 1 when there is something to say.
"""

from __future__ import annotations

import sys

from botocore.session import Session

from bastide.controls.library import load_library
from bastide.live import reads_of
from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.lint import lint


def main() -> int:
    """Print the mistakes."""
    words = sys.argv[1:]
    mistakes = lint(load_collectors(), reads_of(load_library().compiled), Session())
    told = [mistake for mistake in mistakes if not words or any(word in mistake for word in words)]
    for mistake in told:
        print(mistake)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
