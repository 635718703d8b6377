"""The same commands by two programs, each in a cluster of its own: what differs, what Helm draws by chance, what has a reason."""
import collections
import concurrent.futures
import fnmatch
import json
import re
import shutil
import tempfile
import threading

from . import clusters, lives, shown

KEY = re.compile(r"""^\s*(?:- )*(?:["']?[\w.$/-]+["']?:)?""")
MOST = 12
Difference = collections.namedtuple("Difference", "line place helm whelm after")


class World:
    """Where lives are led: a new embedded cluster each, or one of the real clusters, cleaned."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.programs = {"helm": options.helm, "whelm": options.whelm}
        self.real = clusters.Pool(options.jobs, folder) if options.real else None

    def live(self, program, steps, definitions, env=None):
        """What came of each command of a life that is led with a program, in a cluster that has these CRDs."""
        home = tempfile.mkdtemp(dir=self.folder)
        cluster = self.real.take() if self.real else clusters.Embedded(self.options.whelm, home)
        try:
            for definition in definitions:
                cluster.define(definition)
            programs = {"tool": self.programs[program], "helm3": self.options.helm3}
            return lives.Side(programs, cluster, home, self.options.patience, env or {}).live(steps)
        finally:
            self.real.give(cluster) if self.real else cluster.stop()
            shutil.rmtree(home, ignore_errors=True)

    def end(self):
        if self.real:
            self.real.stop()


class Pair:
    """The commands of a life by both programs. Its label and its chart are names in reports."""

    def __init__(self, world, label, chart, steps, env=None):
        self.world, self.label, self.chart, self.steps, self.env = world, label, chart, steps, env
        self.theirs = self.helm()
        self.ours = self.live("whelm")
        self.differences = list(self.differing(self.theirs, self.ours))
        self.masked = self.without_chance()

    def live(self, program):
        return self.world.live(program, self.steps, (), self.env)

    def helm(self):
        return self.live("helm")

    def shown_line(self, line):
        """A command as reports tell it."""
        return " ".join(line)

    def differing(self, theirs, ours):
        """The differences between two lives; what stays different is told once. They come after success or failure of earlier commands."""
        before, after = {}, "success"
        for (who, line), one, two in zip(self.steps, theirs, ours):
            found = one.differing(two)
            for place, pair in found.items():
                if before.get(place) != pair:
                    yield Difference(self.shown_line(line), place, *pair, after)
            if who != "api" and one.ran["exit code"]:
                after = "failure"
            before = {place: pair for place, pair in found.items() if place[0].startswith("/")}

    def without_chance(self):
        """Takes away the differences that Helm's own runs have in the same places. Returns how many those were."""
        chance, count = {}, len(self.differences)
        for _ in range(self.world.options.repeats):
            if not self.differences:
                break
            again = self.live("helm")
            for one in self.differing(self.theirs, again):
                chance.setdefault(one.place, []).append((one.helm, one.whelm))
            self.differences = [one for one in self.differences if not by_chance(one, chance.get(one.place, ()))]
        return count - len(self.differences)

    @property
    def state(self):
        return "refused" if self.theirs[0].ran["exit code"] else "installed"


def by_chance(difference, pairs):
    """Whether a difference is like one of those between Helm's own runs."""
    return any(alike(difference.whelm, value) for pair in pairs for value in pair)


def alike(one, two):
    """Whether both are there, and texts have the same key and about the same length."""
    if not isinstance(one, str) or not isinstance(two, str):
        return one is not shown.ABSENT and type(one) is type(two)
    return KEY.match(one)[0] == KEY.match(two)[0] and abs(len(one) - len(two)) <= max(8, len(two) // 4)


class Known:
    """Differences that have a reason; each must be met, or it is one that is no more."""

    def __init__(self, path):
        self.entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        self.met = collections.Counter()

    def entry(self, life, difference):
        values = {"chart": life.chart, "label": life.label, "state": life.state, "line": difference.line, "place": place(difference),
                  "helm": str(difference.helm), "whelm": str(difference.whelm), "after": difference.after}
        fits = (entry for entry in self.entries
                if all(fnmatch.fnmatchcase(values[key], pattern) for key, pattern in entry.items() if key != "reason"))
        return next(fits, None)

    def explains(self, life):
        """Whether all differences of a life have a reason."""
        return all(self.entry(life, one) for one in life.differences)

    def reason(self, life, difference):
        entry = self.entry(life, difference)
        if entry:
            self.met[entry["reason"]] += 1
        return entry and entry["reason"]


def place(difference):
    return " ".join(str(part) for part in difference.place)


def brief(value):
    """A value in full; of what is there on one side only, the beginning."""
    return repr(value) if not isinstance(value, (dict, list)) else json.dumps(value)[:300]


class Report:
    """Prints what came of each life, and counts."""

    def __init__(self, known):
        self.known, self.count, self.lock = known, collections.Counter(), threading.Lock()

    def add(self, life):
        with self.lock:
            label = life.label
            new = [one for one in life.differences if not self.known.reason(life, one)]
            state = life.state
            how = "differ" if new else "known" if life.differences else "masked" if life.masked else "whole"
            self.count.update([state, how, "lives"])
            self.count["commands"] += len(life.steps)
            self.count["objects"] += sum(len(step.objects) for step in life.theirs)
            print(f"{label}: {state}, {how}" + (f", {life.masked} values by chance" if life.masked else ""), flush=True)
            if state == "refused":
                print("    refused by Helm: " + life.theirs[0].ran["standard error"].strip().split("\n")[-1][:300])
            if len(new) > MOST:
                print(f"    {len(new)} differences, of which these are the first {MOST}:")
            for one in new[:MOST]:
                print(f"FAIL {label}: {one.line}\n    {place(one)}\n    helm:  {brief(one.helm)}\n    whelm: {brief(one.whelm)}", flush=True)

    def broken(self, label, problem):
        """Counts a life that could not be led to its end as one that differed."""
        self.count.update(["differ", "lives"])
        print(f"FAIL {label}: {type(problem).__name__}: {problem}", flush=True)

    def total(self):
        count = self.count
        for reason, times in sorted(self.known.met.items()):
            print(f"known, {times} times: {reason}")
        print(f"{count['lives']} lives of {count['commands']} commands, {count['objects']} objects looked at: {count['installed']} "
              f"installed, {count['refused']} refused by Helm itself; {count['whole']} the same as a whole, {count['masked']} but for "
              f"what Helm draws by chance, {count['known']} but for known differences, {count['differ']} differed")
        return 1 if count["differ"] or not count["lives"] else 0


def run(jobs, report, many):
    """Leads many lives, some at once; each is made by a function that is called with what follows its label."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = {pool.submit(*work): label for label, *work in many}
        for done in concurrent.futures.as_completed(runs):
            if done.exception():
                report.broken(runs[done], done.exception())
            else:
                report.add(done.result())
