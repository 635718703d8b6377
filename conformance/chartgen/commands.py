"""Command lines for a chart in the folder `chart`, and the values files that they name."""

from .values import Values

ODD_SETS = ["a[", "a", "=b", "a.=1", "list[-1]=1", "a={", "list[70000]=x", "a\\=b", ",", "a=b,,c=d"]
SETS = ["a=1", "a=text", "b.c=true", "list[0]=x", "list={a,b}", "map.a=null", "name=", "a=1,b=2", "image.tag=v1.0", "a\\.b=1", "alpha.enabled=false", "beta.x=1",
        "global.g=2", "tags.front=false", "list[1].x=y", "a=0777", "a=1e3", "port=8080", "n=nil", "enabled=TRUE", "a={}", "x=12345678901234567890",
        "a=b=c", "other.a=1", "map={x}", "map.b[2]=3"]
LITERALS = ["a=x,y", "b.c={1}", "a=\\,", "list=[1]"]
ODD_JSONS = ["a=", "a={", "{", "a=1 2", "a"]
JSONS = ['a={"x":[1,null]}', 'list=[1,"two"]', "a=1.5", '{"b":{"c":1}}', "b.c=null", 'a="é"']


class Commands:
    def __init__(self, random):
        self.random, self.files = random, {}

    def lines(self):
        """Returns two or three argument lists."""
        kinds = self.random.sample([self.template, self.template, self.lint, self.install, self.show], self.random.choice([2, 2, 3]))
        return [kind() for kind in kinds]

    def values(self):
        arguments = []
        for _ in range(self.random.choice([0, 0, 1, 2])):
            flag, usual, odd = self.random.choice([("--set", SETS, ODD_SETS)] * 3 + [("--set-string", SETS, ODD_SETS), ("--set-json", JSONS, ODD_JSONS), ("--set-literal", LITERALS, ["a"])])
            arguments += [flag, self.random.choice(odd if self.random.random() < 0.05 else usual)]
        if self.random.random() < 0.2:
            values = Values(self.random)
            name = "more%d.yaml" % len(self.files)
            self.files[name] = values.document().encode()
            arguments += [self.random.choice(["-f", "--values"]), name]
        if self.random.random() < 0.02:
            arguments += ["-f", "missing.yaml"]
        return arguments

    def some(self, choices, share):
        out = []
        for choice in choices:
            if self.random.random() < share:
                out += choice if isinstance(choice, list) else [choice]
        return out

    def template(self):
        flags = self.some(["--include-crds", "--skip-tests", "--no-hooks", "--is-upgrade", "--debug", "--dependency-update=false", ["--namespace", "ns"], ["--api-versions", "x/v1"], ["--kube-version", "1.30.1"],
                           ["--show-only", "templates/t0.yaml"], ["-s", "templates/*.yaml"], "--skip-schema-validation",
                           "--render-subchart-notes", ["--release-name"]], 0.05)
        flags += self.some([["--kube-version", "x"], ["--name-template", "n-{{ 1 }}"]], 0.01)
        return ["template"] + self.random.choice([["rel"], ["rel"], ["rel"], []]) + ["chart"] + flags + self.values()

    def lint(self):
        return ["lint", "chart"] + self.some(["--strict", "--with-subcharts", "--quiet", ["--kube-version", "1.30"], "--skip-schema-validation"], 0.15) + self.values()

    def install(self):
        flags = self.some(["--no-hooks", "--render-subchart-notes", "--hide-secret", ["--description", "d"], "--skip-crds", "--disable-openapi-validation", ["-o", "json"], ["-o", "yaml"], "--hide-notes", ["--labels", "a=b"]], 0.08)
        return ["install", "rel", "chart", "--dry-run=client"] + flags + self.values()

    def show(self):
        kind = self.random.choice(["all", "chart", "values", "readme", "crds"])
        return ["show", kind, "chart"] + (["--jsonpath", "{.a}"] if kind == "values" and self.random.random() < 0.2 else [])
