"""Judges files of reports with what others publish: python format-validate.py ocsf|oscal|junit FILE...

ocsf   JSON lines against the JSON Schema of OCSF 1.8.0, from the package ocsf-json-schema
oscal  assessment results by the models of compliance-trestle
junit  XML against the schema at CHALK_JUNIT_XSD

Prints a JSON list of what is wrong, each { "file", "text" }; exit 0 whatever it says.
"""

import json
import os
import pathlib
import sys


def ocsf(path):
    from jsonschema import Draft202012Validator
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.8.0")).get_class_schema("compliance_finding", [])
    validator = Draft202012Validator(schema)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for error in validator.iter_errors(json.loads(line)):
            yield f"line {number}: {error.json_path}: {error.message[:300]}"


def oscal(path):
    from pydantic import ValidationError
    from trestle.oscal.assessment_results import Model

    try:
        Model.model_validate_json(path.read_text("utf-8"))
    except ValidationError as error:
        for each in error.errors():
            yield f"{'.'.join(map(str, each['loc']))}: {each['msg']}"


def junit(path):
    import xmlschema

    schema = xmlschema.XMLSchema(os.environ["CHALK_JUNIT_XSD"])
    for error in schema.iter_errors(str(path)):
        # A count that JUnit's own description and most writers have; this schema has it at each suite alone.
        if error.path == "/testsuites" and error.reason == "'skipped' attribute not allowed for element":
            continue
        yield f"{error.path}: {error.reason}"


if __name__ == "__main__":
    def told(judge, path):
        try:
            yield from judge(path)
        except Exception as error:  # a file that is no JSON or XML at all is wrong, too
            yield f"{type(error).__name__}: {str(error)[:300]}"

    judge = {"ocsf": ocsf, "oscal": oscal, "junit": junit}[sys.argv[1]]
    found = [{"file": name, "text": text} for name in sys.argv[2:] for text in told(judge, pathlib.Path(name))]
    json.dump(found, sys.stdout)
