#!/usr/bin/env python3
"""Records the numbers that fields have in protobuf messages: protobuf.txt, beside this script.

The source is the generated.proto files of the modules whose Go types the kinds are:

    k8s="$(go env GOMODCACHE)/k8s.io"
    record_protobuf.py "$k8s/api@v0.36.3" "$k8s/apimachinery@v0.36.3" "$k8s/apiextensions-apiserver@v0.36.3" \\
        "$k8s/kube-aggregator@v0.36.3"

protobuf.txt: a line per struct of kube-schema's schema.txt, its name and then `number:field` for each field. A field of a struct that Go
embeds has the numbers on the way to it, joined by dots: `2.1:hostPath`.
"""

import pathlib
import re
import sys

MESSAGE = re.compile(r"^message (\w+) \{(.*?)^\}", re.M | re.S)
FIELD = re.compile(r"^  (?:optional|repeated|required)?\s*(map<[^>]+>|[\w.]+) (\w+) = (\d+);", re.M)


def read_messages(folders):
    messages = {}
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("generated.proto")):
            text = path.read_text()
            package = re.search(r"^package ([\w.]+);", text, re.M).group(1)
            for name, body in MESSAGE.findall(text):
                body = re.sub(r"//.*", "", body)
                messages[f"{package}.{name}"] = (package, FIELD.findall(body))
    return messages


def read_structs(path):
    structs = {}
    for line in path.read_text().splitlines():
        if line.startswith("# "):
            name = line.split(" ")[3]
            structs[name] = set()
        elif not line.startswith("= "):
            structs[name].add(line.split("\t")[0].lstrip("*-+"))
    return structs


def numbered(messages, full_name, wanted, path=""):
    package, fields = messages[full_name]
    for type_name, name, number in fields:
        own = f"{path}{number}"
        # A few messages spell their fields as Go does.
        if name.lower() in wanted:
            yield own, wanted[name.lower()]
            continue
        message = type_name.lstrip(".")
        message = message if message in messages else f"{package}.{message}"
        if message in messages:
            yield from numbered(messages, message, wanted, own + ".")


def main():
    here = pathlib.Path(__file__).parent
    messages = read_messages(sys.argv[1:])
    lines = []
    for struct, wanted in read_structs(here / "../../../lang/kube-schema/data/schema.txt").items():
        message = "k8s.io." + struct.removeprefix("io.k8s.").replace("-", "_")
        if message not in messages:
            print(f"no message for {struct}", file=sys.stderr)
            continue
        fields = list(numbered(messages, message, {name.lower(): name for name in wanted}))
        missing = wanted - {name for _, name in fields} - {"apiVersion", "kind"}
        if missing:
            print(f"{struct}: no numbers for {sorted(missing)}", file=sys.stderr)
        lines.append(struct + "".join(f" {number}:{name}" for number, name in fields) + "\n")
    (here / "protobuf.txt").write_text("".join(lines))


main()
