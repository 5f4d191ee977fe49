"""RE2 without a word of its own: what it refuses is told with the rule, not by its library on the terminal."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_FLAGS = ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"))


@cache
def hush() -> None:
    """Let pySigma try regular expressions silently, from now on in this process."""
    import re2
    from sigma.policy import default_policy
    from sigma.policy.regex_engine import RE2RegexEngine

    options = re2.Options()
    options.log_errors = False

    class Silent(RE2RegexEngine):
        """As pySigma's, which writes what is wrong to the terminal and into its error as bytes."""

        def compile(self, pattern: str, flags: int = 0) -> Any:
            """The pattern; `re2.error` for one that is none."""
            words = "".join(letter for flag, letter in _FLAGS if flags & flag)
            try:
                return re2.compile(f"(?{words})" * bool(words) + pattern, options)
            except re2.error as error:
                cause = error.args[0] if error.args else ""
                raise re2.error(cause.decode() if isinstance(cause, bytes) else str(cause)) from None

    default_policy.regex_engine = Silent()
