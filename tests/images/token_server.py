#!/usr/bin/python3
"""A token server (https://distribution.github.io/distribution/spec/auth/token/), over HTTPS on loopback; docker-registry verifies what it signs.

usage: token_server.py PORT CERTIFICATE KEY SIGNING_CERTIFICATE SIGNING_KEY USER PASSWORD REFRESH_TOKEN LOG

Whoever comes without credentials may pull from public/…; USER may pull and push everywhere; so may who has the refresh token
(https://distribution.github.io/distribution/spec/auth/oauth/). Each request is a line of LOG: method, user or "-", scope.
"""

import base64
import http.server
import json
import ssl
import subprocess
import sys
import time
import urllib.parse

port, certificate, key, signing_certificate, signing_key, user, password, refresh_token, log = sys.argv[1:]


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(access):
    der = base64.b64encode(ssl.PEM_cert_to_DER_cert(open(signing_certificate).read())).decode()
    now = int(time.time())
    claims = {"iss": "acme tokens", "sub": user, "aud": "acme registry", "exp": now + 300, "nbf": now - 10, "iat": now, "jti": str(time.time_ns()), "access": access}
    text = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "RS256", "x5c": [der]}, claims))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", signing_key], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
    return text + "." + encoded(signature)


class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, who, asked):
        scopes = asked.get("scope", [])
        with open(log, "a") as out:
            out.write(f"{self.command} {who or '-'} {' '.join(scopes)}\n")
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            may = actions.split(",") if who else ["pull"] if name.startswith("public/") else []
            access.append({"type": kind, "name": name, "actions": may})
        body = json.dumps({"token" if self.command == "GET" else "access_token": token(access), "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self):
        with open(log, "a") as out:
            out.write(f"{self.command} refused\n")
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        given = self.headers.get("Authorization", "")
        right = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        if given not in ("", right):
            return self.refuse()
        self.reply(user if given else "", urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query))

    def do_POST(self):
        asked = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if asked.get("grant_type") != ["refresh_token"] or asked.get("refresh_token") != [refresh_token]:
            # Docker's clients try this first with a user and password, and take 404 for "GET, then".
            self.send_response(404 if asked.get("grant_type") == ["password"] else 401)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.reply(user, asked)

    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
