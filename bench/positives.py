"""Reads the positive examples out of other scanners' repositories, for bench/recall: strings that a scanner's authors say are to be found.

Nothing of a repository is run, and of what it says only the examples and the ids of their rules are used. Where a scanner makes its examples when
its tests run (gitleaks: a random string of a rule's shape, in thirty forms of an assignment), they are made here in the same way and marked so."""

import ast
import hashlib
import json
import random
import re
import textwrap
from dataclasses import dataclass

import goliterals
import yamlexamples


@dataclass
class Example:
    scanner: str
    rule: str  # id of the rule it belongs to; names the provider
    text: bytes
    name: str = ""  # of the rule, where it has one beside its id
    suffix: str = ".txt"
    lines: tuple = None  # first and last line of what is to be found; None: anywhere in it
    generated: bool = False  # not written down in the repository, made by its rule
    hidden: bool = False  # the scanner itself looks for it, but reports it only as a part of something else

    @property
    def digest(self):
        return hashlib.sha256(repr((self.text, self.lines)).encode()).hexdigest()


@dataclass
class Unread:
    """An example that is an expression which this does not understand."""

    scanner: str
    rule: str


def example(scanner, rule, text, **more):
    return Example(scanner, rule, text.encode(errors="surrogateescape"), **more)


def read(path):
    return path.read_text(encoding="utf-8", errors="surrogateescape")


# --- Kingfisher, Nosey Parker -------------------------------------------------------------------------------


def yaml_rules(scanner, folder):
    for path in sorted(folder.rglob("*.yml")):
        for rule in yamlexamples.rules_of(read(path)):
            for text in rule.examples:
                yield example(scanner, rule.id, text, name=rule.name, hidden=rule.visible == "false")


# --- gitleaks, Betterleaks ----------------------------------------------------------------------------------


def go_rules(scanner, folder):
    helpers = goliterals.functions_in(folder.parent / "utils")
    for path in sorted(folder.glob("*.go")):
        for rule in goliterals.rules_of(read(path), helpers, random.Random(path.name)):
            for text in rule.examples:
                if text is goliterals.UNKNOWN:
                    yield Unread(scanner, rule.id)
                else:
                    yield example(scanner, rule.id, str(text), generated=text.generated, suffix=text.suffix or ".txt")


# --- detect-secrets -----------------------------------------------------------------------------------------


def detect_secrets(scanner, folder):
    """Cases of parametrized tests: the first of each is the text, the second, if there is one, whether it is to be found (True) or what is
    to be found in it (a list that is not empty). Names of constants of the test file are known, other names are not."""
    for path in sorted(folder.glob("*_test.py")):
        rule = path.name.removesuffix("_test.py")
        tree = ast.parse(read(path))
        names = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                names[node.targets[0].id] = python_value(node.value, names)
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.parametrize" and len(call.args) > 1):
                continue
            parameters = python_value(call.args[0], names)
            cases = getattr(call.args[1], "elts", [])
            if not isinstance(parameters, str) or not re.match(r"(payload|line|content|file_content)\b", parameters):
                continue
            for case in cases:
                values = [python_value(part, names) for part in (case.elts if isinstance(case, ast.Tuple) else [case])]
                if len(values) > 1 and not values[1]:
                    continue
                if isinstance(values[0], str):
                    yield example(scanner, rule, values[0])
                else:
                    yield Unread(scanner, rule)


def python_value(node, names):
    """The value of an expression of literals, known names, `+`, `.format(name=…)` and textwrap.dedent; otherwise None."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, (ast.List, ast.Tuple)):
        return [python_value(part, names) for part in node.elts]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [python_value(node.left, names), python_value(node.right, names)]
        return "".join(parts) if all(isinstance(part, str) for part in parts) else None
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        text, bounds = python_value(node.value, names), [node.slice.lower, node.slice.upper]
        bounds = [bound and python_value(bound, names) for bound in bounds]
        return text[bounds[0] : bounds[1]] if isinstance(text, str) and not node.slice.step else None
    if isinstance(node, ast.JoinedStr):
        parts = [python_value(part.value if isinstance(part, ast.FormattedValue) else part, names) for part in node.values]
        return "".join(parts) if all(isinstance(part, str) for part in parts) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if ast.unparse(node.func) == "textwrap.dedent" and node.args:
            text = python_value(node.args[0], names)
            return None if text is None else textwrap.dedent(text)
        text = python_value(node.func.value, names)
        values = {word.arg: python_value(word.value, names) for word in node.keywords}
        if node.func.attr == "format" and isinstance(text, str) and None not in values.values() and not node.args:
            return text.format(**values)
        if node.func.attr in ("strip", "lstrip", "lower", "upper") and isinstance(text, str) and not node.args:
            return getattr(text, node.func.attr)()
    return None


# --- secretlint ---------------------------------------------------------------------------------------------

# What belongs to no rule that looks for credentials: how rules are written, and comments that turn them off.
NO_CREDENTIALS = {"example", "filter-comments", "pattern", "no-homedir", "no-dotenv", "internal-test-cjs", "internal-test-esm"}


def secretlint(scanner, folder):
    """One example a message of a snapshot, at the message's lines."""
    for expected in sorted(folder.glob("secretlint-rule-*/test/snapshots/ng*/output.json")):
        name = expected.parts[-5].removeprefix("secretlint-rule-")
        inputs = sorted(expected.parent.glob("input*"))
        if name in NO_CREDENTIALS or not inputs:
            continue
        for message in json.loads(read(expected))["messages"]:
            begin, end = (message["loc"][side]["line"] for side in ("start", "end"))
            yield Example(scanner, f"{name}.{message['messageId']}", inputs[0].read_bytes(), suffix=inputs[0].suffix or ".txt", lines=(begin, end))


# --- Whispers -----------------------------------------------------------------------------------------------


def whispers(scanner, folder):
    """The file of keys known by their form: one `ProviderNN: 'key'` a line."""
    path = folder / "apikeys-known.yml"
    for line in read(path).splitlines():
        found = re.fullmatch(r"\s+([A-Za-z]+)\d*: *'(.+)'", line)
        if found:
            yield example(scanner, found[1], found[2])


# The folder in a checkout where a scanner's examples are: its name, its reader. One glob each, since folders move between releases.
SCANNERS = [
    ("Kingfisher", ["data/rules", "crates/*/data/rules"], yaml_rules),
    ("Nosey Parker", ["crates/noseyparker/data/default/builtin/rules"], yaml_rules),
    ("gitleaks", ["cmd/generate/config/rules"], go_rules),
    ("Betterleaks", ["cmd/generate/config/rules"], go_rules),
    ("detect-secrets", ["tests/plugins"], detect_secrets),
    ("secretlint", ["packages/@secretlint"], secretlint),
    ("Whispers", ["tests/fixtures"], whispers),
]


def in_checkout(path):
    """The scanner a checkout belongs to, and its examples, each once; None if it is none that is known."""
    plain = re.sub(r"[^a-z]", "", path.name.lower())
    for scanner, places, reader in SCANNERS:
        if re.sub(r"[^a-z]", "", scanner.lower()) not in plain:
            continue
        for place in places:
            for folder in sorted(path.glob(place)):
                found, seen = [], set()
                for one in reader(scanner, folder):
                    key = (one.rule, one.digest) if isinstance(one, Example) else None
                    if key is None or key not in seen:
                        found.append(one)
                        seen.add(key)
                return scanner, found
    return None
