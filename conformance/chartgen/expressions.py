"""Template expressions: functions with arguments of the types that they want, and now and then of others."""

# name -> (result, arguments); s text, i number, b truth, l list, m map, a anything, f format with arguments, c a small number
FUNCTIONS = {
    "upper": "s s", "lower": "s s", "title": "s s", "untitle": "s s", "trim": "s s", "trimAll": "s s s", "trimPrefix": "s s s",
    "trimSuffix": "s s s", "nospace": "s s", "initials": "s s", "quote": "s a", "squote": "s a", "cat": "s a a", "repeat": "s c s",
    "substr": "s c c s", "trunc": "s c s", "abbrev": "s c s", "abbrevboth": "s c c s", "contains": "b s s", "hasPrefix": "b s s",
    "hasSuffix": "b s s", "replace": "s s s s", "indent": "s c s", "nindent": "s c s", "wrap": "s c s", "wrapWith": "s c s s",
    "plural": "s s s c", "swapcase": "s s", "camelcase": "s s", "kebabcase": "s s", "snakecase": "s s", "b64enc": "s s",
    "b64dec": "s s", "b32enc": "s s", "b32dec": "s s", "sha1sum": "s s", "sha256sum": "s s", "adler32sum": "s s", "toString": "s a",
    "default": "a a a", "ternary": "a a a b", "coalesce": "a a a a", "empty": "b a", "printf": "s f", "print": "s a a",
    "println": "s a", "join": "s s l", "splitList": "l s s", "split": "m s s", "splitn": "m s c s", "regexMatch": "b r s",
    "regexFind": "s r s", "regexFindAll": "l r s c", "regexReplaceAll": "s r s s", "regexReplaceAllLiteral": "s r s s",
    "regexSplit": "l r s c", "regexQuoteMeta": "s s", "mustRegexMatch": "b r s", "toYaml": "s a", "toYamlPretty": "s a", "toJson": "s a",
    "toPrettyJson": "s a", "toRawJson": "s a", "toToml": "s m", "mustToJson": "s a", "mustToYaml": "s a", "fromYaml": "m s",
    "fromYamlArray": "l s", "fromJson": "m s", "fromJsonArray": "l s", "fromToml": "m s", "mustFromJson": "a s", "int": "i a",
    "int64": "i a", "float64": "i a", "atoi": "i s", "toDecimal": "i s", "add": "i i i", "add1": "i i", "sub": "i i i", "mul": "i i i",
    "div": "i i i", "mod": "i i i", "addf": "i i i", "subf": "i i i", "mulf": "i i i", "divf": "i i i", "max": "i i i", "min": "i i i",
    "maxf": "i i i", "minf": "i i i", "floor": "i i", "ceil": "i i", "round": "i i c", "until": "l c", "untilStep": "l c c c",
    "seq": "s c c", "list": "l a a", "tuple": "l a a a", "first": "a l", "last": "a l", "rest": "l l", "initial": "l l",
    "append": "l l a", "prepend": "l l a", "concat": "l l l", "reverse": "l l", "uniq": "l l", "without": "l l a", "has": "b a l",
    "compact": "l l", "slice": "l l c c", "chunk": "l c l", "mustFirst": "a l", "mustRest": "l l", "mustAppend": "l l a",
    "mustHas": "b a l", "mustUniq": "l l", "mustSlice": "l l c", "len": "i a", "index": "a m s", "sortAlpha": "l l", "toStrings": "l l",
    "dict": "m s a s a", "get": "a m s", "set": "m m s a", "unset": "m m s", "hasKey": "b m s", "pluck": "l s m m", "dig": "a s s a m",
    "merge": "m m m", "mergeOverwrite": "m m m", "mustMerge": "m m m", "pick": "m m s s", "omit": "m m s", "deepCopy": "a a",
    "deepEqual": "b a a", "kindOf": "s a", "kindIs": "b k a", "typeOf": "s a", "typeIs": "b k a", "typeIsLike": "b k a", "eq": "b a a",
    "ne": "b a a", "lt": "b i i", "le": "b i i", "gt": "b s s", "ge": "b i i", "and": "a a a", "or": "a a a", "not": "b a",
    "all": "b a a", "any": "b a a", "semver": "a v", "semverCompare": "b w v", "urlParse": "m u", "urlJoin": "s m", "base": "s s",
    "dir": "s s", "ext": "s s", "clean": "s s", "isAbs": "b s", "osBase": "s s", "osDir": "s s", "html": "s a", "js": "s s",
    "urlquery": "s s", "duration": "s i", "durationRound": "s s", "toDate": "a d s", "date": "s d i", "htmlDate": "s i",
    "dateInZone": "s d i z", "unixEpoch": "s a", "lookup": "m s s s s", "hello": "s", "trimall": "s s s", "biggest": "i i i",
    "derivePassword": "s c t s s s", "randAlpha": None, "shuffle": None, "now": None, "call": "a a",
}
FUNCTIONS = {name: spec.split() for name, spec in FUNCTIONS.items() if spec}
BY_RESULT = {}
for _name, (_result, *_rest) in FUNCTIONS.items():
    BY_RESULT.setdefault(_result, []).append(_name)

# For each type: texts that mostly work, and odd ones.
LITERALS = {
    "s": ([""] + """a abc Hello_World x-y_z 1 1.5 true null a,b,c a:b é 日本 foo/bar.txt no 0x1F 1e3 aGk= ~ key=val 1h30m 2024-01-02 camelCase""".split()
          + [" pad ", "a: b", "- x\\n- y", "a\\tb", "line\\nline2\\n", "#c", "*x", "[1, 2]", '{\\"a\\": 1}', "Hello World",
             "very long text that goes on and on, well past the column eighty, to be folded by the writer", "a: {b: [1, x]}", "k = 1"],
          ["{{ .Values.a }}", "%d", "\\x00", "\\xff", "ı", "{{", "\\u2028", "a\\r\\nb", "<&>'", "\\U0001F600"]),
    "i": ("0 1 -1 2 3 10 1.5 -2.5 7 100 8080".split(), "1e3 0x1f 1_000 'a' 9223372036854775807 1e100 0.1 1e400 07 0b1 -9223372036854775808 1i".split()),
    "c": ("1 2 3 5 8 12".split(), "0 -1 20 1000 1.5".split()),
    "b": (["true", "false"], ["nil", "1"]),
    "r": (["a+", "[a-z]+", "(\\\\w)(\\\\d)?", "^", ".", "(?i)HELLO", "\\\\s+", "x*", "a|b", "(?s).*", "[[:alpha:]]"], ["[", "(?P<x>b)", "\\\\b", "\\\\pL", "a{1001}", "(?<n>.)", "\\\\Q.", "$"]),
    "k": (["string", "int", "int64", "float64", "bool", "map", "slice", "map[string]interface {}"], ["[]interface {}", "nil", "invalid", "x"]),
    "v": (["1.2.3", "v1.2", "1", "1.2.3-rc.1+b", "1.30.0"], ["x", "", "1.2.3.4", "01.1.1"]),
    "w": ([">=1.2", "^1.2.3", "~1", "*", "1.x - 2", ">1 || <0.5", "=1.2.3", "!=1.2.3", ">=1.21-0"], ["x y", "", "1.2.", ">>1"]),
    "u": (["http://u:p@h:80/p?q=1#f", "h/p", "https://example.com"], ["", "://", "mailto:a@b", "https://é/x", "http://[::1", "%zz"]),
    "d": (["2006-01-02", "15:04:05 MST", "Jan _2 06"], ["x", "", "2006-002 .000 Z07:00"]),
    "z": (["UTC"], ["Local", "Nowhere/X", "Europe/Berlin"]),
    "t": (["long", "pin", "basic"], ["x"]),
}
ODD = 0.025
FORMATS = [("%s", "s"), ("%s", "s"), ("%v", "a"), ("%q", "s"), ("%d", "i"), ("%v", "a"), ("%q", "s"), ("%5.2f", "i"), ("%x", "s"), ("%t", "b"), ("%T", "a"), ("%-8s|", "s"),
           ("%08d", "i"), ("%+v", "a"), ("%#v", "a"), ("%c", "i"), ("%U", "i"), ("%e", "i"), ("%g", "i"), ("%o", "i"), ("%%", ""), ("%d", "s"),
           ("%!", "a"), ("%[1]d", "i"), ("%*d", "i"), ("%s %s", "s"), ("%v-%v", "m"), ("%6.3v", "a"), ("% x", "s"), ("%#x", "i"), ("%b", "i")]


PIPES = {
    "s": "quote squote upper trim trunc_5 nindent_4 indent_2 b64enc default_\"x\" kindOf len sha256sum replace_\"a\"_\"b\" title fromYaml".split(),
    "i": "quote int float64 toString add_1 mul_2 max_3 toJson default_1 print".split(),
    "b": "quote not toString ternary_1_2 toJson".split(),
    "l": "toJson toYaml first last len join_\"-\" uniq has_1 reverse compact rest sortAlpha quote".split(),
    "m": "toJson toYaml len kindOf quote toYamlPretty keys_|_sortAlpha toPrettyJson deepCopy".split(),
    "a": "quote toString toJson toYaml default_\"x\" kindOf print empty not typeOf squote toPrettyJson".split(),
}
ROOT = {
    "s": "$.Release.Name $.Release.Namespace $.Chart.Name $.Chart.Version $.Chart.AppVersion $.Template.Name $.Template.BasePath "
         "$.Capabilities.KubeVersion.Version $.Capabilities.KubeVersion.Minor $.Chart.Type $.Release.Service".split(),
    "i": ["$.Release.Revision"], "b": ["$.Release.IsInstall", "$.Release.IsUpgrade", "$.Chart.IsRoot"], "l": ["$.Chart.Keywords", "$.Chart.Sources"],
    "m": "$.Values $.Chart $.Release $.Subcharts $.Template $.Chart.Annotations".split(),
    "a": "$.Nothing $.Values.nothing $.Capabilities.KubeVersion $.Chart.Maintainers $.Values.global $.Chart.Dependencies . $.Files "
         "$.Capabilities.APIVersions $.Capabilities.HelmVersion.Version".split(),
}


class Expressions:
    """Makes expressions. `paths` are dotted paths of the values by their types; `templates` what can be included."""

    def __init__(self, random, paths, templates, files):
        self.random, self.paths, self.templates, self.files = random, paths, list(templates), files
        self.variables = []

    def literal(self, kind):
        if kind == "a":
            kind = self.random.choice("sssibblm")
        if kind == "l":
            return "(list %s)" % " ".join(self.atom("a") for _ in range(self.random.randrange(4)))
        if kind == "m":
            keys = self.random.sample("abcx", self.random.randrange(3))
            return "(dict %s)" % " ".join('"%s" %s' % (key, self.atom("a")) for key in keys)
        usual, odd = LITERALS[kind]
        text = self.random.choice(odd if self.random.random() < ODD else usual)
        return text if kind in "icb" else '"%s"' % text

    def reference(self, kind):
        """A variable or a path that holds something of this type; None when there is none."""
        kinds = "sibml" if kind == "a" else kind
        choices = [name for name, of in self.variables if of in kinds] * 2
        choices += ["$.Values." + path for path, of in self.paths if of in kinds]
        choices += [path for of in kinds for path in ROOT.get(of, [])[:4]]
        if self.random.random() < ODD:
            choices = ["$.Values." + path for path, _ in self.paths] + sum(ROOT.values(), [])
        elif kind == "a" and self.random.random() < 0.1:
            choices = ROOT["a"]
        return self.random.choice(choices) if choices else None

    def atom(self, kind):
        found = self.reference(kind) if self.random.random() < 0.6 else None
        return found or self.literal(kind)

    def argument(self, kind, depth):
        if kind in "crkvwudzt":  # never a large number where something is made that many times
            return self.literal(kind)
        if self.random.random() < 0.01:
            kind = self.random.choice("sibalm")
        if depth <= 0 or self.random.random() < 0.45:
            return self.atom(kind)
        return "(%s)" % self.call(kind, depth - 1)

    def call(self, kind, depth):
        pick = self.random.random()
        if kind in "sa" and pick < 0.08 and self.templates:
            return 'include "%s" %s' % (self.random.choice(self.templates), "$" if self.random.random() < 0.95 else self.argument("m", depth - 1))
        if kind in "sa" and pick < 0.11:
            return "tpl %s %s" % (self.random.choice([self.argument("s", depth - 1), self.template_text()]), "$")
        if pick < 0.125:
            return 'required "%s is needed" %s' % (self.random.choice(["a", "%", "b\\n"]), self.argument(kind, depth - 1))
        if kind in "sa" and pick < 0.15:
            return self.of_files()
        names = BY_RESULT.get(kind) if kind != "a" and self.random.random() < 0.985 else None
        name = self.random.choice(names or list(FUNCTIONS))
        if name == "printf":
            return self.printf(depth)
        arguments = FUNCTIONS[name][1:]
        if self.random.random() < 0.005:
            arguments = arguments[:-1]
        return " ".join([name] + [self.argument(argument, depth - 1) for argument in arguments])

    def template_text(self):
        return "`%s{{ %s }}`" % (self.random.choice(["", "a: ", "x "]), self.pipeline("a", 1).replace("`", ""))

    def of_files(self):
        file = self.random.choice(self.files or ["x"])
        glob = self.random.choice(["**", "*", "files/*", "*.t?t", "{conf,files}/**", "*.toml"])
        return self.random.choice([
            '$.Files.Get "%s"' % file, '$.Files.GetBytes "%s"' % file, '($.Files.Glob "%s").AsConfig' % glob, '($.Files.Glob "%s").AsSecrets' % glob,
            '$.Files.Lines "%s"' % file, '$.Capabilities.APIVersions.Has "%s"' % self.random.choice(["v1", "apps/v1", "x/v1", "apps/v1/Deployment"]),
        ])

    def printf(self, depth):
        parts = [self.random.choice(FORMATS) for _ in range(self.random.randrange(1, 3))]
        arguments = [self.argument(kind, depth - 1) for _, kind in parts if kind]
        return 'printf "%s" %s' % ("".join(part for part, _ in parts), " ".join(arguments))

    def pipeline(self, kind="a", depth=2):
        if kind == "a":
            kind = self.random.choice("sssibblma")
        if kind == "c":
            return self.literal(kind)
        out = self.call(kind, depth) if self.random.random() < 0.8 else self.atom(kind)
        if self.random.random() < 0.35:
            out += " | " + self.random.choice(PIPES[kind]).replace("_", " ")
        return out
