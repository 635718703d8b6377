#!/usr/bin/env python3
"""Records what the built-in kinds of Kubernetes are: kinds.txt, beside this script, and schema.txt of the crate kube-schema.

The source is the `api` folder of the module k8s.io/kubernetes, which the real API server generates:

    k8s="$(go env GOMODCACHE)/k8s.io"
    record.py "$k8s/kubernetes@v1.36.3/api" "$k8s/api@v0.36.3" "$k8s/apimachinery@v0.36.3" "$k8s/apiextensions-apiserver@v0.36.3"

The later folders hold the Go types, which alone tell whether a zero value is left out.

Only what a default API server serves is kept (no alpha, no beta), and of that names, types and defaults, no prose.

kinds.txt, tab-separated: group, version, plural, singular, kind, N(amespaced) or C(luster), short names, categories,
verbs, subresources as `name:group/version/Kind:verbs` joined by `;`, storage version hash. `*` stands for the verbs that
almost all have.

schema.txt: a line per struct, `# number flags name` (flag `!`: atomic), then a line per field, tab-separated: name (a
leading `*`: required; `-`: left out when it is zero; `+`: null when it is empty or, of a time, zero), type, default as JSON, patch strategy and merge key as `strategy:key`. Types: `s` string, `t` time,
`y` bytes, `i` int32, `l` int64, `d` double, `b` boolean, `q` quantity, `x` int or string, `~` anything, `@n` struct n, `[T`
atomic list, `[=T` set, `[(k,l)T` list with keys, `{T` map, `{!T` atomic map. Lines `= group/version/Kind number` name the
structs of kinds.
"""

import json
import pathlib
import re
import sys

USUAL = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
SCALARS = {("integer", "int32"): "i", ("integer", "int64"): "l", ("integer", None): "l", ("number", "double"): "d",
           ("boolean", None): "b", ("string", "byte"): "y", ("string", "date-time"): "t", ("string", None): "s"}


def stable(version):
    return re.fullmatch(r"v\d+", version) is not None


def verbs(resource):
    return "*" if set(resource["verbs"]) == USUAL else ",".join(resource["verbs"])


def kinds(api):
    folder = api / "discovery"
    groups = [("", "v1", "api__v1.json")]
    for group in json.loads((folder / "apis.json").read_text())["groups"]:
        for version in group["versions"]:
            if stable(version["version"]):
                name = group["name"]
                groups.append((name, version["version"], f"apis__{name}__{version['version']}.json"))
    for group, version, file in groups:
        resources = json.loads((folder / file).read_text())["resources"]
        for resource in (r for r in resources if "/" not in r["name"]):
            name = resource["name"]
            subresources = []
            for sub in (r for r in resources if r["name"].startswith(name + "/")):
                gvk = f"{sub.get('group', group)}/{sub.get('version', version)}/{sub['kind']}"
                subresources.append(f"{sub['name'].split('/', 1)[1]}:{gvk}:{verbs(sub)}")
            yield "\t".join([
                group, version, name, resource["singularName"], resource["kind"], "N" if resource["namespaced"] else "C",
                ",".join(resource.get("shortNames", [])), ",".join(resource.get("categories", [])), verbs(resource),
                ";".join(subresources), resource.get("storageVersionHash", "")])


def go_fields(folders):
    """Returns the Go type and the JSON options of every field, by the schema's name of the struct and the JSON name."""
    found = {}
    for folder in folders:
        base = {"api": "io.k8s.api", "apimachinery": "io.k8s.apimachinery",
                "apiextensions-apiserver": "io.k8s.apiextensions-apiserver"}[folder.name.split("@")[0]]
        for path in folder.rglob("types*.go"):
            package = ".".join([base, *path.parent.relative_to(folder).parts])
            struct = None
            for line in path.read_text().splitlines():
                if match := re.match(r"type (\w+) struct {", line):
                    struct = f"{package}.{match[1]}"
                elif line == "}":
                    struct = None
                elif struct and (match := re.match(r'\s+\w+\s+(\S+)\s+`json:"(\w+)((?:,\w+)*)"', line)):
                    found[struct, match[2]] = (match[1], match[3])
    return found


class Types:
    def __init__(self, schemas, go):
        self.schemas, self.go, self.numbers, self.order = schemas, go, {}, []

    def reference(self, name):
        short = name.rsplit(".", 1)[1]
        if short == "Quantity":
            return "q"
        if short == "IntOrString":
            return "x"
        schema = self.schemas[name]
        if "properties" not in schema:
            return self.type(schema)
        if name not in self.numbers:
            self.numbers[name] = len(self.order)
            self.order.append(None)
            self.order[self.numbers[name]] = (name, schema, list(self.fields(name, schema)))
        return f"@{self.numbers[name]}"

    def type(self, schema):
        if "$ref" in schema:
            return self.reference(schema["$ref"].rsplit("/", 1)[1])
        if len(schema.get("allOf", [])) == 1:
            return self.type(schema["allOf"][0])
        kind = schema.get("type")
        if kind == "array":
            relationship = schema.get("x-kubernetes-list-type")
            keys = f"({','.join(schema['x-kubernetes-list-map-keys'])})" if relationship == "map" else ""
            return "[" + ("=" if relationship == "set" else keys) + self.type(schema["items"])
        if kind == "object" and "additionalProperties" in schema:
            atomic = "!" if schema.get("x-kubernetes-map-type") == "atomic" else ""
            return "{" + atomic + self.type(schema["additionalProperties"])
        if kind in (None, "object"):
            return "~" if kind is None else "{~"
        return SCALARS[(kind, schema.get("format"))]

    def mark(self, struct, name, kind, required):
        go_type, options = self.go.get((struct, name), ("*", ",omitempty"))
        if kind[0] == "[" and "omitempty" not in options:
            return "+"
        # A time is a struct, which is never empty.
        if kind == "t" and go_type[0] != "*" and "omitzero" not in options:
            return "+"
        if required:
            return "*"
        return "-" if kind in "silbdy" and "omitempty" in options and go_type[0] != "*" else ""

    def fields(self, struct, schema):
        for name, field in schema["properties"].items():
            required = self.mark(struct, name, self.type(field), name in schema.get("required", []))
            default = json.dumps(field["default"]) if "default" in field else ""
            patch = field.get("x-kubernetes-patch-strategy", "")
            if "x-kubernetes-patch-merge-key" in field:
                patch += ":" + field["x-kubernetes-patch-merge-key"]
            yield "\t".join([required + name, self.type(field), default, patch]).rstrip("\t")


def schema(api, go):
    documents = []
    for path in sorted((api / "openapi-spec" / "v3").glob("*_openapi.json")):
        version = path.name.removesuffix("_openapi.json").split("__")[-1]
        if stable(version):
            documents.append(json.loads(path.read_text())["components"]["schemas"])
    schemas = {}
    for document in documents:
        schemas.update(document)
    types = Types(schemas, go)
    names = []
    for name in sorted(schemas):
        for gvk in schemas[name].get("x-kubernetes-group-version-kind", []):
            listed = gvk["kind"].endswith("List") or gvk["kind"] in ("DeleteOptions", "WatchEvent")
            if stable(gvk["version"]) and not listed:
                names.append(f"= {gvk['group']}/{gvk['version']}/{gvk['kind']} {types.reference(name)[1:]}")
    for number, (name, definition, fields) in enumerate(types.order):
        atomic = "!" if definition.get("x-kubernetes-map-type") == "atomic" else "-"
        yield f"# {number} {atomic} {name}"
        yield from fields
    yield from names


def main():
    api, *folders = map(pathlib.Path, sys.argv[1:])
    here = pathlib.Path(__file__).parent
    (here / "kinds.txt").write_text("".join(line + "\n" for line in kinds(api)))
    (here / "../../../lang/kube-schema/data/schema.txt").write_text("".join(line + "\n" for line in schema(api, go_fields(folders))))


main()
