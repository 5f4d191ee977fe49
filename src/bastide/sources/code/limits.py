"""The limits of a search through code: no folder costs unbounded time or memory."""

MAX_FILE = 512 * 1024
"""Bytes of one file; what is larger is data or was made by a program."""

MAX_FILES = 2_000
"""Files that are searched for one unit."""

MAX_BYTES = 32 * 1024 * 1024
"""Bytes that are searched for one unit."""

MAX_ENTRIES = 20_000
"""Entries of folders that are looked at for one unit."""

MAX_DEPTH = 20
"""Folders within folders."""

MAX_LINE = 2_000
"""Characters of a line that are searched; longer lines were made by a program."""

MAX_FOUND = 100
"""Secrets that are told of one folder."""
