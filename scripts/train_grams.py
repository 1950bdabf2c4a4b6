#!/usr/bin/env python3
"""Counts the grams of src/matching/sequences.cc in ordinary text and writes src/matching/gram_table.cc.

  scripts/train_grams.py FOLDER... > src/matching/gram_table.cc

A gram is four neighbouring bytes. The most frequent ones go into the table, with how often they stand in a megabyte; each folder weighs
the same. Any source code will do, in several languages: the table decides how fast text is searched, never what is found. The one in the
tree was made from the sources of git, redis, terraform and the Go modules it needs, spring-boot, juice-shop, and Debian's
/usr/include /usr/lib/python3 /usr/share/perl /usr/share/doc.
"""
import collections
import gzip
import os
import random
import sys

KEPT = 20000
LIMIT = 24 << 20  # bytes of a folder


def counted(folder):
    counts = collections.Counter()
    size = 0
    files = sorted(os.path.join(path, name) for path, _, names in os.walk(folder) for name in names)
    random.Random(0).shuffle(files)
    for full in files:
        try:
            with (gzip.open if full.endswith(".gz") else open)(full, "rb") as file:
                text = file.read(1 << 18)
        except OSError:
            continue
        if b"\0" in text[:1024] or size > LIMIT:
            continue
        size += len(text)
        counts.update(map(bytes, zip(text, text[1:], text[2:], text[3:])))
    return {gram: count * 1e6 / max(size, 1) for gram, count in counts.most_common(4 * KEPT)}


def main():
    tables = [counted(folder) for folder in sys.argv[1:]]
    rate = collections.Counter()
    for table in tables:
        for gram, count in table.items():
            rate[gram] += count / len(tables)
    kept = sorted((int.from_bytes(gram, "little"), max(1, round(count))) for gram, count in rate.most_common(KEPT))
    print("// Made by scripts/train_grams.py; do not edit.")
    print('#include "matching/gram_table.h"\n')
    print("namespace keywake::matching {\n")
    print(f"const std::array<GramRate, kGramRates> kGramTable{{{{")
    line = "   "
    for gram, count in kept:
        cell = f" {{0x{gram:x}, {count}}},"
        if len(line) + len(cell) > 140:
            print(line)
            line = "   "
        line += cell
    print(line)
    print("}};\n\n}  // namespace keywake::matching")


if __name__ == "__main__":
    main()
