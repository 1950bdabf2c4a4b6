"""Plants tokens into what builds leave behind, at every level of nesting: plant.py FOLDER TOKEN...; prints "number path" of each place.

Every leaf is put into a zip by itself, and that into a tar.gz, so that it stands at levels 0, 1 and 2."""
import io, json, os, py_compile, sqlite3, struct, sys, tarfile, zipfile, zlib

folder, tokens = sys.argv[1], iter(enumerate(sys.argv[2:]))
places = []


def leaf(name, inside, make, line=None):
    """A file of that name with a token; `inside`: where in it the token stands."""
    paths = []
    for level in range(3):
        number, token = next(tokens)
        data = make(token)
        if level == 0:
            path, outer, bytes_ = name, name, data
        elif level == 1:
            path, outer, bytes_ = f"one-{name}.zip!/lib/{name}", f"one-{name}.zip", zipped({"lib/" + name: data})
        else:
            path, outer, bytes_ = (f"two-{name}.tgz!/package/x.jar!/lib/{name}", f"two-{name}.tgz", tarred({"package/x.jar": zipped({"lib/" + name: data})}))
        with open(os.path.join(folder, outer), "wb") as out:
            out.write(bytes_)
        print(number, path + ("!/" + inside if inside else "") + (f":{line}" if line else ""))


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def source_map(token):
    source = "export const a = 1;\nconst token = '%s';\n" % token
    return json.dumps({"version": 3, "sources": ["webpack:///./src/config.ts"], "sourcesContent": [source], "mappings": "AAAA"}).encode()


def bytecode(token):
    source = os.path.join(folder, ".module.py")
    with open(source, "w") as out:
        out.write("import os\nGITHUB_TOKEN = '%s'\n" % token)
    py_compile.compile(source, source + "c", doraise=True)
    with open(source + "c", "rb") as data:
        result = data.read()
    os.remove(source)
    os.remove(source + "c")
    return result


def database(token):
    path = os.path.join(folder, ".database")
    connection = sqlite3.connect(path)
    connection.execute("create table accounts (name text, api_token text)")
    connection.execute("insert into accounts values ('robin', ?)", (token,))
    connection.commit()
    connection.close()
    with open(path, "rb") as data:
        result = data.read()
    os.remove(path)
    return result


def asar(token):
    file = b"module.exports = { token: '%s' }\n" % token.encode()
    header = json.dumps({"files": {"lib": {"files": {"main.js": {"size": len(file), "offset": "0"}}}}}).encode()
    padding = -len(header) % 4
    return struct.pack("<IIII", 4, len(header) + padding + 8, len(header) + padding + 4, len(header)) + header + bytes(padding) + file


def word(token):
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in ("token ", token[:9], token[9:]))
    xml = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
           f"<w:body><w:p>{runs}</w:p></w:body></w:document>")
    return zipped({"[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>', "word/document.xml": xml})


def notebook(token):
    cell = {"cell_type": "code", "source": ["import os\n", "token = '%s'\n" % token], "outputs": [], "metadata": {}, "execution_count": 1}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, indent=1).encode()


def har(token):
    header = {"name": "Authorization", "value": "Bearer " + token}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": {"method": "GET", "url": "https://api.acme.test/", "headers": [header]}}]}}).encode()


def bundle(token):
    return b"!function(){" + b"var a=1;function b(c){return c+1}" * 60_000 + b'var t="' + token.encode() + b'";b(a)}();'


def log(token):
    return zlib.compress(b"", wbits=31) if not token else zlib.compress(b"GET / 200\n" * 500 + b"POST /login token=%s\n" % token.encode(), wbits=31)


def wide(token):
    """A program's resource: UTF-16 among zeros."""
    return b"MZ" + bytes(510) + ("token=" + token).encode("utf-16-le") + bytes(512)


def wasm(token):
    data = b"\x00\x41\x00\x0b" + bytes([len(token) + 6]) + b"token=" + token.encode()
    section = b"\x01" + data
    return b"\0asm\x01\0\0\0" + b"\x0b" + bytes([len(section)]) + section


def heap(token):
    return b"JAVA PROFILE 1.0.2\0" + struct.pack(">IQ", 8, 0) + bytes(4096) + b"token=" + token.encode() + bytes(4096)


def pdf(token):
    text = b"BT /F1 12 Tf 72 700 Td [(token ) -20 (%s) 3 (%s)] TJ ET" % (token[:7].encode(), token[7:].encode())
    packed = zlib.compress(text)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % each for each in offsets)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def deb(token):
    def entry(name, data):
        return b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name.encode(), 0, 0, 0, b"100644", len(data)) + data + b"\n" * (len(data) % 2)

    return b"!<arch>\n" + entry("debian-binary", b"2.0\n") + entry("control.tar.gz", tarred({"control": b"Package: x\n"})) + entry(
        "data.tar.xz", tarred({"etc/app.conf": b"token = %s\n" % token.encode()}, "w:xz"))


leaf("app.js.map", "src/config.ts", source_map, 2)
leaf("module.pyc", "strings", bytecode)
leaf("state.db", "table/accounts", database)
leaf("app.asar", "lib/main.js", asar, 1)
leaf("notes.docx", "word/document.xml!/text", word, 1)
leaf("try.ipynb", "", notebook, 7)
leaf("session.har", "", har, 1)
leaf("bundle.min.js", "", bundle, 1)
leaf("access.log.gz", "access.log", log, 501)
leaf("tool.exe", "", wide)
leaf("tool.wasm", "", wasm)
leaf("heap.hprof", "", heap)
leaf("manual.pdf", "page/1", pdf)
leaf("tool.deb", "data.tar.xz!/etc/app.conf", deb, 1)
