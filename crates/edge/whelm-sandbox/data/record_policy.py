#!/usr/bin/env python3
"""Records the roles and bindings that an API server makes for itself: policy.txt, beside this script.

    record_policy.py KUBECONFIG      # of a new cluster, with kubectl on the path

A line is an object as JSON: what a client would send to create it. The rules of aggregated roles are left out, since a
controller collects them; so is the policy of the controllers, none of which is a client here.
"""

import json
import pathlib
import subprocess
import sys

KINDS = ["clusterroles", "clusterrolebindings", "roles", "rolebindings"]


def main(kubeconfig):
    lines = []
    for kind in KINDS:
        command = ["kubectl", "--kubeconfig", kubeconfig, "get", kind, "-A", "-o", "json"]
        for item in json.loads(subprocess.check_output(command))["items"]:
            if wanted(item):
                lines.append(json.dumps(recorded(item), separators=(",", ":")))
    (pathlib.Path(__file__).parent / "policy.txt").write_text("\n".join(lines) + "\n")


def wanted(item):
    names = [item["metadata"]["name"], item.get("roleRef", {}).get("name", "")]
    own = "kubernetes.io/bootstrapping" in item["metadata"].get("labels", {})
    return own and not any(":controller:" in name or "::" in name for name in names)


def recorded(item):
    metadata = {key: item["metadata"][key] for key in ("name", "namespace", "labels", "annotations") if key in item["metadata"]}
    kept = {"kind": item["kind"], "metadata": metadata}
    for key in ("aggregationRule", "rules", "roleRef", "subjects"):
        if item.get(key) and not (key == "rules" and "aggregationRule" in item):
            kept[key] = item[key]
    return kept


main(sys.argv[1])
