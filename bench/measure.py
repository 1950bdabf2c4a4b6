"""Runs commands and takes their time and memory, for bench/compare.

Long runs: wall time around /usr/bin/time, which reports the peak memory of the command's largest process. Short ones (a commit hook): hyperfine
without a shell, one run a call, so that runs of different tools can take turns; memory from one more run. All is bound to the same processors."""

import json
import os
import shlex
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Result:
    tool: object
    seconds: list = field(default_factory=list)
    peak_kib: int = 0
    exit_status: object = None
    records: object = None  # findings in the report
    secrets: object = None  # different secrets among them
    trouble: str = None

    @property
    def median(self):
        return statistics.median(self.seconds) if self.seconds else None


class Bench:
    def __init__(self, folder, cpus, timeout, say=lambda text: print(text, file=sys.stderr, flush=True)):
        self.folder = Path(folder)
        self.timeout = timeout
        self.say = say
        self.pin = ["taskset", "-c", cpus]

    def call(self, command, cwd, out, err):
        """Exit status and seconds; status None if the time ran out, and the command's whole process group ended."""
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
        try:
            status = process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return status, time.perf_counter() - begin

    def measured_run(self, command, cwd, report):
        """Exit status, seconds, peak KiB, standard error."""
        memory = self.folder / "memory"
        memory.write_text("")
        with open(report + ".out", "wb") as out, open(self.folder / "stderr", "wb") as err:
            status, seconds = self.call([*self.pin, "/usr/bin/time", "-f", "%M", "-o", memory, "--", *command], cwd, out, err)
        peak = memory.read_text().split()
        errors = (self.folder / "stderr").read_text(errors="replace")
        return status, seconds, int(peak[-1]) if peak else 0, errors

    def short_run(self, command, cwd):
        """Seconds by hyperfine; None if the time ran out."""
        times = self.folder / "hyperfine.json"
        status, _ = self.call(
            [*self.pin, "hyperfine", "--shell=none", "--runs", "1", "--ignore-failure", "--style", "none", "--export-json", times,
             shlex.join(map(str, command))], cwd, subprocess.DEVNULL, subprocess.DEVNULL)  # fmt: skip
        return json.loads(times.read_text())["results"][0]["times"][0] if status == 0 else None

    def compare(self, tools, mode, target, runs_of, once_over=None, short=False, first_trouble=None):
        """One warm-up run of each tool, which also gives what it reports, then its runs in turns. A tool slower than `once_over` seconds
        in the warm-up is not run again: that run counts."""
        results, commands = [], {}
        cwd = self.folder / "cwd"
        cwd.mkdir(exist_ok=True)
        for tool in tools:
            report = str(self.folder / f"report-{len(results)}")
            command = tool.command(mode, str(target), report)
            if command is None:
                continue
            where = target if mode == "staged" else cwd
            result = Result(tool)
            self.say(f"{mode}: {tool.name}, warm-up")
            result.exit_status, seconds, result.peak_kib, errors = self.measured_run(command, where, report)
            results.append(result)
            if result.exit_status is None:
                result.trouble = f"not done after {self.timeout:.0f} s"
                continue
            self.read_report(result, report, errors, first_trouble)
            if once_over is not None and seconds > once_over:
                result.seconds.append(seconds)
            else:
                commands[tool.name] = (result, command, where, report)
        for turn in range(max((runs_of(result.tool) for result, *_ in commands.values()), default=0)):
            # Every turn begins with another tool, so that none always follows the same one.
            order = list(commands.values())
            order = order[turn % len(order):] + order[: turn % len(order)]
            for result, command, where, report in order:
                if turn >= runs_of(result.tool):
                    continue
                if short:
                    seconds = self.short_run(command, where)
                else:
                    self.say(f"{mode}: {result.tool.name}, run {turn + 1} of {runs_of(result.tool)}")
                    _, seconds, peak, _ = self.measured_run(command, where, report)
                    result.peak_kib = max(result.peak_kib, peak)
                if seconds is not None:
                    result.seconds.append(seconds)
        return results

    @staticmethod
    def read_report(result, report, errors, first_trouble):
        tool = result.tool
        if first_trouble:
            result.trouble = first_trouble(tool, errors)
        if tool.name.startswith("keywake") and result.exit_status not in (0, 1):
            result.trouble = (errors.strip().splitlines() or [f"exit status {result.exit_status}"])[-1]
        if tool.count is None:
            return
        for path in (report + ".out" if tool.reports_on_stdout else report, report + ".jsonl"):
            if Path(path).exists():
                try:
                    result.records, secrets = tool.count(path)
                    result.secrets = None if secrets is None else len(secrets)
                except (ValueError, KeyError, TypeError) as error:
                    result.trouble = f"its report cannot be read: {error!r}"
                return
