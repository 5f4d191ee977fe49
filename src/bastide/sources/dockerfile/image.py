"""Names of images: their parts, and what is known of the user that they run as."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from bastide.resources.model import ABSENT, Unresolved
from bastide.sources.dockerfile.words import HOLE, Value

HUB = "docker.io"
"""The registry that is meant when none is named."""


class Image(NamedTuple):
    """An image by the parts of its name; `tag` and `digest` are empty when they are not written."""

    registry: Value
    repository: Value
    tag: Value
    digest: Value

    def tree(self) -> dict[str, Any]:
        """The parts as properties; what is not written is absent."""
        names = ("Registry", "Repository", "Tag", "Digest")
        return {name: ABSENT if part == "" else part for name, part in zip(names, self, strict=True)}


def image_of(word: str, unknown: Unresolved) -> Image:
    """The parts of a name in which `HOLE` stands for what is not known.

    A hole may stand for more than one part: with `node:$TAG` it is not known whether there is a digest.
    """
    rest, at, digest = word.partition("@")
    base, slash, last = rest.rpartition("/")
    name, colon, tag = last.partition(":")
    path = f"{base}{slash}{name}"
    open_end = unknown if HOLE in (rest if not colon else tag) else ""
    first, _, others = path.partition("/")
    has_registry = bool(others) and ("." in first or ":" in first or first == "localhost")
    registry, repository = (first, others) if has_registry else (HUB, path)
    if registry in (HUB, "index.docker.io"):
        registry, repository = HUB, repository.removeprefix("library/")
    if HOLE in path:
        known = has_registry and HOLE not in registry
        return Image(registry if known else unknown, unknown, tag_of(tag, unknown) or open_end, digest or open_end)
    shown_digest: Value = unknown if HOLE in digest else digest if at else open_end
    return Image(registry, repository, tag_of(tag, unknown), shown_digest)


def tag_of(tag: str, unknown: Unresolved) -> Value:
    """The tag, or that it is not known."""
    return unknown if HOLE in tag else tag


_ROOT = frozenset({
    "adoptopenjdk", "almalinux", "alpine", "amazoncorretto", "amazonlinux", "archlinux", "bash", "buildpack-deps",
    "busybox", "caddy", "centos", "clojure", "composer", "dart", "debian", "docker", "drupal", "eclipse-temurin",
    "elixir", "erlang", "fedora", "gcc", "golang", "gradle", "haskell", "httpd", "ibmjava", "julia", "mariadb", "maven",
    "mongo", "mysql", "nginx", "node", "openjdk", "oraclelinux", "perl", "photon", "php", "postgres", "pypy", "python",
    "r-base", "rabbitmq", "redis", "registry", "rockylinux", "ruby", "rust", "sapmachine", "scratch", "swift", "tomcat",
    "traefik", "ubuntu", "wordpress",
})  # fmt: skip
"""Official images whose processes begin as root when nobody says otherwise."""
_PUBLIC = re.compile(r"(?:docker/library|amazonlinux|ubuntu|debian|amazoncorretto)(?:/(.+))?")
_DISTROLESS = re.compile(r"distroless/.+")


def user_of(image: Image) -> Any:
    """The user that an image runs as by itself: `ABSENT` for root by default, unresolved for what nobody here knows."""
    registry, repository, tag, _ = image
    if isinstance(repository, Unresolved) or isinstance(registry, Unresolved):
        return Unresolved("", "the user of the base image, which is not known")
    if registry == HUB and repository in _ROOT:
        return ABSENT
    match = _PUBLIC.fullmatch(repository) if registry == "public.ecr.aws" else None
    if match and (match[1] or repository).rpartition("/")[2] in _ROOT:
        return ABSENT
    if registry == "gcr.io" and _DISTROLESS.fullmatch(repository) and isinstance(tag, str):
        return "nonroot" if "nonroot" in tag else ABSENT
    return Unresolved("", f"the user of the base image {repository[:200]}")
