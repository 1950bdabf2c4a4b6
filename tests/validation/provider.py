#!/usr/bin/python3
"""A provider on loopback: an HTTPS server that answers as it is told, and tells what it was asked.

usage: provider.py CERTIFICATE KEY [--latency SECONDS] [--ipv6] [--client-ca AUTHORITY]

It prints its port. Each line on standard input is a JSON list of answers, given one after another, the last for all that follow; it is
acknowledged by the JSON list of the requests that came since the line before. An answer is
    {"status": 200, "headers": {"name": "value"} or [["name", "value"]], "body": "…"}
with, for faults, one of "stall" (seconds before the answer), "cut" (close in the middle of the body), "garbage" (no HTTP), "close" (no answer),
"bytes" (a body of so many bytes), "bomb" (a compressed body of so many bytes), "drip" (seconds between single bytes). A request has, as "client", the common name of a certificate of AUTHORITY that was shown.
"""

import asyncio
import json
import ssl
import sys
import zlib

answers = [{"status": 200, "body": ""}]
requests = []
latency = 0.0


async def read_request(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return {"method": method, "path": path, "headers": headers, "body": body.decode("utf-8", "replace")}


async def serve(reader, writer):
    try:
        while True:
            request = await read_request(reader)
            if shown := writer.get_extra_info("peercert"):
                request["client"] = dict(pair for part in shown["subject"] for pair in part)["commonName"]
            requests.append(request)
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            await asyncio.sleep(answer.get("stall", latency))
            if "close" in answer:
                break
            if "garbage" in answer:
                writer.write(b"\x16\x03\x00 220 ready\r\n\r\n")
                break
            body = answer.get("body", "").encode()
            headers = answer.get("headers", [])
            headers = list(headers.items() if isinstance(headers, dict) else headers)
            if "bytes" in answer:
                body = b"x" * answer["bytes"]
            if "bomb" in answer:
                packer = zlib.compressobj(9, zlib.DEFLATED, 31)
                block = bytes(1 << 20)
                body = b"".join(packer.compress(block) for _ in range(answer["bomb"] >> 20)) + packer.flush()
                headers.append(["Content-Encoding", "gzip"])
            head = f"HTTP/1.1 {answer.get('status', 200)} Whatever\r\nContent-Length: {len(body)}\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
            writer.write(head.encode())
            if "cut" in answer:
                writer.write(body[: len(body) // 2])
                break
            if "drip" in answer:
                for at in range(len(body)):
                    writer.write(body[at : at + 1])
                    await writer.drain()
                    await asyncio.sleep(answer["drip"])
            elif request["method"] != "HEAD":
                for at in range(0, len(body), 1 << 16):
                    if writer.is_closing():
                        break
                    writer.write(body[at : at + (1 << 16)])
                    await writer.drain()
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, ValueError):
        pass
    finally:
        writer.close()


async def main():
    global latency
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    if "--latency" in sys.argv:
        latency = float(sys.argv[sys.argv.index("--latency") + 1])
    if "--client-ca" in sys.argv:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(sys.argv[sys.argv.index("--client-ca") + 1])
    address = "::1" if "--ipv6" in sys.argv else "127.0.0.1"
    server = await asyncio.start_server(serve, address, 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader(limit=1 << 24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        seen = json.dumps(requests)
        requests.clear()
        answers[:] = json.loads(line)
        print(seen, flush=True)


asyncio.run(main())
