#!/usr/bin/python3
"""Validates a folder of reports: rich, empty, shown, bare with the extensions of each format.

  schema_check.py FOLDER

jsonl against docs/jsonl.schema.json, SARIF against OASIS's schema (scripts/fetch-schemas), GitLab against
docs/schemas/; csv and workflow commands are read back by the rules of their formats. Each schema must also turn
down broken copies of a good report, so a schema that accepts everything is caught. Exits 1 and says why at the first
thing that is wrong, a missing tool included. Debian's Python is named above: python3-jsonschema belongs to it.
"""
import copy
import csv
import json
import pathlib
import re
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    sys.exit("schema_check: no module jsonschema; install python3-jsonschema")

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEMS = ("rich", "empty", "shown", "bare")
LEVELS = ("low", "medium", "high")


def fail(message):
    sys.exit(f"schema_check: {message}")


def load_validator(path):
    schema = json.loads(path.read_text())
    cls = jsonschema.validators.validator_for(schema, default=None)
    if cls is None:
        fail(f"{path}: jsonschema does not know {schema.get('$schema')}")
    cls.check_schema(schema)
    return cls(schema)


def require_valid(validator, document, name):
    for error in validator.iter_errors(document):
        fail(f"{name}: at /{'/'.join(map(str, error.absolute_path))}: {error.message[:400]}")


def require_refused(validator, document, name, change):
    broken = copy.deepcopy(document)
    change(broken)
    if broken == document:
        fail(f"{name}: the change changed nothing")
    if validator.is_valid(broken):
        fail(f"{name}: the schema accepts a broken copy")


def lines_of(path):
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        fail(f"{path.name}: the last line has no end")
    return text.split("\n")[:-1]


def check_jsonl(folder, count):
    validator = load_validator(ROOT / "docs" / "jsonl.schema.json")
    for stem in STEMS:
        records = [json.loads(line) for line in lines_of(folder / f"{stem}.jsonl")]
        for number, record in enumerate(records, 1):
            require_valid(validator, record, f"{stem}.jsonl:{number}")
        sightings = [r for r in records if r["type"] == "sighting"]
        if len(sightings) != count[stem]:
            fail(f"{stem}.jsonl: {len(sightings)} sightings, {stem}.json has {count[stem]}")
    record = next(r for r in map(json.loads, lines_of(folder / "rich.jsonl")) if r["git"] and r["git"]["commit"])
    for key in record:
        require_refused(validator, record, f"rich.jsonl without {key}", lambda r, k=key: r.pop(k))
    for key in record["git"]:
        require_refused(validator, record, f"rich.jsonl without git.{key}", lambda r, k=key: r["git"].pop(k))
    changes = {"line 0": {"line": 0}, "no such risk": {"risk": "severe"}, "no such confidence": {"confidence": "certain"}, "an unknown key": {"extra": 1},
               "a short fingerprint": {"fingerprint": "abc"}, "a number for a path": {"path": 1}}
    for name, change in changes.items():
        require_refused(validator, record, f"rich.jsonl with {name}", lambda r, c=change: r.update(c))
    require_refused(validator, record, "rich.jsonl with a bad date", lambda r: r["git"].update(date="yesterday"))


def check_json(folder):
    count = {}
    for stem in STEMS:
        document = json.loads((folder / f"{stem}.json").read_text(encoding="ascii"))
        places = sum(len(c["sightings"]) for c in document["credentials"])
        summary = document["summary"]
        if (summary["credentials"], summary["sightings"]) != (len(document["credentials"]), places):
            fail(f"{stem}.json: the summary miscounts")
        if sum(summary["by_risk"].values()) != summary["credentials"]:
            fail(f"{stem}.json: by_risk does not add up")
        if summary["complete"] != (not any(s["failed"] for s in document["skipped"])):
            fail(f"{stem}.json: complete is wrong")
        for credential in document["credentials"]:
            if credential["confidence"] != max((s["confidence"] for s in credential["sightings"]), key=LEVELS.index):
                fail(f"{stem}.json: a credential's confidence is not the highest of its sightings'")
        if list(summary["held_back"]) != ["medium", "low"]:
            fail(f"{stem}.json: held_back is wrong")
        count[stem] = places
    if count["rich"] == 0 or count["empty"] != 0:
        fail("the reports are not of the results that they are named for")
    return count


# RFC 3986 section 4.1, a relative reference of unreserved characters and percent-encoded bytes.
RELATIVE_URI = re.compile(r"(?!/)(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+")


def check_sarif(folder, count):
    done = subprocess.run([ROOT / "scripts" / "fetch-schemas"])
    if done.returncode != 0:
        fail("the SARIF schema could not be fetched (see above)")
    validator = load_validator(ROOT / "build" / "schemas" / "sarif-schema-2.1.0.json")
    for stem in STEMS:
        document = json.loads((folder / f"{stem}.sarif").read_text(encoding="ascii"))
        require_valid(validator, document, f"{stem}.sarif")
        run, = document["runs"]
        if len(run["results"]) != count[stem]:
            fail(f"{stem}.sarif: {len(run['results'])} results, expected {count[stem]}")
        rules = run["tool"]["driver"]["rules"]
        hashes = set()
        for result in run["results"]:
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                fail(f"{stem}.sarif: ruleIndex of {result['ruleId']} is wrong")
            artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
            if not RELATIVE_URI.fullmatch(artifact["uri"]):
                fail(f"{stem}.sarif: {artifact['uri']} is no relative URI")
            if result["rank"] != {"low": 10, "medium": 50, "high": 90}[result["properties"]["confidence"]]:
                fail(f"{stem}.sarif: rank and confidence differ")
            key = (artifact["uri"], result["partialFingerprints"]["primaryLocationLineHash"])
            if key in hashes:
                fail(f"{stem}.sarif: two alerts of {key[0]} have one fingerprint")
            hashes.add(key)
    document = json.loads((folder / "rich.sarif").read_text())
    result = document["runs"][0]["results"][0]
    for key in ("message",):
        require_refused(validator, document, f"rich.sarif without {key}",
                        lambda d, k=key: d["runs"][0]["results"][0].pop(k))
    require_refused(validator, document, "rich.sarif with a bad level",
                    lambda d: d["runs"][0]["results"][0].update(level="severe"))
    require_refused(validator, document, "rich.sarif without a tool", lambda d: d["runs"][0].pop("tool"))
    if not result["partialFingerprints"]["keywakeCredential/v1"]:
        fail("rich.sarif: no credential fingerprint")


UUID5 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def check_gitlab(folder, count):
    validator = load_validator(ROOT / "docs" / "schemas" / "gitlab-secret-detection-15.json")
    for stem in STEMS:
        document = json.loads((folder / f"{stem}.gitlab.json").read_text(encoding="ascii"))
        if stem != "bare":  # that one has no version and no times: checked for being JSON
            require_valid(validator, document, f"{stem}.gitlab.json")
        found = document["vulnerabilities"]
        if len(found) != count[stem]:
            fail(f"{stem}.gitlab.json: {len(found)} vulnerabilities, expected {count[stem]}")
        ids = {v["id"] for v in found}
        if len(ids) != len(found) or not all(map(UUID5.fullmatch, ids)):
            fail(f"{stem}.gitlab.json: ids are not unique version 5 UUIDs")
        shown = [v for v in found if "raw_source_code_extract" in v]
        if len(shown) != (len(found) if stem == "shown" else 0):
            fail(f"{stem}.gitlab.json: raw_source_code_extract at {len(shown)} of {len(found)}")
    document = json.loads((folder / "rich.gitlab.json").read_text())
    for key in ("id", "identifiers", "location"):
        require_refused(validator, document, f"rich.gitlab.json without {key}",
                        lambda d, k=key: d["vulnerabilities"][0].pop(k))
    require_refused(validator, document, "rich.gitlab.json without a commit",
                    lambda d: d["vulnerabilities"][0]["location"].pop("commit"))
    require_refused(validator, document, "rich.gitlab.json with a zone in a time",
                    lambda d: d["scan"].update(start_time=d["scan"]["start_time"] + "Z"))


def check_csv(folder, count):
    for stem in STEMS:
        text = (folder / f"{stem}.csv").read_bytes().decode("utf-8")
        rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
        if len(rows) != count[stem] + 1:
            fail(f"{stem}.csv: {len(rows) - 1} records, expected {count[stem]}")
        for number, row in enumerate(rows, 1):
            if len(row) != len(rows[0]):
                fail(f"{stem}.csv: record {number} has {len(row)} cells, the header {len(rows[0])}")
            for cell in row:
                if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
                    fail(f"{stem}.csv: record {number}: a spreadsheet reads {cell[:20]!r} as a formula")
        records = [dict(zip(rows[0], row)) for row in rows[1:]]
        objects = [json.loads(line) for line in lines_of(folder / f"{stem}.jsonl")]
        for record, expected in zip(records, (o for o in objects if o["type"] == "sighting")):
            for key in ("pattern", "kind", "risk", "fingerprint", "confidence"):
                if record[key] != expected[key]:
                    fail(f"{stem}.csv: {key} {record[key]!r}, jsonl has {expected[key]!r}")
            for key in ("line", "column", "end_line", "end_column"):
                if int(record[key]) != expected[key]:
                    fail(f"{stem}.csv: {key} differs from jsonl")
            git = expected["git"] or {}
            for key in ("blob", "commit", "date", "removed_in", "removed_date"):
                if record[key] != (git.get(key) or ""):
                    fail(f"{stem}.csv: {key} {record[key]!r}, jsonl has {git.get(key)!r}")


# actions/runner, src/Runner.Common/ActionCommand.cs: ::name key=value,key=value::message
COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def check_github(folder, count):
    for stem in STEMS:
        marked = 0
        lines = lines_of(folder / f"{stem}.github")
        for line in lines[:-1]:
            match = COMMAND.fullmatch(line)
            if not match:
                fail(f"{stem}.github: not a workflow command: {line}")
            properties = dict(item.split("=", 1) for item in match[2].split(","))
            if "title" not in properties:
                fail(f"{stem}.github: no title: {line}")
            if re.search(r"%(?!25|0A|0D|3A|2C)", line):
                fail(f"{stem}.github: a percent sign that is not escaped: {line}")
            if "col" in properties and properties["line"] != properties["endLine"]:
                fail(f"{stem}.github: columns over several lines: {line}")
            marked += not properties["title"].startswith("keywake%3A")
        if marked != count[stem]:
            fail(f"{stem}.github: {marked} annotations, expected {count[stem]}")


def main():
    if len(sys.argv) != 2:
        fail("usage: schema_check.py FOLDER")
    folder = pathlib.Path(sys.argv[1])
    count = check_json(folder)
    check_jsonl(folder, count)
    check_sarif(folder, count)
    check_gitlab(folder, count)
    check_csv(folder, count)
    check_github(folder, count)


main()
