"""What all commands of the loop take."""

from __future__ import annotations

from typing import Any


def loop_options(parser: Any) -> None:
    """The manifest and the state."""
    parser.add_argument("--config", metavar="FILE", help="the manifest (default: the nearest bastide.yaml)")
    text = "where decisions and history are kept, as postgresql://HOST/NAME (default: a file beside the manifest)"
    parser.add_argument("--state", metavar="URL", help=text)
