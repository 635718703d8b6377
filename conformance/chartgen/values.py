"""YAML of values, with the odd scalars that Go's readers treat in their own ways."""

SCALARS = ["1", "0", "-3", "1.5", "1e3", "true", "false", "null", "~", "", "yes", "no", "on", "text", '"quoted"', "'single'", "0777", "0o17", "0x1F", "1_000",
           "2024-01-02", "2024-01-02T03:04:05Z", "12345678901234567890", "9223372036854775807", "1.0", "100000000000000000000.5", ".5", "-0.0",
           "1:30", '"a\\tb\\u00e9"', "é 日本", "'it''s'", '""', "3.14159", "1e-7", "!!str 5", "!!int \"7\"", "a b c", '"{{ .Release.Name }}"', '"- x"', "=", "<<",
           '"1"', '"true"', '"null"', "nan", "Null", "TRUE", "0b11", "+1", "1.", "\"multi\\nline\""]
KEYS = ["a", "b", "c", "d", "name", "enabled", "list", "map", "x-y", "image", "n", "on", "1", "port", "tags"]


NUMBERS = {"1", "0", "-3", "1.5", "1e3", "0777", "0o17", "0x1F", "1_000", "12345678901234567890", "9223372036854775807", "1.0", "100000000000000000000.5", ".5", "-0.0",
           "3.14159", "1e-7", "0b11", "+1", "1."}
TRUTHS = {"true", "false", "yes", "no", "on", "TRUE"}
NOTHING = {"null", "~", "", "Null"}


def type_of(scalar):
    """The type of a scalar, as the templates' functions want it."""
    return "i" if scalar in NUMBERS else "b" if scalar in TRUTHS else "n" if scalar in NOTHING else "s"


class Values:
    def __init__(self, random):
        self.random = random
        self.paths = []  # each with its type: s, i, b, n, l, m

    def document(self):
        lines = []
        for key in self.random.sample(KEYS, self.random.randrange(3, 9)):
            lines += self.entry(key, key, 0, 3)
        if self.random.random() < 0.15:
            lines += ["base: &base {p: 1, q: two}", "derived:", "  <<: *base", "  q: 3"]
            self.paths += [("derived.p", "i"), ("derived.q", "i"), ("base", "m")]
        if self.random.random() < 0.1:
            lines += ["text: |%s" % self.random.choice(["", "-", "+", "2"]), "  line one", "   indented", "", "  last"]
            self.paths.append(("text", "s"))
        if self.random.random() < 0.08:
            lines += ["folded: >-", "  some words", "  and more", "", "  paragraph"]
            self.paths.append(("folded", "s"))
        return "\n".join(lines) + "\n"

    def entry(self, key, path, indent, depth):
        pad = "  " * indent
        note = lambda kind: self.paths.append((path, kind)) if all(part.isalpha() and part not in ("n", "on") for part in path.split(".")) else None
        pick = self.random.random()
        comment = "  # note" if self.random.random() < 0.05 else ""
        if depth <= 0 or pick < 0.55:
            scalar = self.random.choice(SCALARS)
            note(type_of(scalar))
            return ["%s%s: %s%s" % (pad, key, scalar, comment)]
        if pick < 0.65:
            flow = self.flow(2)
            note({"[": "l", "{": "m"}.get(flow[0], type_of(flow)))
            return ["%s%s: %s" % (pad, key, flow)]
        if pick < 0.78:
            note("l")
            items = ["%s- %s" % (pad + self.random.choice(["", "  "])[:2], self.random.choice([self.flow(1), self.random.choice(SCALARS)])) for _ in range(self.random.randrange(1, 4))]
            width = len(items[0]) - len(items[0].lstrip())
            return ["%s%s:" % (pad, key)] + [" " * width + item.lstrip() for item in items]
        note("m")
        lines = ["%s%s:%s" % (pad, key, comment)]
        for inner in self.random.sample(KEYS, self.random.randrange(1, 4)):
            lines += self.entry(inner, path + "." + inner, indent + 1, depth - 1)
        return lines

    def flow(self, depth):
        pick = self.random.random()
        if depth <= 0 or pick < 0.4:
            return self.random.choice(["1", "x", "true", "null", '"s"', "1.5", "yes"])
        if pick < 0.7:
            return "[%s]" % ", ".join(self.flow(depth - 1) for _ in range(self.random.randrange(4)))
        return "{%s}" % ", ".join("%s: %s" % (key, self.flow(depth - 1)) for key in self.random.sample("abcd", self.random.randrange(3)))
