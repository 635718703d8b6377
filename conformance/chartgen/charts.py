"""Whole charts: metadata, values, templates, charts below, and the files around them."""

import json

from .templates import Templates
from .values import Values

NAMES = ["alpha", "beta", "gamma", "lib-x"]


class Chart:
    def __init__(self, random, name="demo", depth=2):
        self.random, self.name, self.files = random, name, {}
        self.paths, self.below, self.templates = [], [], []
        self.build(depth)

    def put(self, path, text):
        self.files[path] = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")

    def build(self, depth):
        values = Values(self.random)
        text = values.document()
        self.paths += values.paths
        is_library = depth < 2 and self.random.random() < 0.12
        dependencies = self.dependencies(depth)
        for child in self.below:
            if child.name.isalpha():
                self.paths.append((child.name, "m"))
            if self.random.random() < 0.5:
                text += "%s:\n  enabled: %s\n  over: {a: 1, b: null}\n" % (child.name, self.random.choice(["true", "false", "null", '"x"']))
        if self.random.random() < 0.3:
            text += "global:\n  g: %s\n  deep: {a: [1]}\n" % self.random.choice(["1", "text", "null"])
        if self.below and self.random.random() < 0.3:
            text += "tags: {front: %s, back: true}\n" % self.random.choice(["true", "false"])
        if self.random.random() < 0.92:
            self.put("values.yaml", text.replace("\n", "\r\n") if self.random.random() < 0.06 else text)
        self.put("Chart.yaml", self.metadata(is_library, dependencies))
        self.extras()
        self.put_templates()

    def metadata(self, is_library, dependencies):
        choose, chance = self.random.choice, lambda share: self.random.random() < share
        lines = ["apiVersion: " + ("v1" if chance(0.12) else "v2"), "name: " + self.name, "version: " + choose(["0.1.0", "1.2.3", "v1.0.0", "1.0.0-rc.1+b", "2"])]
        optional = [("appVersion: ", ["1.0", '"1.0"', "latest", "1.10", "true"]), ("description: ", ["Some words", '"q: x"', "é"]), ("home: ", ["https://example.com"]),
                    ("icon: ", ["https://example.com/i.png", "x"]), ("kubeVersion: ", ['">=1.20.0-0"', '">=1.99"', "x"]), ("keywords: ", ["[a, b]", "[1]"]),
                    ("maintainers: ", ["[{name: a, email: a@example.com}]", "[{name: x, url: u}]"]), ("annotations: ", ["{a: b}", "{n: 1}"]), ("deprecated: ", ["true"]),
                    ("sources: ", ["[https://example.com/s]"]), ("type: ", ["application", "library", "Application"] if chance(0.1) else ["application"]), ("unknown: ", ["1"])]
        for key, choices in optional:
            if chance(0.03 if key in ("kubeVersion: ", "unknown: ") else 0.25):
                lines.append(key + choose(choices))
        if is_library:
            lines = [line for line in lines if not line.startswith("type:")] + ["type: library"]
        if dependencies:
            if lines[0].endswith("v1"):
                self.put("requirements.yaml", "dependencies:\n" + dependencies)
            else:
                lines.append("dependencies:\n" + dependencies.rstrip("\n"))
        return "\n".join(lines) + "\n"

    def dependencies(self, depth):
        out = ""
        if depth <= 0 or self.random.random() < 0.5:
            return out
        for name in self.random.sample(NAMES, self.random.randrange(1, 3)):
            child = Chart(self.random, name, depth - 1)
            self.below.append(child)
            for path, data in child.files.items():
                self.put("charts/%s/%s" % (name, path), data)
            if self.random.random() < 0.1:
                continue
            out += self.dependency(name)
            if self.random.random() < 0.2:
                out += self.dependency(name, "twice")
        return out

    def dependency(self, name, alias=None):
        choose, chance = self.random.choice, lambda share: self.random.random() < share
        lines = ["- name: " + name, "  version: " + choose(["0.x || >=0-0", '"*"', '">=0-0"', '">=0-0"', "1.x", '">0.0.0-0"']), "  repository: " + choose(['""', "file://../x", "https://example.com"])]
        if chance(0.3):
            lines.append("  condition: " + choose([name + ".enabled", "enabled", name + ".enabled,enabled", "nothing.x"]))
        if chance(0.2):
            lines.append("  tags: " + choose(["[front]", "[back, front]", "[other]"]))
        if alias and chance(0.93):
            lines.append("  alias: " + alias)
        elif chance(0.15):
            lines.append("  alias: %s%s" % (choose(["other", "ali-as", "x1"]), name))
        if chance(0.2):
            lines.append("  import-values: " + choose(["[data]", "[{child: map, parent: imported}]", "[{child: a, parent: b}]", "[{child: ., parent: all}]"]))
        return "\n".join(lines) + "\n"

    def extras(self):
        chance = lambda share: self.random.random() < share
        if chance(0.3):
            self.put("README.md", "# Read\nme {{ not a template }}\n")
        if chance(0.25):
            for name, data in [("files/one.txt", "one\ntwo\n"), ("files/two.bin", b"\xff\x00x"), ("conf.toml", "a = 1\n"), ("empty.txt", "")]:
                self.put(name, data)
        if chance(0.08):
            self.put(".helmignore", self.random.choice(["*.txt\n", "files/\n", "!x\n", "# c\n\n*.toml\n", "templates/t1*\n", "/README.md\n", "**/x\n", "[\n"]))
        if chance(0.1):
            self.put("values.schema.json", self.schema())
        if chance(0.15):
            self.put("crds/crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: w.x.io}\nspec: {}\n" + self.random.choice(["", "---\n{{ x }}\n"]))
        if chance(0.03):
            self.put("Chart.lock", "dependencies: []\ndigest: x\ngenerated: 2020-01-01T00:00:00Z\n")

    def schema(self):
        properties = {key: self.random.choice([{"type": self.random.choice(["string", "integer", "object", "array", "boolean", "null", "number"])}, {"minimum": 2}, {"maxLength": 2}, {"enum": [1, "text"]}, {"pattern": "^t"}, True])
                      for key in self.random.sample(["a", "b", "c", "name", "list", "map", "enabled"], 3)}
        schema = {"$schema": self.random.choice(["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-04/schema#"]), "properties": properties}
        if self.random.random() < 0.15:
            schema["required"] = self.random.sample(["a", "b", "zzz"], 1)
        if self.random.random() < 0.05:
            schema["additionalProperties"] = False
        return json.dumps(schema, indent=1)

    def put_templates(self):
        names = ["%s.%s" % (self.name, part) for part in ("name", "full", "labels")]
        inherited = [name for child in self.below for name in child.templates]
        self.templates = names + inherited
        files = [path for path in self.files if not path.startswith(("charts/", "values", "Chart"))]
        templates = Templates(self.random, self.paths, inherited, files)
        if self.random.random() < 0.95:
            self.put("templates/_helpers.tpl", templates.partials(names))
        for number in range(self.random.randrange(1, 4)):
            self.put(self.random.choice(["templates/t%d.yaml", "templates/t%d.yaml", "templates/sub/t%d.yml", "templates/t%d.txt"]) % number, templates.manifest())
        if self.random.random() < 0.35:
            self.put("templates/NOTES.txt", "Thanks for {{ .Chart.Name }}.\n" + templates.body(1))
        if self.random.random() < 0.1:
            self.put("templates/tests/t.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations:\n    helm.sh/hook: test\n")
