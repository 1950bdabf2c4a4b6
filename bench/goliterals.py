"""The examples of gitleaks' rules, and of what descends from it: the value of `tps` in the Go functions that make the rules.

Understands string literals, names, `+`, lists and maps of strings, append, fmt.Sprintf, the helpers of the rules' own package of utilities (which are
read too) and secrets.NewSecret, which makes a random string of a shape. Everything else is UNKNOWN, and what holds it is."""

import json
import math
import random
import re
import string
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath

try:
    from re import _constants as sre_constants
    from re import _parser as sre_parser
except ImportError:  # before Python 3.11
    import sre_constants
    import sre_parse as sre_parser

UNKNOWN = object()

TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|//[^\n]*|/\*.*?\*/)|(?P<newline>\n)|(?P<raw>`[^`]*`)|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<rune>'(?:[^'\\]|\\.)+')
    |(?P<number>\d[\w.]*)|(?P<name>[A-Za-z_]\w*)|(?P<mark>:=|\.\.\.|&&|\|\||[=!<>+-]=|.)""",
    re.DOTALL | re.VERBOSE,
)
FORMAT = re.compile(r"%(?:%|[+#]?[svqd])")


class Text(str):
    """A string, whether some of it was made up here, and how the file is called that it is the content of."""

    generated = False
    suffix = ""

    def but(self, text, *others):
        made = Text(text)
        made.generated = self.generated or any(getattr(other, "generated", False) for other in others)
        return made


@dataclass
class Rule:
    id: str = ""
    examples: list = field(default_factory=list)


@dataclass
class Function:
    parameters: list
    body: list  # tokens


def tokens_of(source):
    return [(found.lastgroup, found.group()) for found in TOKEN.finditer(source) if found.lastgroup != "space"]


def functions_of(tokens):
    """name → Function, and the tokens that are in no function."""
    functions, outside, at = {}, [], 0
    while at < len(tokens):
        if tokens[at] == ("name", "func") and at + 1 < len(tokens) and tokens[at + 1][0] == "name":
            name = tokens[at + 1][1]
            opening = next(place for place in range(at, len(tokens)) if tokens[place][1] == "(")
            closing = closing_of(tokens, opening)
            parameters = [text for kind, text in tokens[opening + 1 : closing] if kind == "name"][::2]
            body = next(place for place in range(closing, len(tokens)) if tokens[place][1] == "{")
            end = closing_of(tokens, body)
            functions[name] = Function(parameters, tokens[body + 1 : end])
            at = end + 1
        else:
            outside.append(tokens[at])
            at += 1
    return functions, outside


def closing_of(tokens, opening):
    depth = 0
    for place in range(opening, len(tokens)):
        if tokens[place][0] == "mark" and tokens[place][1] in "([{":
            depth += 1
        elif tokens[place][0] == "mark" and tokens[place][1] in ")]}":
            depth -= 1
            if depth == 0:
                return place
    return len(tokens) - 1


def functions_in(folder):
    found = {}
    for path in sorted(folder.glob("*.go")):
        if not path.name.endswith("_test.go"):
            found.update(functions_of(tokens_of(path.read_text(errors="surrogateescape")))[0])
    return found


def rules_of(source, helpers, chance):
    functions, outside = functions_of(tokens_of(source))
    shared = Body(outside, {}, helpers, functions, chance).names
    rules = []
    for name, function in functions.items():
        body = Body(function.body, dict(shared), helpers, functions, chance)
        if not isinstance(body.names.get("tps"), list):
            continue
        rules.append(Rule(body.rule or name, body.names["tps"]))
    return rules


class Body:
    """Goes through the statements of a function in the order they are written and keeps what names stand for."""

    def __init__(self, tokens, names, helpers, functions, chance):
        self.tokens, self.names, self.helpers, self.functions, self.chance = tokens, names, helpers, functions, chance
        self.at = 0
        self.rule = None
        self.result = UNKNOWN
        self.run()

    def run(self):
        while self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            following = self.tokens[self.at + 1][1] if self.at + 1 < len(self.tokens) else ""
            if kind == "name" and text == "RuleID" and following == ":":
                self.at += 2
                rule = self.expression()
                self.rule = str(rule) if isinstance(rule, Text) else self.rule
            elif kind == "name" and following in (":=", "="):
                self.at += 2
                start = self.at
                self.names[text] = self.expression()
                if text != "tps":
                    self.at = start  # a rule's id may be inside
            elif kind == "name" and text == "return":
                self.at += 1
                self.result = self.expression()
            else:
                self.at += 1

    # Expressions. A list goes on after a newline, anything else ends there.

    def peek(self):
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def skip_newlines(self):
        while self.at < len(self.tokens) and self.tokens[self.at][0] == "newline":
            self.at += 1

    def expression(self):
        value = self.operand()
        while self.peek() == "+":
            self.at += 1
            self.skip_newlines()
            other = self.operand()
            value = value.but(value + other, other) if isinstance(value, Text) and isinstance(other, Text) else UNKNOWN
        return value

    def operand(self):
        if self.at >= len(self.tokens):
            return UNKNOWN
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "raw":
            return Text(text[1:-1].replace("\r", ""))
        if kind == "string":
            return Text(unquoted(text))
        if kind == "number":
            return Text(text)
        if text == "&":
            return self.operand()
        if text == "(":
            self.at -= 1
            values = self.arguments()
            return values[0] if len(values) == 1 else UNKNOWN
        if text == "[" and self.peek() == "]":
            return self.composite(is_map=False)
        if text == "map" and self.peek() == "[":
            return self.composite(is_map=True)
        if kind == "name":
            return self.named(text)
        return UNKNOWN

    def composite(self, is_map):
        while self.at < len(self.tokens) and self.peek() not in ("{", "("):
            self.at += 1
        if self.peek() != "{":
            return UNKNOWN
        end = closing_of(self.tokens, self.at)
        self.at += 1
        values = []
        while True:
            self.skip_newlines()
            if self.at >= end:
                break
            value = self.expression()
            if is_map and self.peek() == ":":
                self.at += 1
                self.skip_newlines()
                path, value = value, self.expression()
                if isinstance(value, Text) and isinstance(path, Text):
                    value.suffix = PurePosixPath(path).suffix or (path if path.startswith(".") else "")
            if self.at < end and self.peek() not in (",", "\n"):  # something was not understood: on to the next element
                value = UNKNOWN
                self.to_comma(end)
            values.append(value)
            self.skip_newlines()
            if self.peek() == ",":
                self.at += 1
        self.at = end + 1
        return values

    def to_comma(self, end):
        while self.at < end and self.peek() != ",":
            self.at = closing_of(self.tokens, self.at) + 1 if self.peek() in ("(", "[", "{") else self.at + 1

    def arguments(self):
        """What is between the parentheses that begin here."""
        end = closing_of(self.tokens, self.at)
        self.at += 1
        values = []
        while True:
            self.skip_newlines()
            if self.at >= end:
                break
            value = self.expression()
            spread = self.peek() == "..."
            if spread:
                self.at += 1
            self.skip_newlines()
            if self.at < end and self.peek() != ",":
                value = UNKNOWN
                self.to_comma(end)
            values += value if spread and isinstance(value, list) else [value]
            if self.peek() == ",":
                self.at += 1
        self.at = end + 1
        return values

    def named(self, name):
        path = [name]
        while self.peek() == "." and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][0] == "name":
            path.append(self.tokens[self.at + 1][1])
            self.at += 2
        if self.peek() == "(":
            return self.call(".".join(path), self.arguments())
        if self.peek() == "{" and len(path) > 1 or self.peek() == "[":
            self.at = closing_of(self.tokens, self.at) + 1
            return UNKNOWN
        return self.names.get(name, UNKNOWN) if len(path) == 1 else UNKNOWN

    def call(self, name, values):
        if name == "append":
            first = values[0] if values and isinstance(values[0], list) else []
            return first + values[1:]
        if UNKNOWN in values or any(isinstance(value, list) for value in values):
            return UNKNOWN
        package, _, function = name.rpartition(".")
        if name == "fmt.Sprintf" and values:
            return formatted(values[0], values[1:])
        if package == "strings" and function == "ToUpper":
            return values[0].but(values[0].upper())
        if package == "strings" and function == "Repeat":
            return values[0].but(values[0] * int(values[1]))
        if package == "secrets" and function in ("NewSecret", "NewSecretWithEntropy"):
            made = random_string(values[0], self.chance, float(values[1]) if len(values) > 1 else 0)
            return UNKNOWN if made is None else Text(made).but(made, _GENERATED)
        if package == "utils" and function == "GenerateSampleSecrets" and len(values) == 2:
            return self.assignments(*values)
        called = self.helpers.get(function) if package == "utils" else self.functions.get(name)
        if called and len(called.parameters) == len(values):
            return Body(called.body, dict(zip(called.parameters, values)), self.helpers, self.functions, self.chance).result
        return UNKNOWN

    def assignments(self, name, secret):
        """Every form of an assignment that the helper knows: the map of strings in it."""
        body = Body(self.helpers["GenerateSampleSecrets"].body, {}, {}, {}, self.chance)
        forms = [form for form in body.names.get("samples", []) if isinstance(form, Text)]
        return [secret.but(form.replace("{i}", name).replace("{I}", name.upper()).replace("{s}", secret), name, _GENERATED)
                for form in forms] or UNKNOWN  # fmt: skip


_GENERATED = Text()
_GENERATED.generated = True


def unquoted(text):
    text = re.sub(r"\\x([0-9a-fA-F]{2})", r"\\u00\1", text).replace("\\a", "\\u0007").replace("\\v", "\\u000b").replace("\\'", "'")
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return text[1:-1]


def formatted(form, values):
    rest = list(values)
    if sum(found[0] != "%%" for found in FORMAT.finditer(form)) != len(rest):
        return UNKNOWN
    return form.but(FORMAT.sub(lambda found: "%" if found[0] == "%%" else rest.pop(0), form), *values)


# --- random strings of a shape ------------------------------------------------------------------------------

CATEGORIES = {"CATEGORY_DIGIT": string.digits, "CATEGORY_WORD": string.ascii_letters + string.digits + "_", "CATEGORY_SPACE": " "}


def random_string(shape, chance, entropy):
    try:
        tree = sre_parser.parse(re.sub(r"\(\?[a-z]+\)", "", shape).replace(r"\z", r"\Z"))
        made = ""
        for _ in range(20):
            made = "".join(drawn(node, chance) for node in tree)
            if entropy_of(made) >= entropy:
                break
        return made
    except (re.error, KeyError, ValueError):
        return None


def drawn(node, chance):
    code, value = str(node[0]), node[1]
    if code == "LITERAL":
        return chr(value)
    if code == "ANY":
        return chance.choice(string.ascii_letters + string.digits)
    if code == "AT":
        return ""
    if code == "IN":
        return chance.choice(class_of(value))
    if code in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, body = value
        most = least + 8 if most is sre_constants.MAXREPEAT else most
        return "".join(drawn(part, chance) for _ in range(chance.randint(least, int(most))) for part in body)
    if code == "SUBPATTERN":
        return "".join(drawn(part, chance) for part in value[-1])
    if code == "BRANCH":
        return "".join(drawn(part, chance) for part in chance.choice(value[1]))
    raise KeyError(code)


def class_of(nodes):
    letters, negated = set(), False
    for code, value in nodes:
        if str(code) == "NEGATE":
            negated = True
        elif str(code) == "LITERAL":
            letters.add(chr(value))
        elif str(code) == "RANGE":
            letters.update(map(chr, range(value[0], value[1] + 1)))
        else:
            letters.update(CATEGORIES[str(value)])
    if negated:
        letters = set(string.ascii_letters + string.digits) - letters
    return sorted(letters)


def entropy_of(text):
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts) if text else 0

