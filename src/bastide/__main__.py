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
    except Exception as error:
        # A mistake of ours must not look like a result, nor bury a person in a traceback.
        if os.environ.get("BASTIDE_DEBUG"):
            raise
        where = f"{type(error).__name__}: {error}"
        print(f"bastide: a mistake of bastide itself ({where}). BASTIDE_DEBUG=1 shows where", file=sys.stderr)  # noqa: T201
        return 70
    except KeyboardInterrupt:
        print("bastide: stopped", file=sys.stderr)  # noqa: T201
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`); what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    sys.exit(main())
