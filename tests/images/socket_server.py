#!/usr/bin/python3
"""usage: socket_server.py SOCKET ARCHIVE REQUESTS: a stand-in for the Docker daemon, HTTP at a Unix socket.

GET /images/acme/shop:1.0/get answers with ARCHIVE, chunked as the daemon does it; any other image is not there. Each path is a line of REQUESTS.
"""

import http.server
import socketserver
import sys

path, archive, requests = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with open(requests, "a") as out:
            out.write(self.path + "\n")
        found = self.path == "/images/acme/shop:1.0/get"
        self.send_response(200 if found else 404)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with open(archive, "rb") as file:
            while found and (part := file.read(10_000)):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        if not found:
            text = b'{"message":"No such image: acme/none:1.0"}'
            self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))
        self.wfile.write(b"0\r\n\r\n")

    def address_string(self):
        return "a socket"

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


Server(path, Handler).serve_forever()
