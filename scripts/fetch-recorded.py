#!/usr/bin/env python3
"""Extracts real answers of Azure Resource Manager from Microsoft's PyPI source packages.

Those packages are MIT licensed and carry the HTTP recordings of their own tests. Run by hand, never by a test:

    pip install pyyaml
    python3 scripts/fetch-recorded.py

It downloads the source packages below, takes the bodies of the answers that this tool reads too, replaces
everything that names a person, a team or a tenant, and writes fixtures/recorded/azure/. The result is the same at
every run.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import yaml

PACKAGES = [
    "azure-mgmt-keyvault==2.2.0",
    "azure-mgmt-resource==9.0.0",
    "azure-mgmt-authorization==0.61.0",
]
TARGET = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "recorded" / "azure"
NOBODY = "00000000-0000-0000-0000-000000000000"
# Microsoft's own built-in roles have the same id in every tenant.
PUBLIC_IDS = {NOBODY, "b24988ac-6180-42a0-ab88-20f7382dd24c"}

# file name, package, recording, request line, which of the matching answers
WANTED = [
    ("role-definitions.json", 2, "role_definitions", r"GET .*/roleDefinitions\?", 0),
    ("role-assignment.json", 2, "role_assignment", r"PUT .*/roleAssignments/", 0),
    ("vaults-page-1.json", 0, "vaults_operations", r"GET .*/resourceGroups/.*/vaults\?", 0),
    ("vaults-page-2.json", 0, "vaults_operations", r"GET .*/resourceGroups/.*/vaults\?", 1),
    ("resources-vaults.json", 0, "vaults_operations", r"GET .*/resources\?", 0),
    ("resources.json", 1, "test_resources", r"GET .*/resources\?\$filter", 0),
    ("resources-empty.json", 1, "resource_groups", r"GET .*/resources\?", 0),
    ("resource-groups.json", 1, "resource_groups", r"GET .*/resourcegroups\?api-version", 0),
    ("resource-groups-page-1.json", 1, "resource_groups", r"GET .*/resourcegroups\?\$top", 0),
    ("subscriptions.json", 1, "subscriptions.test_subscriptions", r"GET .*/subscriptions\?", 0),
]


def main():
    with tempfile.TemporaryDirectory() as folder:
        recordings = [load(package, pathlib.Path(folder)) for package in PACKAGES]
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, index, recording, line, number in WANTED:
        answers = [
            body
            for file, interactions in recordings[index]
            if recording in file
            for request, body in interactions
            if re.search("^" + line, request)
        ]
        if len(answers) <= number:
            sys.exit(f"{PACKAGES[index]}: no answer {number} to {line} in {recording}")
        body = anonymous(answers[number])
        json.loads(body)
        (TARGET / name).write_text(body + "\n", encoding="utf-8")
        print(name, len(body))


def load(package, folder):
    name = package.split("==")[0]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name, package]
    subprocess.run([*command, "--dest", str(folder)], check=True)
    archive = next(path for path in folder.iterdir() if path.name.replace("_", "-").startswith(name + "-") and path.is_file())
    unpacked = folder / ("x-" + name)
    if archive.suffix == ".zip":
        zipfile.ZipFile(archive).extractall(unpacked)
    else:
        tarfile.open(archive).extractall(unpacked, filter="data")
    found = []
    for path in sorted(unpacked.rglob("recordings/*.yaml")):
        interactions = yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]
        found.append((path.stem, [pair(interaction) for interaction in interactions]))
    return found


def pair(interaction):
    request, body = interaction["request"], interaction["response"]["body"].get("string") or ""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    return f"{request['method']} {request['uri']}", text.strip()


def anonymous(text):
    """The body with the names of groups, resources and people replaced, byte for byte otherwise."""
    names = set()
    for body in walk(json.loads(text)):
        for key in ("name", "displayName"):
            value = body.get(key)
            if isinstance(value, str) and not re.fullmatch(r"[0-9a-f-]{36}", value):
                if key == "displayName" or "/" in str(body.get("id", "")):
                    names.add(value)
        for part in re.findall(r"/resource[gG]roups/([^/\"]+)", json.dumps(body)):
            names.add(part)
        for part in body.get("tags") or {}:
            names.update(value for value in [body["tags"][part]] if len(value) > 5)
    for name in sorted(names, key=lambda name: (-len(name), name)):
        text = re.sub(r"(?<![A-Za-z0-9_-])" + re.escape(name) + r"(?![A-Za-z0-9_-])", stand_in(name), text)
    text = re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda found: other_id(found.group()), text)
    text = re.sub(r"ssh-rsa [A-Za-z0-9+/=]+", "ssh-rsa AAAA", text)
    text = re.sub(r"skip[tT]oken=[^\"&]+", "skiptoken=recorded", text)
    return re.sub(r"[\w.+-]+@[\w.-]+", "someone@example.com", text)


def walk(value):
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def stand_in(name):
    """Another name of the same looks: capitals where there were any."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:10]
    return ("Name-" if re.search("[A-Z]", name) else "name-") + digest


def other_id(guid):
    if guid in PUBLIC_IDS:
        return guid
    digest = hashlib.sha256(guid.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


main()
