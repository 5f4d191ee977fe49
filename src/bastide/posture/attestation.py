"""A gate's word as a signed file: an in-toto statement in a DSSE envelope, signed by an Ed25519 key of one's own.

The statement (https://in-toto.io/Statement/v1) is about a git commit, and names the verdicts, the standard and the log
of decisions that the word rests on, each by its digest. Nothing is sent anywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bastide import __version__
from bastide.errors import UsageError
from bastide.workload.place import data_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.signer import CryptoSigner, SSlibKey

    from bastide.posture.answers import Answer, Word
    from bastide.posture.standard import Standard

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:bastide:gate:1"
PAYLOAD = "application/vnd.in-toto+json"
MAX_BYTES = 16 * 1024 * 1024


class _Envelope(Struct):
    payload: str
    payloadType: str  # noqa: N815 (as DSSE writes it)
    signatures: list[dict[str, str]]


def statement(
    *,
    workload: str,
    commit: str,
    dirty: bool | None,
    stage: str,
    environment: str,
    word: Word,
    answers: Sequence[Answer],
    standard: Standard,
    scan: dict[str, Any],
    head: str,
    entries: int,
    at: str,
) -> dict[str, Any]:
    """The statement. `scan` has `id`, `at`, `digest` (of its verdicts) and `commit`; `head` is the log's last hash."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": workload, "digest": {"gitCommit": commit}}],
        "predicateType": PREDICATE,
        "predicate": {
            "verdict": word,
            "at": at,
            "workload": workload,
            "environment": environment or None,
            "stage": stage or None,
            "dirty": dirty,
            "standard": {"id": standard.id, "digest": {"sha256": digest_of(standard)}},
            "scan": {"id": scan["id"], "at": scan["at"], "commit": scan["commit"] or None},
            "verdicts": {"digest": {"sha256": scan["digest"]}},
            "journal": {"entries": entries, "digest": {"sha256": head}},
            "criteria": [
                {"id": one.criterion.id, "stage": one.criterion.stage, "answer": one.word, "reasons": one.reasons}
                for one in answers
            ],
            "bastide": __version__,
        },
    }


def digest_of(standard: Standard) -> str:
    """SHA-256 over what a standard asks, wherever its file lies."""
    plain = msgspec.to_builtins(standard)
    for criterion in plain["criteria"]:
        criterion.pop("place")
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def signed(content: dict[str, Any], key_file: str = "") -> str:
    """The envelope as JSON, signed by the key of a file, or by the project's own, which is made if need be."""
    envelope = _library().Envelope(json.dumps(content, sort_keys=True, ensure_ascii=False).encode(), PAYLOAD, {})
    envelope.sign(_signer(Path(key_file) if key_file else own_key()))
    return json.dumps(envelope.to_dict(), indent=2) + "\n"


def opened(text: str, keys: Sequence[SSlibKey], place: str = "") -> dict[str, Any]:
    """The statement of an envelope that one of the keys has signed; `UsageError` for anything else.

    Nothing of it is looked at before the signature holds.
    """
    dsse = _library()
    from securesystemslib.exceptions import Error, VerificationError

    try:
        plain = msgspec.json.decode(text, type=_Envelope)
        envelope = dsse.Envelope.from_dict(msgspec.to_builtins(plain))
    except (Error, KeyError, TypeError, ValueError, RecursionError):
        raise UsageError("this is no attestation: no DSSE envelope", place=place) from None
    try:
        envelope.verify(list(keys), 1)
    except VerificationError:
        named = ", ".join(key.keyid[:16] for key in keys)
        raise UsageError(
            f"it is not signed by the key {named}",
            place=place,
            remedy="name the public key of who signed it with --public-key; without that it proves nothing",
        ) from None
    if envelope.payload_type != PAYLOAD:
        raise UsageError("it is signed, but is no in-toto statement", place=place)
    content = json.loads(envelope.payload)
    if content.get("_type") != STATEMENT or content.get("predicateType") != PREDICATE:
        raise UsageError("it is signed, but is no statement of a gate", place=place)
    return dict(content)


def own_key() -> Path:
    """The file of the project's own key; made when it is not there, for its owner only."""
    file = data_folder(make=True) / "attestation-key.pem"
    if not file.exists():
        _library()
        from securesystemslib.signer import CryptoSigner

        _make(file, CryptoSigner.generate_ed25519().private_bytes)
    return file


def _make(file: Path, content: bytes) -> None:
    """A whole file that only its owner reads, unless another process was first: then that one's stays."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(part, file)
    except FileExistsError:
        pass
    except OSError as error:
        raise UsageError(f"the key cannot be kept: {error.strerror}", place=str(file)) from None
    finally:
        part.unlink(missing_ok=True)


def public_pem(key_file: str = "") -> str:
    """The public half of a key, for those who verify."""
    key = _private(Path(key_file) if key_file else own_key())
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_keys(file: str = "") -> list[SSlibKey]:
    """The key of a PEM file, else the project's own; `UsageError` when there is none."""
    if not file:
        mine = data_folder() / "attestation-key.pem"
        if not mine.exists():
            raise UsageError("there is no key of this project", remedy="name that of who signed with --public-key")
        return [_signer(mine).public_key]
    _library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    try:
        found = load_pem_public_key(_read(file))
    except (ValueError, TypeError):
        raise UsageError("this is no public key in PEM", place=file) from None
    if not isinstance(found, Ed25519PublicKey):
        raise UsageError("this is no Ed25519 key", place=file)
    return [SSlibKey.from_crypto(found)]


def _signer(file: Path) -> CryptoSigner:
    key = _private(file)
    from securesystemslib.signer import CryptoSigner

    return CryptoSigner(key)


def _private(file: Path) -> Ed25519PrivateKey:
    _library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_read(str(file)), None)
    except (ValueError, TypeError):
        raise UsageError("this is no private key in PEM without a password", place=str(file)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            "this is no Ed25519 key", place=str(file), remedy="`openssl genpkey -algorithm ed25519` makes one"
        )
    return key


def _read(file: str) -> bytes:
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES)
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror}", place=file) from None


def read_text(file: str) -> str:
    """The text of a file, up to `MAX_BYTES`."""
    try:
        return _read(file).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("this is no attestation: no text", place=file) from None


def _library() -> Any:
    try:
        from securesystemslib import dsse
    except ModuleNotFoundError:
        raise UsageError(
            "attestations need securesystemslib", remedy="install it with `pip install 'bastide[loop]'`"
        ) from None
    return dsse
