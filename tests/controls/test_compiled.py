"""The compiled form goes through JSON and back."""

from __future__ import annotations

import msgspec

from bastide.controls.compiled import Compiled
from bastide.controls.compiler import compile_controls
from bastide.controls.entry import Layer
from tests.controls.conftest import control


def test_round_trip() -> None:
    sql = "BucketName is not null and none_of([is_public_cidr(r.Key) and r.Value = 'x' for r in Tags])"
    done = compile_controls([control(sql, when="BucketName <> 'x'")])[0][0]
    text = msgspec.json.encode(done)
    again = msgspec.json.decode(text, type=Compiled)
    assert msgspec.json.encode(again) == text
    assert again == done
    assert len(again.conjuncts) == 2
    assert again.atoms[1].over is not None


def test_layers_go_with_their_control() -> None:
    layer = Layer("AWS::S3::AccountPublicAccessBlock", "IgnorePublicAcls", "ignored", where="BucketName = 'x'")
    done = compile_controls([control("BucketName = 'a'", compensated=[layer])])[0][0]
    assert [one.id for one in done.layers] == ["test.control#1", "test.control#1?"]
    assert msgspec.json.decode(msgspec.json.encode(done), type=Compiled) == done


def test_a_single_condition_is_one_conjunct() -> None:
    done = compile_controls([control("BucketName = 'a' or BucketName = 'b'")])[0][0]
    assert done.conjuncts == [done.require]
