#!/usr/bin/python3
"""The interface of a store of variables on loopback, over HTTPS.

usage: store_server.py CERTIFICATE KEY ROUTES

ROUTES is a JSON file:
    {"login": ["header", "value"] or null,             without which the answer is 401
     "routes": {"/path?query": ANSWER or [ANSWER, …]}, of a list one after another, the last for all that follow
     "patterns": [["regular expression of the whole path and query", ANSWER], …],
     "openapi": "FILE"}                                 what requests are held to: an excerpt of a description, see openapi_excerpt.py, gitea_excerpt.py; its
                                                        examples answer what routes and patterns do not
An answer is {"status": 200, "headers": {…}, "body": JSON, or text}; in place of the body "base64", or "text" and "times" to repeat it. "cut": N ends
the connection after N bytes of the body, "stall": N sends nothing after them. What is not there is answered with 404. It prints its port; a line
on standard input is answered with the JSON list of the requests so far, as {"path", "headers", "status", "problem"}.
"""

import asyncio
import base64
import json
import logging
import re
import ssl
import sys
import urllib.parse

with open(sys.argv[3], encoding="utf-8") as file:
    setting = json.load(file)
routes = setting.get("routes", {})
patterns = [(re.compile(expression), answer) for expression, answer in setting.get("patterns", [])]
paths = {}
if "openapi" in setting:
    with open(setting["openapi"], encoding="utf-8") as file:
        paths = json.load(file)["paths"]
log = []
PART = 1 << 18
logging.getLogger("asyncio").setLevel(logging.ERROR)  # of clients that leave early, which some tests are about


def by_contract(path):
    """What the description gives as an example, if it knows the path and all parameters of the request; else what is wrong."""
    plain, _, query = path.partition("?")
    for template, operation in paths.items():
        if not re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), plain):
            continue
        for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
            parameter = operation["parameters"].get(name)
            if parameter is None:
                return None, f"{template} has no parameter {name}"
            if "enum" in parameter and value not in parameter["enum"]:
                return None, f"{template}: {name} cannot be {value}"
            most = re.search(r"max (\d+)", parameter.get("description", ""))
            if most and int(value) > int(most[1]):
                return None, f"{template}: {name} is at most {most[1]}"
        return {"status": operation.get("status", 200), "headers": operation.get("headers", {}), "body": operation.get("example", "")}, None
    return None, f"no such path: {plain}"


def answer_to(path, headers):
    login = setting.get("login")
    if login and headers.get(login[0].lower()) != login[1]:
        return {"status": 401}, "not logged in"
    answer = routes.get(path)
    if isinstance(answer, list):
        answer = answer.pop(0) if len(answer) > 1 else answer[0]
    if answer is None:
        answer = next((each for expression, each in patterns if expression.fullmatch(path)), None)
    if not paths:
        return answer or {"status": 404}, None
    example, problem = by_contract(path)
    return answer or example or {"status": 400}, problem


def body_of(answer):
    """Its length, and its parts."""
    if "times" in answer:
        text = answer["text"].encode()
        parts = max(1, PART // len(text))
        whole, rest = divmod(answer["times"], parts)
        return len(text) * answer["times"], (text * count for count in [parts] * whole + [rest])
    if "base64" in answer:
        body = base64.b64decode(answer["base64"])
    else:
        body = answer.get("body", "")
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    return len(body), (body[at : at + PART] for at in range(0, len(body), PART))


async def send(writer, answer):
    """Whether the connection may go on."""
    length, parts = body_of(answer)
    out = f"HTTP/1.1 {answer.get('status', 200)} Whatever\r\nContent-Length: {length}\r\n"
    out += "".join(f"{name}: {value}\r\n" for name, value in answer.get("headers", {}).items())
    writer.write(out.encode() + b"\r\n")
    left = answer.get("cut", answer.get("stall", length))
    for part in parts:
        writer.write(part[:left])
        await writer.drain()
        left -= min(left, len(part))
        if left == 0:
            break
    if "stall" in answer:
        await asyncio.sleep(60)
    return "cut" not in answer and "stall" not in answer


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")[:-2]
            method, path, _ = first.split(" ", 2)
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            answer, problem = answer_to(path, headers) if method == "GET" else ({"status": 405}, f"the method is {method}")
            log.append({"path": path, "headers": headers, "status": answer.get("status", 200), "problem": problem})
            if not await send(writer, answer):
                break
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        print(json.dumps(log), flush=True)


asyncio.run(main())
