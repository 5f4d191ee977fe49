"""The limits that every source keeps, so that no input costs unbounded time or memory."""

MAX_FILE = 5 * 1024 * 1024
"""Bytes of one Terraform file, or of one file that a configuration reads."""

MAX_DOCUMENT = 100 * 1024 * 1024
"""Bytes of one plan or template that is opened at all; its own reader may set less."""

SNIFF = 64 * 1024
"""Bytes that are read of a file to find out what it is."""

MAX_FILES = 200_000
"""Files that one walk looks at."""

MAX_DEPTH = 60
"""Folders below a target, and blocks within blocks."""

MAX_NESTING = 100
"""Brackets within brackets in one expression."""

MAX_MODULE_DEPTH = 20
"""Modules within modules."""

MAX_INSTANCES = 1_000
"""Instances that `count` or `for_each` of one block may make."""

MAX_RESOURCES = 50_000
"""Resources of one unit."""

MAX_TEXT = 1024 * 1024
"""Characters of one evaluated string."""

RESOURCE_STEPS = 200_000
"""Steps of evaluation for one resource."""

UNIT_STEPS = 5_000_000
"""Steps of evaluation for one unit."""

UNIT_SECONDS = 60.0
"""Time that one unit may take in a worker."""

UNIT_BYTES = 3 * 1024**3
"""Address space of a worker."""
