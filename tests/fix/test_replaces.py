"""What a deployment replaces."""

from __future__ import annotations

from bastide.controls.fixes import Change, Fix
from bastide.fix.replaces import replaced_by


def test_by_the_schema() -> None:
    fix = Fix((Change("set", "StorageEncrypted", True), Change("set", "MultiAZ", True)))
    assert replaced_by("AWS::RDS::DBInstance", fix) == ("StorageEncrypted",)
    assert replaced_by("AWS::RDS::DBInstance", Fix((Change("set", "MultiAZ", True),))) == ()


def test_inside_of_what_cannot_change() -> None:
    fix = Fix((Change("set", "SSESpecification.SSEEnabled", True),))
    assert replaced_by("AWS::DAX::Cluster", fix) == ("SSESpecification.SSEEnabled",)


def test_the_control_knows_better() -> None:
    change = Change("set", "Encrypted", True)
    assert replaced_by("AWS::EC2::Volume", Fix((change,), replaces=True)) == ("Encrypted",)
    assert replaced_by("AWS::EFS::FileSystem", Fix((change,), replaces=False)) == ()
