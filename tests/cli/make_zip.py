#!/usr/bin/python3
"""Writes a zip: make_zip.py OUT < MEMBERS

MEMBERS is a JSON object: name: text; or {"zip": MEMBERS}, a zip in it; or {"times": N}, N MiB of zeros, which deflate to next to nothing."""
import io, json, sys, zipfile


def made(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if isinstance(content, str):
                archive.writestr(name, content)
            elif "zip" in content:
                archive.writestr(name, made(content["zip"]))
            else:
                with archive.open(name, "w") as member:
                    for _ in range(content["times"]):
                        member.write(bytes(1 << 20))
    return out.getvalue()


with open(sys.argv[1], "wb") as out:
    out.write(made(json.load(sys.stdin)))
