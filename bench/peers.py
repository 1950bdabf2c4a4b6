"""What bench/compare runs: keywake, git and the other scanners, each with its command for each mode, and how to count what it reported.

Every scanner runs without live validation, with its whole default rule set, and writes its findings to a file."""

import json
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Callable


@dataclass
class Tool:
    name: str
    command: Callable  # (mode, target, report file) → argument list, or None if the tool has no such mode
    count: Callable = None  # (report file) → (records, set of secrets or None if the report does not tell)
    trouble: str = None  # regular expression: a line of its standard error that says the scan was not complete
    version: str = ""
    reports_on_stdout: bool = False
    is_baseline: bool = False


def shell(text):
    return ["sh", "-c", text]


# --- reading reports ----------------------------------------------------------------------------------------


def lines_of(path):
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("{"):
                yield json.loads(line)


def keywake_report(path):
    sightings = [record for record in lines_of(path) if record.get("type") == "sighting"]
    return len(sightings), {record["fingerprint"] for record in sightings}


def kingfisher_report(path):
    findings = [record["finding"] for record in lines_of(path) if "finding" in record]
    return len(findings), {finding["snippet"] for finding in findings}


def betterleaks_report(path):
    findings = [record["finding"] for record in lines_of(path) if "finding" in record]
    return len(findings), {finding["match"]["fingerprint"] for finding in findings}


def gitleaks_report(path):
    findings = json.loads(Path(path).read_text(errors="replace") or "[]") or []
    return len(findings), {finding["Secret"] for finding in findings}


def trufflehog_report(path):
    findings = [record for record in lines_of(path) if "SourceMetadata" in record]
    return len(findings), {finding["Raw"] for finding in findings}


def scanner_rs_report(path):
    return sum(record.get("type") == "finding" for record in lines_of(path)), None


def detect_secrets_report(path):
    results = json.loads(Path(path).read_text() or "{}")
    results = results.get("results", results)
    found = [finding for findings in results.values() for finding in findings] if isinstance(results, dict) else results
    return len(found), {finding["hashed_secret"] for finding in found}


# --- commands -----------------------------------------------------------------------------------------------


def keywake(program, *extra):
    def command(mode, target, report):
        kind = {"history": [], "tree": ["--no-history"], "staged": ["--staged"]}[mode]
        return [program, "scan", "--threads", "2", "--quiet", "--output", f"jsonl:{report}", *kind, *extra, target]

    return command


def kingfisher(program):
    def command(mode, target, report):
        kind = {"history": ["--git-history", "full"], "tree": ["--git-history", "none"], "staged": ["--staged"]}[mode]
        return [program, "scan", target, "--no-validate", "--no-update-check", "--jobs", "2", "--no-dedup",
                "--format", "jsonl", "--output", report, *kind]  # fmt: skip

    return command


def betterleaks(program):
    def command(mode, target, report):
        kind = {"history": ["git"], "tree": ["filesystem"], "staged": ["git", "--staged"]}[mode]
        return [program, *kind, target, "--no-banner", "--silent", "--output", report + ".jsonl"]

    return command


def gitleaks(program):
    def command(mode, target, report):
        kind = {"history": ["git"], "tree": ["dir"], "staged": ["git", "--pre-commit", "--staged"]}[mode]
        return [program, *kind, target, "--no-banner", "--report-format", "json", "--report-path", report]

    return command


def trufflehog(program):
    def command(mode, target, report):
        del report  # on standard output
        kind = {
            "history": ["git", f"file://{target}"],
            "tree": ["filesystem", target],
            "staged": ["git", f"file://{target}", "--since-commit", "HEAD"],  # as its documentation has it
        }[mode]
        if mode == "history" and not os.path.exists(os.path.join(target, ".git")):
            kind.append("--bare")
        return [program, *kind, "--json", "--no-verification", "--no-update", "--concurrency", "2", "--fail"]

    return command


def scanner_rs(program):
    def command(mode, target, report):
        del report  # on standard output
        kind = {"history": ["git", f"--repo={target}", "--pack-exec-workers=2"],
                "tree": ["fs", f"--path={target}", "--workers=2"]}  # fmt: skip
        return [program, "scan", *kind[mode]] if mode in kind else None

    return command


def detect_secrets(program):
    def command(mode, target, report):
        if mode == "history":
            return None
        if mode == "tree":
            text = f"cd {shlex.quote(target)} && {program} -c 2 scan --no-verify --all-files ."
        else:
            text = (f"cd {shlex.quote(target)} && git diff --cached --name-only -z | "
                    f"xargs -0 {program}-hook --no-verify --json")  # fmt: skip
        return shell(f"({text}) >{shlex.quote(report)}")

    return command


def git_objects(mode, target, report):
    if mode != "history":
        return None
    return shell(f"git -C {shlex.quote(target)} cat-file --batch-all-objects --unordered --batch --buffer >/dev/null")


def git_log(mode, target, report):
    return shell(f"git -C {shlex.quote(target)} log --all --patch --unified=0 >/dev/null") if mode == "history" else None


def cat_files(mode, target, report):
    return shell(f"find {shlex.quote(target)} -type f -print0 | xargs -0 cat >/dev/null") if mode == "tree" else None


def git_diff(mode, target, report):
    return ["git", "-C", target, "diff", "--cached"] if mode == "staged" else None


# name in FOLDER/bin: command, reader of its report, what says that it stopped early, report on standard output
PEERS = {
    "betterleaks": (betterleaks, betterleaks_report, r"incomplete|\bERR\b", False),
    "kingfisher": (kingfisher, kingfisher_report, r"\bERROR\b|timed out", False),
    "scanner-rs": (scanner_rs, scanner_rs_report, r"errors=[1-9]|^error|partial|skipped=[1-9]", True),
    "gitleaks": (gitleaks, gitleaks_report, r"\bERR\b", False),
    "trufflehog": (trufflehog, trufflehog_report, r'"level":"error"|\berror\b', True),
    "detect-secrets": (detect_secrets, detect_secrets_report, None, False),
}


def all_tools(keywake_program, peers_folder):
    """Every tool that is there: the baselines, keywake (twice), then the peers."""
    peers = Path(peers_folder).resolve()
    program = os.path.realpath(keywake_program)
    versions = {}
    if (peers / "versions.tsv").exists():
        versions = dict(line.split("\t", 1) for line in (peers / "versions.tsv").read_text().splitlines())
    tools = [
        Tool("git cat-file", git_objects, is_baseline=True),
        Tool("git log -p", git_log, is_baseline=True),
        Tool("find and cat", cat_files, is_baseline=True),
        Tool("git diff --cached", git_diff, is_baseline=True),
        Tool("keywake", keywake(program), keywake_report),
        Tool("keywake --exhaustive",
             lambda mode, *rest: keywake(program, "--exhaustive")(mode, *rest) if mode == "history" else None, keywake_report),
    ]  # fmt: skip
    for name, (command, count, trouble, on_stdout) in PEERS.items():
        path = peers / "bin" / name
        if path.exists():
            tools.append(Tool(name, command(os.path.realpath(path)), count, trouble, versions.get(name, ""), on_stdout))
    return tools


def first_trouble(tool, text):
    """The first line that says a scan was not complete, without colours."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    if tool.trouble:
        for line in text.splitlines():
            if re.search(tool.trouble, line):
                return line.strip()[:160]
    return None
