"""Writes an OCI layout of one image whose layers are folders: make_image.py LAYOUT NAME FOLDER...

Layer i has the history entry "COPY layer i"; a CMD ends the image after the first layer, as a base image's would. A file ".wh.x" in a folder is
the whiteout that it is named as. Layers from the second on are gzipped. A file instead of a folder is the layer's blob as it is."""
import gzip, hashlib, io, json, os, sys, tarfile

layout, name, folders = sys.argv[1], sys.argv[2], sys.argv[3:]
os.makedirs(layout + "/blobs/sha256", exist_ok=True)


def blob(data, kind):
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{layout}/blobs/sha256/{digest}", "wb") as out:
        out.write(data)
    return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:" + digest, "size": len(data)}


def undated(member):
    member.mtime = 0
    return member


layers, diff_ids, history = [], [], []
for number, folder in enumerate(folders, 1):
    if os.path.isfile(folder):
        data = open(folder, "rb").read()
        diff_ids.append("sha256:" + "0" * 64)
        layers.append(blob(data, "layer.v1.tar+zstd"))
        history.append({"created_by": f"COPY layer {number}"})
        continue
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(folder, arcname=".", filter=undated)
    data = out.getvalue()
    diff_ids.append("sha256:" + hashlib.sha256(data).hexdigest())
    layers.append(blob(data, "layer.v1.tar") if number == 1 else blob(gzip.compress(data, mtime=0), "layer.v1.tar+gzip"))
    history.append({"created_by": f"COPY layer {number}"})
    if number == 1:
        history.append({"created_by": 'CMD ["sh"]', "empty_layer": True})
config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history}
manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": blob(json.dumps(config).encode(), "config.v1+json"), "layers": layers}
root = blob(json.dumps(manifest).encode(), "manifest.v1+json")
root["platform"] = {"os": "linux", "architecture": "amd64"}
root["annotations"] = {"org.opencontainers.image.ref.name": name}
json.dump({"schemaVersion": 2, "manifests": [root]}, open(layout + "/index.json", "w"))
json.dump({"imageLayoutVersion": "1.0.0"}, open(layout + "/oci-layout", "w"))
