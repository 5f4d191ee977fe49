"""CloudFormation: templates in YAML and JSON, SAM, nested stacks and what CDK writes.

`load` and `load_cdk` are imported when they are first used: asking whether a file is a template costs no parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.sources.cloudformation.detect import HEAD, looks_like_template

if TYPE_CHECKING:
    from bastide.sources.cloudformation.cdk import load_cdk
    from bastide.sources.cloudformation.stacks import load

__all__ = ["HEAD", "load", "load_cdk", "looks_like_template"]


def __getattr__(name: str) -> Any:
    if name == "load":
        from bastide.sources.cloudformation.stacks import load

        return load
    if name == "load_cdk":
        from bastide.sources.cloudformation.cdk import load_cdk

        return load_cdk
    raise AttributeError(name)
