#!/usr/bin/python3
"""usage: image_layout.py FOLDER [TOKEN]: writes an OCI layout with one index, tagged "multi": linux/amd64 and linux/arm64, two layers each, the lower one common, the token in both."""

import gzip
import hashlib
import io
import json
import pathlib
import sys
import tarfile

folder = pathlib.Path(sys.argv[1])
secret = "".join("token = " + each + "\n" for each in sys.argv[2:])
(folder / "blobs/sha256").mkdir(parents=True)


def blob(data, media_type, **more):
    digest = hashlib.sha256(data).hexdigest()
    (folder / "blobs/sha256" / digest).write_bytes(data)
    return {"mediaType": "application/vnd.oci.image." + media_type, "digest": "sha256:" + digest, "size": len(data), **more}


def layer(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def document(value):
    return json.dumps(value).encode()


manifests = []
for architecture in ("amd64", "arm64"):
    tars = [layer({"etc/base": "common\n" + secret}), layer({"app/name": architecture + "\n" + secret})]
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {"Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(each).hexdigest() for each in tars]},
        "history": [{"created_by": "COPY base /"}, {"created_by": "COPY app /"}],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob(document(config), "config.v1+json"),
        "layers": [blob(gzip.compress(each, mtime=0), "layer.v1.tar+gzip") for each in tars],
    }
    manifests.append(blob(document(manifest), "manifest.v1+json", platform={"os": "linux", "architecture": architecture}))
index = document({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests})
top = blob(index, "index.v1+json", annotations={"org.opencontainers.image.ref.name": "multi"})
(folder / "index.json").write_bytes(document({"schemaVersion": 2, "manifests": [top]}))
(folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
