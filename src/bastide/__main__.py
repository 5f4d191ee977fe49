"""`bastide` and `python -m bastide`."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main() -> int:
    """Run the command line; errors that a person can act on are printed without a traceback."""
    from bastide.cli.parser import make_parser
    from bastide.errors import BastideError

    arguments = make_parser(sys.argv[1] if len(sys.argv) > 1 else "").parse_args()
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()  # here, where a reader that went away is no mistake
    except BastideError as error:
        _say(str(error))
        return error.exit_code
    except BrokenPipeError:
        # The reader went away (`| head`); what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt as stop:
        _say(f"stopped. {stop}" if str(stop) else "stopped")
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            _say(f"not everything could be written: {error.strerror}. Free some space, and run it again")
            return 3
        # A mistake of ours must not look like a result, nor bury a person in a traceback.
        if os.environ.get("BASTIDE_DEBUG"):
            raise
        _say(f"a mistake of bastide itself ({type(error).__name__}: {error}). BASTIDE_DEBUG=1 shows where")
        return 70
    return code


def program() -> None:
    """`main`, and out: giving back a million objects one by one takes longer than ending."""
    _open_streams()
    gc.disable()  # until the command is imported: nothing that importing makes is ever given back
    code = main()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _open_streams() -> None:
    """Standard streams that were closed (`>&-`) lead nowhere: a file that is opened next must not get their numbers."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w")
            setattr(sys, name, stream)


def _say(text: str) -> None:
    """On standard error, made visible: a message may hold the words of a stranger's file, or the file's name."""
    from bastide.redact import block

    print(f"bastide: {block(text)}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    program()
