"""What is compared of a cluster and of a command: objects, release records and texts without what varies by nature."""
import base64
import gzip
import itertools
import json
import re

VARYING = {"uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "clusterIP", "clusterIPs", "nodePort",
           "healthCheckNodePort", "nodeName", "podIP", "podIPs", "hostIP", "hostIPs", "controller-uid", "batch.kubernetes.io/controller-uid", "createdAt", "modifiedAt"}
MOMENTS = {"first_deployed", "last_deployed", "deleted", "started_at", "completed_at"}
NAMES = "[bcdfghjklmnpqrstvwxz2456789]{5}"
TEXTS = [
    (re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d\d:?\d\d( UTC)?|Z)?"), "TIME"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\b(172\.18|10\.(244|96))\.\d+\.\d+\b"), "ADDRESS"),
    (re.compile(r'"ip":"[\d.]+"'), "ip"),
    (re.compile(r'resourceVersion: "\d+"'), "resourceVersion"),
    (re.compile(r"(TIME|UPDATED) *\t"), r"\1\t"),
    (re.compile(rf"\bkube-api-access-{NAMES}\b"), "kube-api-access-ID"),
]


def text(words):
    for pattern, word in TEXTS:
        words = pattern.sub(word, words)
    return words


def is_record(thing):
    return thing["metadata"]["name"].startswith("sh.helm.release.v1.") and "release" in (thing.get("data") or {})


def record(thing):
    """The release that a Secret or a ConfigMap holds."""
    packed = base64.b64decode(thing["data"]["release"])
    if thing["kind"] == "Secret":
        packed = base64.b64decode(packed)
    return json.loads(gzip.decompress(packed))


def controlled(thing):
    return any(owner.get("controller") for owner in thing["metadata"].get("ownerReferences", []))


def shown(thing):
    """An object with a word in the place of what varies. Only in a release record the order of keys says something."""
    thing = {key: value for key, value in thing.items() if key != "status"}
    release = masked(record(thing)) if is_record(thing) else None
    thing = masked(json.loads(json.dumps(thing, sort_keys=True)))
    owners = thing["metadata"].get("managedFields", [])
    # They are in the order of their times, which may be one second or two.
    owners = sorted((owner for owner in owners if owner.get("subresource") != "status"), key=json.dumps)
    thing["metadata"]["managedFields"] = owners
    if release:
        thing["data"]["release"] = release
    return thing


def masked(value, name=""):
    if name in VARYING or name in MOMENTS and value:
        return name
    if isinstance(value, dict):
        return {text(key): masked(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, name) for inner in value]
    return text(value) if isinstance(value, str) else value


def title(path, thing):
    """A name for an object that is the same on both sides: what controllers name by chance has only the beginning of its name."""
    if "generateName" in thing["metadata"]:
        # Of a long beginning there is no dash left.
        path = re.sub(rf"{NAMES}$", "ID", path)
    for word in hashes(thing):
        path = path.replace(word, "HASH")
    return re.sub(r"/pvc-[0-9a-f-]{36}$", "/pvc-UID", path)


def hashes(thing):
    """The words that controllers make of a template, which may hold what is drawn by chance."""
    metadata = thing["metadata"]
    if not controlled(thing):
        return []
    if thing["kind"] == "ControllerRevision":
        return [metadata["name"].removeprefix(metadata["ownerReferences"][0]["name"] + "-")]
    labels = metadata.get("labels", {})
    return [labels[key] for key in ("pod-template-hash", "controller-revision-hash") if key in labels]


class Objects:
    """The objects of a cluster as texts. What did not change since the last look is not looked at again."""

    def __init__(self):
        self.seen = {}

    def look(self, made):
        """{(name, number): text}; objects that are named by chance are numbered by their revisions, then by their texts."""
        things = {}
        for path, thing in made.items():
            version = thing["metadata"]["uid"], thing["metadata"]["resourceVersion"]
            if self.seen.get(path, (None,))[0] != version:
                self.seen[path] = version, title(path, thing), named(title(path, thing), path, shown(thing))
            _, name, words = self.seen[path]
            things.setdefault(name, []).append((revision(thing), words))
        return {(name, at): words for name, several in things.items() for at, (_, words) in enumerate(sorted(several))}


def revision(thing):
    """The number of a version of a template, where controllers keep several."""
    annotations = thing["metadata"].get("annotations", {})
    return thing.get("revision") or int(annotations.get("deployment.kubernetes.io/revision", 0))


def named(name, path, thing):
    """The text of an object with its other name."""
    words = hashes(thing)
    if name != path:
        thing["metadata"]["name"] = name.rsplit("/", 1)[-1]
    thing = json.dumps(thing)
    for word in words:
        thing = thing.replace(word, "HASH")
    return thing


LIBRARY = re.compile(r"[IWE]\d{4} ")


def errors(words):
    """The lines of standard error that count: hints and progress are whelm's alone; Helm's library words warnings of the server."""
    left_out = ("hint: ", "wait: ", "Warning: ")
    return [text(line) for line in words.split("\n") if not line.startswith(left_out) and not LIBRARY.match(line)]


PODS = re.compile(r"\b[0-9a-z]{6,10}-[0-9a-z]{5}\b")


RESOURCES = re.compile(r"(?<=\nRESOURCES:\n)(?:==> .*\n(?:.+\n)*\n)+")


def sorted_kinds(tables):
    return re.sub(r"\b\d+s\b", "AGE", "\n\n".join(sorted(tables.strip().split("\n\n"))) + "\n")


def printed(out):
    """Standard output; JSON by its parts. Helm shows kinds of resources in random order."""
    out = PODS.sub("POD", out)
    out = RESOURCES.sub(lambda kinds: sorted_kinds(kinds[0]), out)
    try:
        return masked(json.loads(out))
    except ValueError:
        return text(out) + "\n"


def ran(code, out, err):
    """How a command ended and what it printed."""
    return {"exit code": code, "standard output": printed(out), "standard error": "\n".join(errors(err)) + "\n"}


class Absent:
    """What is not there, which is another thing than null."""

    def __repr__(self):
        return "nothing"


ABSENT = Absent()


class Shown:
    """What came of a command."""

    def __init__(self, ran, objects):
        self.ran, self.objects = ran, objects

    def differing(self, other):
        """{place: (own value, the other's value)} where the two differ."""
        found = dict(between(self.ran, other.ran, ()))
        for name in sorted(self.objects.keys() | other.objects.keys()):
            pair = self.objects.get(name), other.objects.get(name)
            if pair[0] != pair[1]:
                found.update(between(*(json.loads(thing) if thing else ABSENT for thing in pair), name))
        return found


def between(one, two, place):
    """The smallest parts that differ, with their places. The order of keys counts; texts are compared line by line."""
    if isinstance(one, dict) and isinstance(two, dict):
        if list(one) != list(two) and one.keys() == two.keys():
            yield (*place, "order of keys"), (" ".join(one), " ".join(two))
        for key in [*one, *(key for key in two if key not in one)]:
            yield from between(one.get(key, ABSENT), two.get(key, ABSENT), (*place, key))
    elif isinstance(one, list) and isinstance(two, list):
        if len(one) != len(two):
            yield (*place, "length"), (len(one), len(two))
        for at, pair in enumerate(itertools.zip_longest(one, two, fillvalue=ABSENT)):
            yield from between(*pair, (*place, at))
    elif isinstance(one, str) and isinstance(two, str) and "\n" in one + two:
        yield from between(one.split("\n"), two.split("\n"), (*place, "lines"))
    elif one != two or type(one) is not type(two):
        yield place, (one, two)
