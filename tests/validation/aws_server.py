#!/usr/bin/python3
"""AWS on loopback: moto's IAM and STS with their authentication switched on (https://docs.getmoto.org/en/latest/docs/iam.html), over HTTPS.

usage: aws_server.py PACKAGES CERTIFICATE KEY AUTHORITY

PACKAGES is the folder of scripts/fetch-moto. Prints one line of JSON: the port, and the keys of alice (who may read IAM), of bob (who may do
nothing) and of a role that was assumed. Ends when its standard input does.
"""
import json
import os
import sys
import threading

packages, certificate, key, authority = sys.argv[1:]
sys.path.insert(0, packages)
os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
for name in ("AWS_PROFILE", "HTTPS_PROXY", "https_proxy", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
    os.environ.pop(name, None)

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from moto import settings  # noqa: E402
from moto.core.responses import ActionAuthenticatorMixin  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

READS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


def client(service, port):
    return boto3.client(service, region_name="us-east-1", endpoint_url=f"https://localhost:{port}", verify=authority,
                        aws_access_key_id="setup", aws_secret_access_key="setup", config=Config(proxies={}))


def user(iam, name, policy):
    iam.create_user(UserName=name)
    if policy:
        iam.attach_user_policy(UserName=name, PolicyArn=policy)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {"id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def main():
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True, ssl_context=(certificate, key), request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    iam = client("iam", server.port)
    policy = iam.create_policy(PolicyName="read-iam", PolicyDocument=json.dumps(READS))["Policy"]["Arn"]
    out = {"port": server.port, "alice": user(iam, "alice", policy), "bob": user(iam, "bob", None)}
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    made = client("sts", server.port).assume_role(RoleArn=role, RoleSessionName="ci")["Credentials"]
    out["role"] = {"id": made["AccessKeyId"], "secret": made["SecretAccessKey"], "token": made["SessionToken"]}
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0.0
    ActionAuthenticatorMixin.request_count = 0
    print(json.dumps(out), flush=True)
    sys.stdin.read()
    server.shutdown()


main()
