"""Writes an OCI layout of one image: make_layout.py FOLDER TOKEN... (10 tokens). What lies where: see images_test.cc."""
import gzip, hashlib, io, json, os, sys, tarfile

folder, tokens = sys.argv[1], sys.argv[2:]
os.makedirs(folder + "/blobs/sha256")


def blob(data, kind):
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{folder}/blobs/sha256/{digest}", "wb") as out:
        out.write(data)
    return {"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}


def tar(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if isinstance(content, tuple):
                info.type, info.linkname = content
                archive.addfile(info)
            else:
                data = content if isinstance(content, bytes) else content.encode()
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def line(token):
    return f"token = {token}\n"


base = tar([("etc/kept.conf", line(tokens[0])), ("etc/deleted.conf", line(tokens[1])), ("etc/over.conf", line(tokens[2])),
            ("srv/app/deep.conf", line(tokens[3])), ("opt/first", line(tokens[8])), ("opt/second", (tarfile.LNKTYPE, "opt/first"))])
inner = tar([("conf/a.properties", line(tokens[4]))])
second = tar([("etc/.wh.deleted.conf", ""), ("etc/over.conf", "clean\n"), ("srv/app/.wh..wh..opq", ""), ("lib/app.tar", inner),
              ("opt/.wh.first", ""), ("../../root/.npmrc", f"//registry.npmjs.org/:_authToken={tokens[5]}\n"),
              ("dev/null", (tarfile.CHRTYPE, "")), ("shadow", (tarfile.SYMTYPE, "/etc/shadow"))])
config = {
    "architecture": "amd64", "os": "linux", "author": "Robin Weaver <robin@acme.test>",
    "config": {"Env": ["PATH=/bin", "API=" + tokens[6]], "Labels": {"org.opencontainers.image.source": "https://git.acme.test/shop", "note": tokens[9]}},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(each).hexdigest() for each in (base, second)]},
    "history": [{"created_by": "COPY . /app"}, {"created_by": "ENV A=b", "empty_layer": True}, {"created_by": "RUN fetch --token " + tokens[7]}],
}
layers = [blob(base, "application/vnd.oci.image.layer.v1.tar"), blob(gzip.compress(second, mtime=0), "application/vnd.oci.image.layer.v1.tar+gzip")]
manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": blob(json.dumps(config).encode(), "application/vnd.oci.image.config.v1+json"), "layers": layers}
root = blob(json.dumps(manifest).encode(), manifest["mediaType"])
root["platform"] = {"os": "linux", "architecture": "amd64"}
root["annotations"] = {"org.opencontainers.image.ref.name": "1.2"}
json.dump({"schemaVersion": 2, "manifests": [root]}, open(folder + "/index.json", "w"))
json.dump({"imageLayoutVersion": "1.0.0"}, open(folder + "/oci-layout", "w"))
print(layers[0]["digest"])
