#!/usr/bin/env python3
"""Trains the character model of src/matching/rarity.cc and writes src/matching/rarity_table.cc.

  scripts/train_rarity.py FOLDER... > src/matching/rarity_table.cc

Each distinct word of the texts under the folders counts once, so that a frequent one does not outweigh a language. The table in the
tree was made from /usr/include /usr/lib/python3 /usr/lib/python3.11 /usr/share/perl /usr/share/doc of Debian 12.

Symbols: a-z in any case are 1-26, digits 27, anything else (or the end of a word) 0. An entry is the cost of a symbol after two others
in steps of 0.75 bit, 0 to 15, as a character from 'A' on.
"""
import gzip
import math
import os
import re
import sys

SYMBOLS = 28
STEP = 0.75
WORD = re.compile(rb"[A-Za-z0-9]{3,40}(?:[_-][A-Za-z0-9]{2,40})*")
LIMIT = 64 << 20


def symbol(byte):
    if 97 <= byte <= 122:
        return byte - 96
    if 65 <= byte <= 90:
        return byte - 64
    return 27 if 48 <= byte <= 57 else 0


def words(folders):
    seen = set()
    size = 0
    for folder in folders:
        for path, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                full = os.path.join(path, name)
                try:
                    with (gzip.open if name.endswith(".gz") else open)(full, "rb") as file:
                        text = file.read(1 << 20)
                except OSError:
                    continue
                if b"\0" in text[:1024] or size > LIMIT:
                    continue
                size += len(text)
                for word in WORD.findall(text):
                    # A word that is mostly digits, or hexadecimal, is a number or a checksum.
                    digits = sum(48 <= b <= 57 for b in word)
                    if digits * 3 <= len(word) and not re.fullmatch(rb"[0-9a-fA-F]{8,}", word):
                        seen.add(word.lower() if word.isupper() else word)
    return seen


def main():
    three = [0.0] * SYMBOLS**3
    two = [0.0] * SYMBOLS**2
    one = [0.0] * SYMBOLS
    vocabulary = words(sys.argv[1:])
    for word in vocabulary:
        symbols = [0, 0] + [symbol(b) for b in word] + [0]
        for a, b, c in zip(symbols, symbols[1:], symbols[2:]):
            three[(a * SYMBOLS + b) * SYMBOLS + c] += 1
            two[b * SYMBOLS + c] += 1
            one[c] += 1
    total = sum(one)
    table = []
    for a in range(SYMBOLS):
        for b in range(SYMBOLS):
            context = sum(three[(a * SYMBOLS + b) * SYMBOLS + c] for c in range(SYMBOLS))
            pair = sum(two[b * SYMBOLS + c] for c in range(SYMBOLS))
            for c in range(SYMBOLS):
                # Each order falls back on the next lower one with a weight of some observations.
                p1 = (one[c] + 1) / (total + SYMBOLS)
                p2 = (two[b * SYMBOLS + c] + 20 * p1) / (pair + 20)
                p3 = (three[(a * SYMBOLS + b) * SYMBOLS + c] + 8 * p2) / (context + 8)
                table.append(chr(65 + max(0, min(15, round(-math.log2(p3) / STEP)))))
    text = "".join(table)
    print("// Made by scripts/train_rarity.py from %d distinct words; do not edit." % len(vocabulary))
    print('#include "matching/rarity_table.h"\n')
    print("namespace keywake::matching {\n")
    print("const char kRarityTable[] =")
    for at in range(0, len(text), 96):
        print('    "%s"%s' % (text[at : at + 96], ";" if at + 96 >= len(text) else ""))
    print("\n}  // namespace keywake::matching")


main()
