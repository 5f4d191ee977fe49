"""What elements are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.threats.model.names import MAX_NAME, name_of


@pytest.mark.parametrize(
    ("source", "address", "properties", "name"),
    [
        ("terraform", "aws_s3_bucket.posters", {}, "posters"),
        ("terraform", 'aws_sns_topic.news["a.b"]', {}, 'news["a.b"]'),
        ("terraform", "module.invoices.aws_s3_bucket.this", {}, "invoices"),
        ("plan", 'module.all["x"].module.logs[0].aws_s3_bucket.this[1]', {}, "logs[0][1]"),
        ("terraform", "module.network.aws_subnet.public[0]", {}, "public[0]"),
        ("terraform", "aws_cloudtrail.this", {"TrailName": "audit"}, "audit"),
        ("terraform", "aws_cloudtrail.this", {"TrailName": "${var.name}"}, "trail"),
        ("cloudformation", "Tickets", {}, "Tickets"),
        ("aws", "arn:aws:s3:::b", {}, "b"),
        ("aws", "arn:aws:ec2:eu-west-1:1:instance/i-1", {"Tags": [{"Key": "Name", "Value": "jump"}]}, "jump"),
        ("aws", "arn:aws:ec2:eu-west-1:1:instance/i-1", {"Tags": [3, {"Key": "Name", "Value": 4}]}, "i-1"),
    ],
)
def test_names(source: str, address: str, properties: dict[str, object], name: str) -> None:
    assert name_of(source, address, properties, "trail") == name


@given(st.sampled_from(["terraform", "plan", "cloudformation", "aws"]), st.text(max_size=200))
def test_any_address_has_a_name_of_one_line(source: str, address: str) -> None:
    name = name_of(source, address, {}, "thing")
    assert 0 < len(name) <= MAX_NAME or not address.strip()
    assert "\n" not in name
