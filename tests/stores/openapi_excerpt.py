#!/usr/bin/python3
"""Takes from GitHub's OpenAPI description what github_actions.cc asks: parameters, and the example of the answer.

usage: openapi_excerpt.py api.github.com.json > github_openapi.json

The description (https://github.com/github/rest-api-description, MIT license) is the file generated/api.github.com.json of the npm package
@octokit/openapi. It is 12 MB; the excerpt is what the tests need of it, unchanged.
"""

import json
import sys

PATHS = [
    "/user",
    "/user/repos",
    "/users/{username}/repos",
    "/orgs/{org}",
    "/orgs/{org}/repos",
    "/orgs/{org}/actions/secrets",
    "/orgs/{org}/actions/secrets/{secret_name}/repositories",
    "/orgs/{org}/actions/variables",
    "/orgs/{org}/dependabot/secrets",
    "/orgs/{org}/dependabot/secrets/{secret_name}/repositories",
    "/repos/{owner}/{repo}",
    "/repos/{owner}/{repo}/actions/permissions/fork-pr-workflows-private-repos",
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
    "/repos/{owner}/{repo}/actions/runs",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/logs",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/logs",
    "/repos/{owner}/{repo}/actions/secrets",
    "/repos/{owner}/{repo}/actions/variables",
    "/repos/{owner}/{repo}/dependabot/secrets",
    "/repos/{owner}/{repo}/environments",
    "/repos/{owner}/{repo}/environments/{environment_name}/secrets",
    "/repos/{owner}/{repo}/environments/{environment_name}/variables",
]

with open(sys.argv[1], encoding="utf-8") as file:
    description = json.load(file)


def resolved(item):
    while "$ref" in item:
        target = description
        for step in item["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        item = target
    return item


out = {"title": description["info"]["title"], "version": description["info"]["version"], "license": description["info"]["license"], "paths": {}}
for path in PATHS:
    operation = description["paths"][path]["get"]
    parameters = {}
    for each in map(resolved, operation.get("parameters", [])):
        if each["in"] == "query":
            parameters[each["name"]] = {"description": each.get("description", ""), **({"enum": each["schema"]["enum"]} if "enum" in each["schema"] else {})}
    if "302" in operation["responses"]:
        location = resolved(resolved(operation["responses"]["302"])["headers"]["Location"])
        out["paths"][path] = {"parameters": parameters, "status": 302, "headers": {"Location": location["example"]}}
        continue
    content = resolved(operation["responses"]["200"])["content"]["application/json"]
    example = content.get("example") or resolved(next(iter(content["examples"].values())))["value"]
    out["paths"][path] = {"parameters": parameters, "example": example}
json.dump(out, sys.stdout, indent=1)
print()
