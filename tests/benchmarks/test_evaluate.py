"""The synthetic resources are of CloudFormation's types and obey AWS's schemas."""

import json
import re
from collections import Counter
from importlib.resources import files
from random import Random

import jsonschema_rs
import pytest
from corpus.properties import MAKERS
from evaluate import resources


def test_the_same_seed_gives_the_same_resources():
    first = list(resources(500, 3))
    assert first == list(resources(500, 3))
    assert first != list(resources(500, 4))
    assert len(first) == 500


def test_all_types_are_there_and_resources_vary():
    found = list(resources(20_000, 1))
    types = Counter(name for name, _ in found)
    assert types.keys() == MAKERS.keys()
    for name in types:
        shapes = {json.dumps(properties) for kind, properties in found if kind == name}
        assert len(shapes) > 100, name


def test_no_two_resources_share_an_object():
    found = [properties for name, properties in resources(20_000, 1) if name == "AWS::EC2::Volume"]
    assert len({id(properties) for properties in found}) == len(found)


@pytest.fixture(scope="module")
def schemas():
    found = {}
    wanted = re.compile("|".join(f'"{re.escape(name)}"' for name in MAKERS))
    for file in (files("cfnlint.data.schemas") / "resources").iterdir():
        if file.name.endswith(".json") and wanted.search(text := file.read_text("utf-8")):
            schema = json.loads(text.replace(r"\\Z", "$"))  # Python's way to say the end of a text
            found[schema["typeName"]] = schema
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_properties_obey_the_schema(name, schemas):
    validator = jsonschema_rs.Draft7Validator(schemas[name])
    random = Random(1)
    for _ in range(300):
        properties = MAKERS[name][1](random)
        errors = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(properties)]
        assert errors == []
