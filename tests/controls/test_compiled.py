"""The compiled form goes through JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict

from bastide.controls.compiled import Compiled
from bastide.controls.compiler import compile_controls
from tests.controls.conftest import control


def test_round_trip() -> None:
    sql = "BucketName is not null and none_of([is_public_cidr(r.Key) and r.Value = 'x' for r in Tags])"
    done = compile_controls([control(sql, when="BucketName <> 'x'")])[0][0]
    again = Compiled.from_plain(json.loads(json.dumps(asdict(done))))
    assert json.dumps(asdict(again)) == json.dumps(asdict(done))
    assert again == done
    assert len(again.conjuncts) == 2
    assert again.atoms[1].over is not None


def test_a_single_condition_is_one_conjunct() -> None:
    done = compile_controls([control("BucketName = 'a' or BucketName = 'b'")])[0][0]
    assert done.conjuncts == [done.require]
