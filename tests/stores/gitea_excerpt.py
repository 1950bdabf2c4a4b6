#!/usr/bin/python3
"""Takes from Gitea's Swagger description what gitea_actions.cc asks, with the answers of a running Gitea as examples.

usage: gitea_excerpt.py v1_json.tmpl https://HOST TOKEN-FILE CA-FILE > gitea_openapi.json

The description (MIT license) is templates/swagger/v1_json.tmpl of the Go module code.gitea.io/gitea. The server (built from the same
module with go build -tags sqlite,sqlite_unlock_notify) has an organization "mini" with a repository "shop", a secret, a variable and a
runner in each, and a variable of the user; TOKEN-FILE holds a token that may read them. In the excerpt the
name of that server was replaced by gitea.test.
"""

import json
import re
import ssl
import sys
import urllib.request

ORGANIZATION = "/orgs/{org}"
REPOSITORY = "/repos/{owner}/{repo}"
PATHS = ["/user/actions/variables", "/user/orgs", "/user/repos", ORGANIZATION, ORGANIZATION + "/repos", REPOSITORY]
PATHS += [place + "/actions/" + kind for place in (ORGANIZATION, REPOSITORY) for kind in ("secrets", "variables", "runners")]
VALUES = {"org": "mini", "owner": "mini", "repo": "shop"}

template, host, token_file, ca_file = sys.argv[1:]
with open(template, encoding="utf-8") as file:
    description = json.loads(re.sub(r"\{\{.*?\}\}", "", file.read()))
with open(token_file, encoding="utf-8") as file:
    token = file.readline().strip()
context = ssl.create_default_context(cafile=ca_file)


def asked(path):
    request = urllib.request.Request(host + "/api/v1" + path.format(**VALUES), headers={"Authorization": "token " + token})
    with urllib.request.urlopen(request, context=context) as answer:
        return json.load(answer), answer.headers.get("X-Total-Count")


out = {"title": description["info"]["title"], "license": description["info"]["license"], "paths": {}}
for each in PATHS:
    # Of the repositories of the user only those of the organization, so that the excerpt is small.
    body, total = asked(ORGANIZATION + "/repos" if each == "/user/repos" else each)
    if each == "/user/orgs":
        body = [item for item in body if item["name"] == "mini"]
        total = str(len(body))
    parameters = {item["name"]: {"description": item.get("description", "")} for item in description["paths"][each]["get"].get("parameters", []) if item["in"] == "query"}
    out["paths"]["/api/v1" + each] = {"parameters": parameters, **({"headers": {"X-Total-Count": total}} if total else {}), "example": body}
json.dump(out, sys.stdout, indent=1)
print()
