"""Charts from archives: a small change of their values, and the CRDs that they bring."""
import itertools
import re
import tarfile


def members(archive):
    """(path, text) of the files of a chart, and of those of the charts inside that are folders."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                yield member.name, tar.extractfile(member).read().decode("utf-8", "replace")


def values(archive):
    return next((text for path, text in members(archive) if re.fullmatch(r"[^/]+/values\.yaml", path)), "")


def entries(text):
    """(path, scalar) of the entries of a values.yaml, found by indentation alone; entries of lists are left out."""
    stack = []
    for line in text.split("\n"):
        entry = re.match(r"( *)([A-Za-z0-9_-]+):(?: +([^#\s][^#]*?))?\s*(?:#.*)?$", line)
        if not entry:
            continue
        indent = len(entry[1])
        while stack and stack[-1][0] >= indent:
            stack.pop()
        stack.append((indent, entry[2]))
        if entry[3]:
            yield ".".join(key for _, key in stack), entry[3]


def other(key, value):
    """Another value for an entry that most charts use alike, or nothing."""
    if key in ("replicaCount", "replicas") and value.isdigit():
        return str(int(value) + 1)
    if key in ("pullPolicy", "imagePullPolicy") and value.strip("\"'") in ("IfNotPresent", "Always"):
        return "Always" if "IfNotPresent" in value else "IfNotPresent"
    if key == "tag":
        return "9.9.9"
    return "debug" if key.lower() == "loglevel" and value.strip("\"'") == "info" else None


def change(archive):
    """Flags that change a few values."""
    found = ((path, other(path.rsplit(".", 1)[-1], value)) for path, value in entries(values(archive)))
    pairs = itertools.islice(((path, value) for path, value in found if value and path.count(".") < 3), 6)
    return [flag for path, value in pairs for flag in (("--set-string" if path.endswith("tag") else "--set"), f"{path}={value}")]


def definitions(archives):
    """{(group, kind): texts of its CRD} of what is in folders `crds`, in the order of the archives."""
    found = {}
    for archive in archives:
        for path, text in members(archive):
            if re.search(r"/crds/[^/]+\.ya?ml$", path):
                for document in re.split(r"(?m)^---.*$", text):
                    group = re.search(r"(?m)^  group: *[\"']?([\w.-]+)", document)
                    kind = re.search(r"(?m)^  names:\n(?:    .*\n)*?    kind: *[\"']?(\w+)", document)
                    if group and kind and "apiextensions.k8s.io/v1\n" in document:
                        found.setdefault((group[1], kind[1]), []).append(document)
    return found
