"""Places in real repositories, read by somebody, as a second grammar for bench/syntax: a list with repository, commit, path, line and class, divided
by tabs, never a value. The class is the carrier that a credential stands in there, or `none: …`, what stands there that is none; where the carrier is
followed by more (", word, deploy": what sort of value in what sort of place), the table is by that. The trees are those
that `bench/noise export` writes, one folder a repository (owner+name); who adds a repository writes out its tree at that commit beside them."""

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from tables import table

NONE = "none: "


@dataclass(frozen=True)
class Listed:
    repository: str
    commit: str
    path: str
    line: int
    what: str

    @property
    def folder(self):
        return self.repository.replace("/", "+")

    @property
    def group(self):
        return self.what if self.what.startswith(NONE) else self.what.partition(", ")[2] or self.what

    @property
    def is_secret(self):
        return not self.what.startswith(NONE)


def read(file):
    places = []
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            repository, commit, path, number, what = line.split("\t")
            places.append(Listed(repository, commit, path, int(number), what))
    return places


def highest(places, trees, scan):
    """What keywake says of each place: the highest level of what it finds on that line, or none."""
    levels = defaultdict(lambda: -1)
    there = sorted({place.folder for place in places if (trees / place.folder).is_dir()})
    for folder in there:
        for path, level, (first, _, last, _), _, _ in scan(trees / folder):
            for line in range(first, last + 1):
                levels[folder, path, line] = max(levels[folder, path, line], level)
    return {place: levels[place.folder, place.path, place.line] for place in places if place.folder in there}


def report(file, trees, scan, names, misses):
    places = read(file)
    found = highest(places, Path(trees), scan)
    print(f"{len(places)} places of {len({place.repository for place in places})} repositories; {len(places) - len(found)} of them without a tree in {trees}.\n")
    by_class = defaultdict(Counter)
    for place, level in found.items():
        by_class[place.group]["places"] += 1
        by_class[place.group].update(name for number, name in enumerate(names) if level >= number)
    for secret, title in ((True, "credential in"), (False, "no credential, but")):
        rows = []
        for what in sorted(by_class):
            if what.startswith(NONE) == secret:
                continue
            count = by_class[what]
            rows.append([what.removeprefix(NONE), count["places"], *(count[name] for name in names)])
        rows.append(["all", *(sum(row[column] for row in rows) for column in range(1, 2 + len(names)))])
        print(table([title, "places", *(f"≥ {name}" for name in names)], rows))
        print()
    if misses:
        for place, level in found.items():
            if place.is_secret == (level < 1):
                print(f"{'missed' if place.is_secret else 'false'}\t{place.what}\t{place.repository}/{place.path}:{place.line}")
    if not found:
        sys.exit(2)
