"""The compiled form goes through JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict

from bastide.controls.compiled import Compiled
from bastide.controls.compiler import compile_controls
from bastide.controls.entry import Layer
from tests.controls.conftest import control


def test_round_trip() -> None:
    sql = "BucketName is not null and none_of([is_public_cidr(r.Key) and r.Value = 'x' for r in Tags])"
    done = compile_controls([control(sql, when="BucketName <> 'x'")])[0][0]
    again = Compiled.from_plain(json.loads(json.dumps(asdict(done))))
    assert json.dumps(asdict(again)) == json.dumps(asdict(done))
    assert again == done
    assert len(again.conjuncts) == 2
    assert again.atoms[1].over is not None


def test_layers_go_with_their_control() -> None:
    layer = Layer("AWS::S3::AccountPublicAccessBlock", "IgnorePublicAcls", "ignored", where="BucketName = 'x'")
    done = compile_controls([control("BucketName = 'a'", compensated=[layer])])[0][0]
    assert [one.id for one in done.layers] == ["test.control#1", "test.control#1?"]
    assert Compiled.from_plain(json.loads(json.dumps(asdict(done)))) == done


def test_a_single_condition_is_one_conjunct() -> None:
    done = compile_controls([control("BucketName = 'a' or BucketName = 'b'")])[0][0]
    assert done.conjuncts == [done.require]
