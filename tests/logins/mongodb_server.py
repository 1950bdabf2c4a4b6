#!/usr/bin/python3
"""A server that speaks MongoDB's protocol as far as a login does: OP_MSG, hello, SCRAM, and who one is then.

usage: mongodb_server.py PORT USERS.json [CERTIFICATE KEY | patient]

Without a certificate it speaks no TLS, and hangs up on who does, as MongoDB; "patient", it waits for the rest, as FerretDB.

Debian has no MongoDB server, so this is our own transcription of the specifications (OP_MSG and BSON: mongodb.com and bsonspec.org; SCRAM:
RFC 5802, RFC 7677, and MongoDB's auth.md), made without a look at the driver that it is to test.

USERS.json is a list of {"db", "user", "password", "mechanisms": ["SCRAM-SHA-256"], "roles": [["read", "shop"]], "databases": []}; further keys
bend what is said to that user: "hello" (fields of hello's reply), "silent" (hello does not say the mechanisms), "legacy" (knows isMaster, not
hello), "iterations", "fault" ("forged": a wrong signature; "nonce": one that is not the client's; "huge": a length without bounds; "cut";
"response": the reply to another request; "end": done only after an empty exchange), "error": [code, text] of saslStart.
"""

import base64
import hashlib
import hmac
import json
import os
import socket
import ssl
import struct
import sys
import threading


def bson(fields):
    out = b""
    for name, value in fields.items():
        key = name.encode() + b"\0"
        if isinstance(value, bool):
            out += b"\x08" + key + bytes([value])
        elif isinstance(value, int):
            out += b"\x10" + key + struct.pack("<i", value)
        elif isinstance(value, float):
            out += b"\x01" + key + struct.pack("<d", value)
        elif isinstance(value, str):
            text = value.encode() + b"\0"
            out += b"\x02" + key + struct.pack("<i", len(text)) + text
        elif isinstance(value, bytes):
            out += b"\x05" + key + struct.pack("<ib", len(value), 0) + value
        elif isinstance(value, list):
            out += b"\x04" + key + bson({str(i): each for i, each in enumerate(value)})
        elif value is None:
            out += b"\x09" + key + struct.pack("<q", 1_700_000_000_000)  # a date, of which every real hello has one
        else:
            out += b"\x03" + key + bson(value)
    return struct.pack("<i", len(out) + 5) + out + b"\0"


def unbson(data):
    fields, at = {}, 4
    assert struct.unpack_from("<i", data)[0] == len(data) and data[-1] == 0
    while data[at]:
        kind, end = data[at], data.index(0, at + 1)
        name, at = data[at + 1 : end].decode(), end + 1
        if kind == 0x10:
            fields[name], at = struct.unpack_from("<i", data, at)[0], at + 4
        elif kind == 0x08:
            fields[name], at = bool(data[at]), at + 1
        elif kind == 0x02:
            size = struct.unpack_from("<i", data, at)[0]
            assert data[at + 3 + size] == 0
            fields[name], at = data[at + 4 : at + 3 + size].decode(), at + 4 + size
        elif kind == 0x05:
            size = struct.unpack_from("<i", data, at)[0]
            fields[name], at = data[at + 5 : at + 5 + size], at + 5 + size
        elif kind == 0x03:
            size = struct.unpack_from("<i", data, at)[0]
            fields[name], at = unbson(data[at : at + size]), at + size
        else:
            raise ValueError(f"type {kind:#x}")
    assert at == len(data) - 1
    return fields


class Conversation:
    """The server's side of SCRAM."""

    def __init__(self, mechanism, db, first):
        gs2, bare = first[:3], first[3:]
        name, nonce = bare.split(",")
        assert gs2 == "n,," and name[:2] == "n=" and nonce[:2] == "r="
        user = name[2:].replace("=2C", ",").replace("=3D", "=")
        self.user = find(db, user)
        self.hash = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256"}[mechanism]
        self.known = self.user is not None and mechanism in self.user["mechanisms"]
        password = self.user["password"] if self.known else os.urandom(8).hex()
        if self.hash == "sha1":
            password = hashlib.md5(f"{user}:mongo:{password}".encode()).hexdigest()
        bent = self.user or {}
        salt, iterations = os.urandom(16), bent.get("iterations", 4096)
        self.salted = hashlib.pbkdf2_hmac(self.hash, password.encode(), salt, min(iterations, 100_000))
        self.nonce = ("x" if bent.get("fault") == "nonce" else "") + nonce[2:] + base64.b64encode(os.urandom(18)).decode()
        self.challenge = f"r={self.nonce},s={base64.b64encode(salt).decode()},i={iterations}"
        self.bare = bare

    def mac(self, key, text):
        return hmac.new(key, text.encode(), self.hash).digest()

    def final(self, message):
        """The server's last word; None if the proof is none."""
        without, proof = message.rsplit(",p=", 1)
        assert without == "c=biws,r=" + self.nonce
        said = f"{self.bare},{self.challenge},{without}"
        stored = hashlib.new(self.hash, self.mac(self.salted, "Client Key")).digest()
        key = bytes(a ^ b for a, b in zip(base64.b64decode(proof), self.mac(stored, said)))
        if hashlib.new(self.hash, key).digest() != stored or not self.known:
            return None
        signature = self.mac(self.mac(self.salted, "Server Key"), said)
        return "v=" + base64.b64encode(bytes(len(signature)) if self.user.get("fault") == "forged" else signature).decode()


def find(db, user):
    return next((each for each in users if each["db"] == db and each["user"] == user), None)


def error(code, text):
    return {"ok": 0.0, "errmsg": text, "code": code, "codeName": "Made"}


class Client:
    def __init__(self, connection):
        self.connection = connection
        self.sasl = None
        self.bent = {}
        self.logged_in = None
        self.done = False

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def serve(self):
        while True:
            size, request, _, operation = struct.unpack("<4i", self.exactly(16))
            if operation != 2013 or not 26 <= size <= 1 << 20:
                if patient:
                    self.exactly(1 << 25)
                return
            data = self.exactly(size - 16)
            assert data[:5] == bytes(5)
            body = bson(self.reply(unbson(data[5:])))
            fault = self.bent.get("fault")
            answer = struct.pack("<4i", 21 + len(body), 7, request + (fault == "response"), 2013) + bytes(5) + body
            if fault == "huge":
                answer = struct.pack("<4i", 0x7FFFFFFF, 7, request, 2013) + answer[16:]
            self.connection.sendall(answer[:-9] if fault == "cut" else answer)
            if fault == "cut":
                return

    def reply(self, command):
        name, db = next(iter(command)), command["$db"]
        if name in ("hello", "isMaster"):
            user = find(*command["saslSupportedMechs"].split(".", 1))
            self.bent = user or {}
            if self.bent.get("legacy") and name == "hello":
                return error(59, "no such command: 'hello'")
            out = {"ismaster" if name == "isMaster" else "isWritablePrimary": True, "maxWireVersion": 21, "localTime": None}
            if user and not user.get("silent"):
                out["saslSupportedMechs"] = user["mechanisms"]
            return {**out, **self.bent.get("hello", {}), "ok": 1.0}
        if name == "saslStart":
            if "error" in self.bent:
                return error(*self.bent["error"])
            self.sasl = Conversation(command["mechanism"], db, command["payload"].decode())
            if self.bent and not self.sasl.known:
                return error(334, "Unable to use SCRAM based authentication for user without any SCRAM credentials registered")
            assert command["options"] == {"skipEmptyExchange": True}
            return {"conversationId": 4711, "done": False, "payload": self.sasl.challenge.encode(), "ok": 1.0}
        if name == "saslContinue":
            assert command["conversationId"] == 4711
            if self.done:
                assert command["payload"] == b""
                self.logged_in = self.sasl.user
                return {"conversationId": 4711, "done": True, "payload": b"", "ok": 1.0}
            final = self.sasl.final(command["payload"].decode())
            if final is None:
                return error(18, "Authentication failed.")
            self.done = self.bent.get("fault") == "end"
            if not self.done:
                self.logged_in = self.sasl.user
            return {"conversationId": 4711, "done": not self.done, "payload": final.encode(), "ok": 1.0}
        if self.logged_in is None:
            return error(13, f"Command {name} requires authentication")
        if name == "connectionStatus":
            who = {"user": self.logged_in["user"], "db": self.logged_in["db"]}
            roles = [{"role": role, "db": of} for role, of in self.logged_in.get("roles", [])]
            return {"authInfo": {"authenticatedUsers": [who], "authenticatedUserRoles": roles}, "ok": 1.0}
        if name == "listDatabases" and command["nameOnly"] and command["authorizedDatabases"]:
            return {"databases": [{"name": each} for each in self.logged_in.get("databases", [])], "ok": 1.0}
        if name == "buildInfo":
            return {"version": "7.0.99", "ok": 1.0}
        return error(59, f"no such command: '{name}'")


def handle(connection, context):
    try:
        with context.wrap_socket(connection, server_side=True) if context else connection as wrapped:
            Client(wrapped).serve()
    except (OSError, ssl.SSLError):
        pass


port, file, *pair = sys.argv[1:]
with open(file, encoding="utf-8") as opened:
    users = json.load(opened)
tls = None
patient = pair == ["patient"]
if len(pair) == 2:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*pair)
listening = socket.create_server(("127.0.0.1", int(port)))
while True:
    threading.Thread(target=handle, args=(listening.accept()[0], tls), daemon=True).start()
