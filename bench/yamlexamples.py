"""The rules of a YAML file and their examples: as much of YAML as such files use, since Python has no reader of its own.

A rule is an item of the sequence under `rules`; of its keys only `id`, `name`, `visible` and `examples` are read. An example is a plain scalar, a quoted
one or a block; a plain or quoted one may go on over several lines."""

import re
from dataclasses import dataclass, field

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v", "N": "\x85", "_": "\xa0"}


@dataclass
class Rule:
    id: str = ""
    name: str = ""
    visible: str = "true"
    examples: list = field(default_factory=list)


class Lines:
    def __init__(self, text):
        self.lines = text.splitlines()
        self.at = 0

    @property
    def is_over(self):
        return self.at >= len(self.lines)

    @property
    def line(self):
        return self.lines[self.at]

    @property
    def indent(self):
        return len(self.line) - len(self.line.lstrip(" "))

    @property
    def is_blank(self):
        return not self.line.strip()

    @property
    def is_comment(self):
        return self.line.lstrip().startswith("#")


def rules_of(text):
    rules, lines, item_indent = [], Lines(text), None
    while not lines.is_over:
        found = re.match(r"( *)(- +)?([A-Za-z_]+):(?:\s+(.*))?$", lines.line)
        lines.at += 1
        if not found:
            continue
        dash, key, value = found[2], found[3], found[4] or ""
        if dash and item_indent in (None, len(found[1])):
            item_indent = len(found[1])
            key_indent = item_indent + len(dash)
            rules.append(Rule())
        elif not rules or len(found[1]) != key_indent:
            continue
        if key == "examples":
            rules[-1].examples += sequence(lines, key_indent)
        elif key in ("id", "name", "visible"):
            setattr(rules[-1], key, re.sub(r"\s+#.*", "", value).strip("'\""))
        elif re.fullmatch(r"[|>][-+0-9]*(\s+#.*)?", value):
            block(lines, key_indent, value)  # so that nothing inside it is taken for a key
    return rules


def sequence(lines, key_indent):
    found = []
    while not lines.is_over:
        item = re.match(r"( *)- +(.*)$", lines.line)
        if lines.is_blank or (lines.is_comment and not item):
            lines.at += 1
            continue
        if not item or len(item[1]) < key_indent:
            break
        lines.at += 1
        found.append(scalar(lines, len(item[1]), item[2].rstrip()))
    return found


def scalar(lines, indent, first):
    if re.fullmatch(r"[|>][-+0-9]*(\s+#.*)?", first):
        return block(lines, indent, first)
    if first[0] in "'\"":
        return quoted(lines, first)
    parts = [re.sub(r"\s+#.*", "", first)]
    while parts[-1] == first and not lines.is_over and not lines.is_blank and lines.indent > indent:
        first = lines.line.strip()
        parts.append(re.sub(r"\s+#.*", "", first))
        lines.at += 1
    return " ".join(parts).strip()


def block(lines, indent, header):
    digits = re.search(r"\d", header)
    inner = indent + int(digits[0]) if digits else None
    body = []
    while not lines.is_over:
        if lines.is_blank:
            body.append(lines.line[inner:] if inner else "")
        elif lines.indent <= indent:
            break
        else:
            inner = lines.indent if inner is None else inner
            if lines.indent < inner:
                break
            body.append(lines.line[inner:])
        lines.at += 1
    while body and not body[-1].strip():
        body.pop()
    return folded(body) if header[0] == ">" else "\n".join(body) + "\n"


def folded(body):
    text = ""
    for before, line in zip([None, *body], body):
        if before is not None:
            text += "" if line == "" else "\n" if before == "" or line[0] == " " or before[0] == " " else " "
            text += "\n" if line == "" else ""
        text += line
    return text + "\n"


def quoted(lines, text):
    mark = text[0]
    closing = re.compile(r"'((?:[^']|'')*)'" if mark == "'" else r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
    while not (found := closing.match(text)) and not lines.is_over:
        text += "\n" + lines.line
        lines.at += 1
    body = found[1] if found else text[1:]
    body = re.sub(r"\\\n[ \t]*", "", body) if mark == '"' else body
    body = re.sub(r"[ \t]*\n[ \t]*((?:\n[ \t]*)*)", lambda gap: "\n" * gap[1].count("\n") or " ", body)
    if mark == "'":
        return body.replace("''", "'")

    def unescaped(escape):
        code = escape[1] or escape[2] or escape[3]
        return chr(int(code, 16)) if code else ESCAPES.get(escape[4], escape[4])

    return re.sub(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", unescaped, body)
