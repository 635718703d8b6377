"""The life of a release: a list of commands, run by one program in one cluster, with what came of each."""
import os
import subprocess

from . import clusters, shown

RELEASE, NAMESPACE = "rel", "lives"
TIMEOUT = 300
# A hook that is waited for in vain ends each of these verbs; the same happens to both programs.
WAITING = {"install", "upgrade", "rollback", "uninstall", "test"}


def own(chart, change):
    """Everything by the program that is compared. The last upgrade is the client's, as Helm 3 did it."""
    return [("tool", line) for line in [
        ["install", RELEASE, chart, "--create-namespace", "--labels", "team=a"],
        ["upgrade", RELEASE, chart, *change, "--description", "second"],
        ["status", RELEASE, "-o", "json"],
        ["rollback", RELEASE, "1"],
        ["upgrade", RELEASE, chart, *change, "--server-side=false"],
        ["rollback", RELEASE],
        ["history", RELEASE],
        ["uninstall", RELEASE],
    ]]


def taken_over(chart, change):
    """Helm 3 installs; the program that is compared takes the release over and gives it back."""
    return [
        ("helm3", ["install", RELEASE, chart, "--create-namespace"]),
        ("tool", ["list", "-o", "json"]),
        ("tool", ["upgrade", RELEASE, chart, *change]),
        ("tool", ["rollback", RELEASE, "1"]),
        ("helm3", ["status", RELEASE, "-o", "json"]),
        ("helm3", ["upgrade", RELEASE, chart, *change]),
        ("tool", ["upgrade", RELEASE, chart, "--reuse-values", "--server-side=true", "--force-conflicts"]),
        ("helm3", ["rollback", RELEASE, "2"]),
        ("helm3", ["history", RELEASE]),
        ("tool", ["uninstall", RELEASE]),
    ]


def given_back(chart, change):
    """The program that is compared installs; Helm 3 goes on and removes the release."""
    return [
        ("tool", ["install", RELEASE, chart, "--create-namespace"]),
        ("helm3", ["list", "-o", "json"]),
        ("helm3", ["get", "all", RELEASE]),
        ("helm3", ["upgrade", RELEASE, chart, *change]),
        ("tool", ["rollback", RELEASE, "1"]),
        ("helm3", ["uninstall", RELEASE]),
    ]


LIVES = {"own": own, "taken-over": taken_over, "given-back": given_back}


class Side:
    """A program, its cluster, and a home for it."""

    def __init__(self, programs, cluster, home, patience, env):
        self.programs, self.cluster, self.wait = programs, cluster, ["--timeout", patience]
        self.env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": home, "TZ": "UTC", "LANG": "C.UTF-8",
                    "KUBECONFIG": cluster.kubeconfig, "HELM_NAMESPACE": NAMESPACE,
                    "GOGC": "off", "GOMEMLIMIT": "1GiB", **env}     # a third less work for Helm

    def request(self, method, path, body):
        """What somebody else does over the API; what is refused is so on both sides."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        try:
            self.cluster.api.request(method, path, body, kind)
        except clusters.Refused as refusal:
            return refusal.code, "", ""
        return 0, "", ""

    def command(self, who, line):
        """-> exit code, standard output, standard error"""
        if who == "api":
            return self.request(*line)
        line = line + (self.wait if line[0] in WAITING else [])
        try:
            done = subprocess.run([self.programs[who], *line], env=self.env, cwd=self.env["HOME"], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return "none: it does not end", "", ""
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def live(self, life):
        """What came of each command of a life."""
        found, objects = [], shown.Objects()
        for who, line in life:
            ran = shown.ran(*self.command(who, line))
            self.cluster.settle()
            found.append(shown.Shown(ran, objects.look(self.cluster.made())))
        return found
