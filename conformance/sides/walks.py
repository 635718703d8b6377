"""Random walks: commands on the releases of a random chart, with random flags, and what others do to the cluster meanwhile."""
import json
import random

from .walked import Chart

RELEASES = ["web", "web", "web", "web", "two"]
LISTED = [["--failed"], ["--deployed"], ["--superseded"], ["--uninstalled"], ["--pending"], ["-f", "w"], ["-q"], ["-r"], ["-l", "a=1"], ["-A"]]
NAMESPACE = "/api/v1/namespaces/lives"


class Walk:
    """The commands of one walk, which follow from a seed. The charts are written below a folder. In some walks Helm 3 does a part."""

    def __init__(self, seed, folder, with_helm3):
        self.rng = random.Random(seed)
        self.chart = Chart(self.rng, folder)
        self.env = {"HELM_DRIVER": "configmap"} if self.rng.random() < 0.15 else {}
        self.is_mixed = with_helm3 and self.rng.random() < 0.2
        self.steps = [("api", ["POST", "/api/v1/namespaces", '{"metadata":{"name":"lives"}}'])]
        if self.rng.random() < 0.5:
            self.steps.append(("api", ["POST", "/api/v1/namespaces", '{"metadata":{"name":"other"}}']))
        if self.rng.random() < 0.15:
            self.steps.append(self.foreign())
        self.steps.append(("tool", self.install("web")))
        for _ in range(self.rng.randint(4, 9)):
            self.steps.append(self.step())

    def step(self):
        """The next step: mostly one that writes."""
        name = self.rng.choice(RELEASES)
        verbs = [self.upgrade] * 8 + [self.rollback] * 4 + [self.install] * 2 + [self.uninstall] * 2 + [self.test] * 2 + [self.read] * 5
        if self.rng.random() < 0.12:
            return self.meanwhile()
        if self.is_mixed and self.rng.random() < 0.4:
            return "helm3", self.as_helm_3(name)
        return "tool", self.rng.choice(verbs)(name)

    def as_helm_3(self, name):
        flags = self.flags((0.1, "--no-hooks"), (0.1, "--force"), (0.1, "--wait"), (0.1, "--description", "by Helm 3"))
        return self.one(["upgrade", name, self.version(), "--install", *flags, *self.values()], ["upgrade", name, self.version(), *flags],
                        ["rollback", name, *self.one([], ["1"], ["2"])], ["uninstall", name, *self.flags((0.5, "--keep-history"))],
                        ["status", name, "-o", "json"], ["list", "-a"], ["history", name], ["get", "all", name])

    def flags(self, *choices):
        """Some of the flags that are given as (chance, flag and words)."""
        return [word for chance, *flag in choices if self.rng.random() < chance for word in flag]

    def one(self, *words):
        return self.rng.choice(words)

    def values(self):
        """Flags that set values."""
        return self.flags((0.2, "--set", f"x={self.rng.randint(1, 9)}"), (0.15, "--set", "map.a=null"), (0.1, "--set-string", "map.c=7"),
                          (0.1, "--set-json", 'list=[1,{"a":null}]'), (0.05, "--set", "fail=true"), (0.05, "--set-literal", "lit=a,b"))

    def applying(self):
        """Flags of the verbs that apply."""
        return self.flags((0.1, "--no-hooks"), (0.08, "--dry-run=" + self.one("client", "server")),
                          (0.1, "--wait=" + self.one("watcher", "legacy", "hookOnly")),
                          (0.08, "--wait"), (0.05, "--wait-for-jobs"), (0.25, "--server-side=" + self.one("true", "false")),
                          (0.1, "--force-conflicts"), (0.08, "--force-replace"))

    def rendering(self):
        """Flags of the verbs that render."""
        return self.applying() + self.values() + self.flags(
            (0.1, "--description", self.one("said", "a  b")), (0.1, "--take-ownership"), (0.1, "--rollback-on-failure"),
            (0.1, "--labels", self.one("a=1", "a=2,b=3", "a=null", "name=x")), (0.08, "-o", self.one("json", "yaml")),
            (0.05, "--hide-notes"), (0.05, "--hide-secret"), (0.05, "--skip-crds"), (0.05, "--disable-openapi-validation"), (0.05, "--create-namespace"))

    def version(self):
        return self.one(*self.chart.names)

    def install(self, name):
        return ["install", name, self.version(), *self.rendering(), *self.flags((0.2, "--replace"))]

    def upgrade(self, name):
        return ["upgrade", name, self.version(), *self.rendering(), *self.flags(
            (0.3, "--install"), (0.15, self.one("--reuse-values", "--reset-values", "--reset-then-reuse-values")),
            (0.15, "--history-max", self.one("1", "2", "3")), (0.15, "--cleanup-on-fail"))]

    def rollback(self, name):
        return ["rollback", name, *self.one([], [], ["1"], ["2"], ["3"]), *self.applying(), *self.flags(
            (0.15, "--history-max", self.one("1", "2", "3")), (0.15, "--cleanup-on-fail"))]

    def uninstall(self, name):
        names = [name, self.one("web", "two")] if self.rng.random() < 0.1 else [name]
        return ["uninstall", *names, *self.flags(
            (0.4, "--keep-history"), (0.1, "--dry-run"), (0.1, "--no-hooks"), (0.1, "--ignore-not-found"), (0.1, "--description", "gone"),
            (0.15, "--cascade", self.one("foreground", "background", "orphan")), (0.1, "--wait"))]

    def test(self, name):
        return ["test", name, *self.flags((0.4, "--logs"), (0.2, "--filter", self.one("name=h0", "!name=h1", "name=h0,name=h1")))]

    def read(self, name):
        formats = self.flags((0.5, "-o", self.one("json", "yaml", "table")))
        revision = self.flags((0.3, "--revision", self.one("1", "2", "3")))
        return self.one(["status", name, *revision, *formats],
                        ["history", name, *formats, *self.flags((0.2, "--max", self.one("1", "2")))],
                        ["get", self.one("all", "manifest", "hooks", "notes"), name, *revision],
                        ["get", "values", name, *revision, *formats, *self.flags((0.5, "-a"))],
                        ["get", "metadata", name, *(revision or ["--revision", "1"]), *formats],
                        ["list", *formats, *self.flags(*((0.1, *flag) for flag in LISTED))])

    def foreign(self):
        """Somebody makes a ConfigMap that the chart may want to make."""
        body = {"metadata": {"name": self.one(*"abc")}, "data": {"theirs": "1"}}
        return "api", ["POST", f"{NAMESPACE}/configmaps?fieldManager=somebody", json.dumps(body)]

    def meanwhile(self):
        """Somebody changes or deletes something."""
        name = self.one(*"abcdef", "values")
        plural = self.one("configmaps", "configmaps", "services", "secrets", "serviceaccounts")
        if self.rng.random() < 0.3:
            return "api", ["DELETE", f"{NAMESPACE}/{plural}/{name}", "{}"]
        if self.rng.random() < 0.15:
            return "api", ["DELETE", f"{NAMESPACE}/secrets/sh.helm.release.v1.web.v{self.rng.randint(1, 3)}", "{}"]
        if self.rng.random() < 0.2:
            return self.foreign()
        change = self.one({"data": {"a": "bm90aGluZw==", "z": "bm90aGluZw=="}}, {"metadata": {"labels": {"l": "theirs"}}},
                          {"metadata": {"annotations": {"a": "theirs", "meta.helm.sh/release-name": "two"}}},
                          {"metadata": {"annotations": {"helm.sh/resource-policy": "keep"}}})
        return "api", ["PATCH", f"{NAMESPACE}/{plural}/{name}?fieldManager=somebody", json.dumps(change)]
