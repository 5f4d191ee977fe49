"""The error classes of bastide: each names a place, a cause and, where there is one, a remedy."""

INCOMPLETE = 3
"""The exit code where something could not be read or used, and the rest was."""


class BastideError(Exception):
    """What a person can act on; the command line prints it without a traceback and exits with `exit_code`.

    `place` is `path`, `path:line` or `path:line:column`; `remedy` says what to do next.
    """

    exit_code = 2

    def __init__(self, cause: str, *, place: str = "", remedy: str = "") -> None:
        self.cause, self.place, self.remedy = cause, place, remedy
        super().__init__(self.text())

    def text(self) -> str:
        """`place: cause. remedy`, with the empty parts left out."""
        head = f"{self.place}: {self.cause}" if self.place else self.cause
        return f"{head}. {self.remedy[0].upper()}{self.remedy[1:]}" if self.remedy else head


class UsageError(BastideError):
    """Wrong use of a command, or a setting that cannot be."""


class SourceError(BastideError):
    """Input that could not be read as what it claims to be; the scan goes on and is incomplete."""

    exit_code = INCOMPLETE


class ControlError(BastideError):
    """A control that does not cohere: it does not compile, names what is not there, or breaks when run."""


def near_miss(word: str, known: list[str] | tuple[str, ...], cutoff: float = 0.6) -> str:
    """`did you mean `x`?` for the nearest known word, or an empty string."""
    import difflib  # only on the way to an error

    close = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
    return f"did you mean `{close[0]}`?" if close else ""
