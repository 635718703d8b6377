#!/usr/bin/env python3
"""Records what the schema does not tell of Go's types, which the API server names in its messages: go_types.txt of the crate kube-schema.

A line is a field whose type has a name of its own, or that is in an embedded struct, tab-separated: the schema's name of the
struct, the JSON name of the field, the Go type (nothing when it follows from the schema), the embedded structs on the way.
"""

import pathlib
import re
import subprocess

VERSION = "v0.36.3"
BASES = {"api": "io.k8s.api", "apimachinery": "io.k8s.apimachinery",
         "apiextensions-apiserver": "io.k8s.apiextensions-apiserver", "kube-aggregator": "io.k8s.kube-aggregator"}
FIELD = re.compile(r'\s+(?:(\w+)\s+)?([\w.*\[\]]+)\s+`(?:.*\s)?json:"([\w$-]*)((?:,\w+)*)"')


def read(folder, base):
    """Yields the types of a module: their package, name, and either the type that they stand for or their fields."""
    for path in sorted(folder.rglob("*.go")):
        if path.name.endswith("_test.go") or "testing" in path.parts:
            continue
        package = ".".join([base, *path.parent.relative_to(folder).parts])
        text = path.read_text()
        imports = {alias or target.rsplit("/", 1)[1]: target for alias, target in re.findall(r'^\s+(\w+ )?"(k8s\.io/[\w./-]+)"', text, re.M)}
        imports = {alias.strip(): target for alias, target in imports.items()}
        for name, body in re.findall(r"^type (\w+) struct {\n(.*?)^}", text, re.M | re.S):
            yield package, name, None, [(field, imports) for field in FIELD.findall(body)]
        for name, other in re.findall(r"^type (\w+) ([\w.\[\]*]+)$", text, re.M):
            yield package, name, other, []


def main():
    cache = pathlib.Path(subprocess.check_output(["go", "env", "GOMODCACHE"], text=True).strip()) / "k8s.io"
    structs, named = {}, {}
    for module, base in BASES.items():
        for package, name, other, fields in read(cache / f"{module}@{VERSION}", base):
            if other is None:
                structs[package, name] = fields
            else:
                named[package, name] = other

    def package_of(own, alias, imports):
        if alias is None:
            return own
        target = imports.get(alias, "")
        for module, base in BASES.items():
            if target.startswith(f"k8s.io/{module}/"):
                return ".".join([base, *target.split("/")[2:]])
        return None

    def go_type(own, written, imports):
        """Returns the type as Go prints it, and whether something in it has a name of its own."""
        prefix, rest = re.match(r"((?:\*|\[\]|map\[[\w.]+\])*)(.*)", written).groups()
        alias, _, name = rest.rpartition(".")
        package = package_of(own, alias or None, imports)
        shown_prefix = re.sub(r"map\[[\w.]+\]", lambda key: key[0] if key[0] == "map[string]" else "map[?]", prefix.lstrip("*"))
        if (package, name) in named:
            return f"{shown_prefix}{package.rsplit('.', 1)[1]}.{name}", "?" not in shown_prefix
        return None, False

    def fields_of(own, name, within):
        for (label, written, json_name, options), imports in structs.get((own, name), []):
            if not json_name and ("inline" in options or not label):
                alias, _, inner = written.lstrip("*").rpartition(".")
                package = package_of(own, alias or None, imports)
                if inner != "TypeMeta":
                    yield from fields_of(package, inner, [*within, inner])
            elif json_name not in ("", "-"):
                shown, has_name = go_type(own, written, imports)
                if has_name or within:
                    yield json_name, shown if has_name else "", ".".join(within)

    lines = []
    here = pathlib.Path(__file__).parent
    known = set(re.findall(r"^# \d+ [!-] (\S+)$", (here / "../../../lang/kube-schema/data/schema.txt").read_text(), re.M))
    for package, name in sorted(structs):
        if f"{package}.{name}" in known:
            lines += ["\t".join([f"{package}.{name}", *field]).rstrip("\t") for field in sorted(fields_of(package, name, []))]
    (here / "../../../lang/kube-schema/data/go_types.txt").write_text("".join(line + "\n" for line in lines))


main()
