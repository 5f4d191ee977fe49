"""The functions of the Terraform language; importing this declares them all."""

from bastide.sources.terraform.functions import (
    collections,
    encoding,
    files,
    network,
    numbers,
    text,
    types,
)
from bastide.sources.terraform.functions.registry import FUNCTIONS, Context, call

__all__ = [
    "FUNCTIONS",
    "Context",
    "call",
    "collections",
    "encoding",
    "files",
    "network",
    "numbers",
    "text",
    "types",
]
