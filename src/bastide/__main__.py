"""`bastide` and `python -m bastide`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line; errors that a person can act on are printed without a traceback."""
    from bastide.cli.parser import make_parser
    from bastide.errors import BastideError

    arguments = make_parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except BastideError as error:
        print(f"bastide: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        print("bastide: stopped", file=sys.stderr)  # noqa: T201
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`); what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    sys.exit(main())
