"""The limits of the Dockerfile source: no file costs unbounded time or memory."""

MAX_BYTES = 1024 * 1024
"""Bytes of one Dockerfile."""

MAX_INSTRUCTIONS = 5_000
"""Instructions of one Dockerfile."""

MAX_STAGES = 200
"""Stages of one Dockerfile."""

MAX_TEXT = 64 * 1024
"""Characters of one instruction."""

MAX_VALUE = 8 * 1024
"""Characters that the variables of one instruction may fill in."""

MAX_HEREDOCS = 20
"""Here-documents of one instruction."""

MAX_IGNORE = 64 * 1024
"""Bytes of a list of ignored files."""

MAX_PROBLEMS = 50
"""Problems that are told of one Dockerfile."""
