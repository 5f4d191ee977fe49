"""Attestations: signed, whole, and by the right key, or nothing."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.posture.attestation import (
    PAYLOAD,
    PREDICATE,
    STATEMENT,
    digest_of,
    opened,
    own_key,
    public_keys,
    public_pem,
    signed,
)
from bastide.posture.standard import load_standard

CONTENT = {"_type": STATEMENT, "predicateType": PREDICATE, "subject": [], "predicate": {"verdict": "yes", "é": 1}}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without a manifest, with state of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def pem(file: Path, key: Ed25519PrivateKey | None = None) -> str:
    key = key or Ed25519PrivateKey.generate()
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(file)


def test_the_projects_key_is_made_once_for_its_owner_only() -> None:
    text = signed(CONTENT)
    assert own_key().stat().st_mode & 0o777 == 0o600
    assert opened(text, public_keys()) == CONTENT
    assert json.loads(text)["payloadType"] == PAYLOAD
    assert opened(signed(CONTENT), public_keys()) == CONTENT  # the same key again


def test_another_verifies_with_the_public_key(project: Path) -> None:
    private = pem(project / "key.pem")
    (project / "public.pem").write_text(public_pem(private))
    text = signed(CONTENT, private)
    assert opened(text, public_keys("public.pem")) == CONTENT
    signed(CONTENT)
    with pytest.raises(UsageError, match="not signed by the key"):
        opened(text, public_keys())


def test_openssl_agrees(project: Path) -> None:
    """The signature is over DSSE's pre-authentication encoding, as its specification writes it."""
    private = pem(project / "key.pem")
    (project / "public.pem").write_text(public_pem(private))
    envelope = json.loads(signed(CONTENT, private))
    payload = base64.b64decode(envelope["payload"])
    (project / "pae").write_bytes(f"DSSEv1 {len(PAYLOAD)} {PAYLOAD} {len(payload)} ".encode() + payload)
    (project / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    command = "openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in pae -sigfile sig"
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout, done


@pytest.mark.parametrize("part", ["payload", "payloadType", "sig", "keyid"])
def test_a_changed_letter_breaks_it(part: str) -> None:
    envelope = json.loads(signed(CONTENT))
    holder = envelope if part in envelope else envelope["signatures"][0]
    text = holder[part]
    holder[part] = ("B" if text[0] == "A" else "A") + text[1:]
    with pytest.raises(UsageError):
        opened(json.dumps(envelope), public_keys())


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 100_000, '{"payload": 1, "payloadType": "x", "signatures": []}',
     '{"payload": "", "payloadType": "x", "signatures": []}', '{"payload": "", "payloadType": 3, "signatures": []}',
     '{"payload": "", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "zz"}]}',
     '{"payload": "", "payloadType": "x", "signatures": [{"keyid": 1, "sig": "zzzz"}]}'],
)  # fmt: skip
def test_what_is_no_attestation(text: str) -> None:
    signed(CONTENT)
    with pytest.raises(UsageError):
        opened(text, public_keys())


@settings(max_examples=60)
@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_nothing_else_opens(value: object) -> None:
    key = Ed25519PrivateKey.generate()
    from securesystemslib.signer import CryptoSigner

    with pytest.raises(UsageError):
        opened(json.dumps({"payload": value, "payloadType": PAYLOAD, "signatures": value}),
               [CryptoSigner(key).public_key])  # fmt: skip


def test_signed_but_something_else() -> None:
    text = signed({"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1"})
    with pytest.raises(UsageError, match="no statement of a gate"):
        opened(text, public_keys())


def test_keys_that_are_none(project: Path) -> None:
    (project / "bad.pem").write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    subprocess.run(["openssl", *["ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", "ec.pem"]], check=True)
    subprocess.run(["openssl", "ec", "-in", "ec.pem", "-pubout", "-out", "ec.pub"], check=True, capture_output=True)
    for words in (lambda: public_keys("bad.pem"), lambda: public_keys("ec.pub"), lambda: public_keys("none.pem"),
                  lambda: signed(CONTENT, "ec.pem"), lambda: signed(CONTENT, "bad.pem"), public_keys):  # fmt: skip
        with pytest.raises(UsageError):
            words()


def test_the_digest_is_about_what_is_asked(tmp_path: Path) -> None:
    text = "id: x\ntitle: X\nextends: baseline\n"
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text(f"# elsewhere\n{text}")
    (tmp_path / "c.yaml").write_text(text + "off:\n  - {criterion: build.no-open-high, because: of that}\n")
    first, second, third = (digest_of(load_standard(str(tmp_path / f"{name}.yaml"))) for name in "abc")
    assert first == second != third
