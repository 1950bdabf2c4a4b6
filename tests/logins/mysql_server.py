"""A MySQL server for tests: usage: PORT SCRIPT [CERTIFICATE KEY]. With these two it speaks TLS, and only so.

The script is JSON. {"plugin", "password", "cached"}: logs in whoever proves the password by that plugin, as
https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html has it, whatever the user; "cached": the server
has the password's hash at hand. Or {"first": hexadecimal, said in the greeting's place}, or {"said": [one for each packet of the client's],
"hangs_up": true after the last, "forever": said without end after the last}; the last is said again for each packet after it.
"""
import hashlib, json, socket, ssl, struct, sys, threading

PROTOCOL_41, TLS, SECURE, PLUGIN_AUTH = 0x200, 0x800, 0x8000, 0x80000
NONCE = bytes(range(65, 85))
script = json.load(open(sys.argv[2]))
context = None
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])


class Connection:
    def __init__(self, stream):
        self.stream = stream
        self.sequence = 0

    def exactly(self, count):
        out = b""
        while len(out) < count:
            more = self.stream.recv(count - len(out))
            if not more:
                raise EOFError
            out += more
        return out

    def heard(self):
        head = self.exactly(4)
        self.sequence = (head[3] + 1) % 256
        return self.exactly(head[0] | head[1] << 8 | head[2] << 16)

    def say(self, payload):
        self.stream.sendall(struct.pack("<I", len(payload))[:3] + bytes([self.sequence]) + payload)
        self.sequence = (self.sequence + 1) % 256


def sha(algorithm, *texts):
    return hashlib.new(algorithm, b"".join(texts)).digest()


def proof(plugin, password):
    if plugin == "mysql_native_password":
        once = sha("sha1", password)
        other = sha("sha1", NONCE, sha("sha1", once))
    else:
        once = sha("sha256", password)
        other = sha("sha256", sha("sha256", once), NONCE)
    return bytes(a ^ b for a, b in zip(once, other))


def greet(connection, plugin):
    can = PROTOCOL_41 | SECURE | PLUGIN_AUTH | (TLS if context else 0)
    connection.say(b"\x0a8.0.36\0" + struct.pack("<I", 7) + NONCE[:8] + b"\0" + struct.pack("<HBHHB", can & 0xFFFF, 45, 2, can >> 16, 21) + b"\0" * 10 + NONCE[8:] + b"\0" + plugin.encode() + b"\0")
    packet = connection.heard()
    if context:
        if len(packet) != 32 or not struct.unpack_from("<I", packet)[0] & TLS:
            raise EOFError
        connection.stream = context.wrap_socket(connection.stream, server_side=True)
        packet = connection.heard()
    # No local files, no compression, no several statements, no database.
    if struct.unpack_from("<I", packet)[0] & (0x80 | 0x20 | 0x10000 | 0x8):
        raise EOFError
    return packet


def lets_in(connection, packet):
    """Whether the password is right, by the plugin; the user's is another than the greeting's, so that a switch is needed, but for sha2."""
    plugin, password = script["plugin"], script["password"].encode()
    at = packet.index(b"\0", 32) + 1
    response = packet[at + 1 : at + 1 + packet[at]]
    if plugin != "caching_sha2_password":
        connection.say(b"\xfe" + plugin.encode() + b"\0" + NONCE + b"\0")
        response = connection.heard()
        return response == (proof(plugin, password) if plugin == "mysql_native_password" else password + b"\0")
    if script["cached"] and response == proof(plugin, password):
        connection.say(b"\x01\x03")
        return True
    connection.say(b"\x01\x04")
    return connection.heard() == password + b"\0"


def serve(stream):
    connection = Connection(stream)
    try:
        if "first" in script:
            stream.sendall(bytes.fromhex(script["first"]))
            while True:
                connection.heard()
        if "said" in script:
            greet(connection, "mysql_native_password")
            said = script["said"]
            for i in range(1000):
                connection.stream.sendall(bytes.fromhex(said[min(i, len(said) - 1)]))
                last = i >= len(said) - 1
                while last and "forever" in script:
                    connection.stream.sendall(bytes.fromhex(script["forever"]))
                if last and script.get("hangs_up"):
                    return
                connection.heard()
            return
        if not lets_in(connection, greet(connection, "caching_sha2_password")):
            return connection.say(b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied for user 'app'@'127.0.0.1' (using password: YES)")
        connection.say(b"\0\0\0\2\0\0\0")
        while True:
            connection.heard()
            connection.say(b"\xff" + struct.pack("<H", 1227) + b"#42000Access denied; you need some privilege")
    except (EOFError, OSError, ValueError, IndexError):
        pass
    finally:
        connection.stream.close()


server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
