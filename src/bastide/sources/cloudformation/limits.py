"""The limits of the CloudFormation source: no template costs unbounded time or memory."""

MAX_BYTES = 10 * 1024 * 1024
"""Bytes of one template. CloudFormation itself takes 1 MB."""

MAX_NODES = 1_000_000
"""Values of one document, those that aliases stand for included."""

MAX_DEPTH = 100
"""Values within values, those that aliases stand for included."""

MAX_STEPS = 2_000_000
"""Values that the evaluation of one template may visit or make."""

MAX_CHARACTERS = 64 * 1024 * 1024
"""Characters that the functions of one template may produce."""

MAX_DUPLICATES = 20
"""Keys written twice that are told one by one."""

MAX_RESOURCES = 10_000
"""Resources of one template, loops unrolled. CloudFormation itself takes 500."""

MAX_CONDITION_DEPTH = 40
"""Conditions that name conditions that name conditions."""

MAX_UNDECIDED = 3
"""Undecided conditions of one resource that are tried both ways; with more, their values are unresolved."""

MAX_COMBINATIONS = 64
"""Combinations of parameter values that are tried to find which conditions go together."""

MAX_ALLOWED_VALUES = 8
"""Allowed values of a parameter that are tried; with more, its conditions are free."""

MAX_STACK_DEPTH = 8
"""Stacks within stacks."""

MAX_STACKS = 200
"""Nested stacks below one template."""

MAX_ASSEMBLY_DEPTH = 8
"""Cloud assemblies within cloud assemblies."""
