"""Template files: actions around expressions, loose text or the shape of a manifest."""

from .expressions import Expressions

KINDS = ["ConfigMap", "Secret", "Service", "Deployment", "Job", "Namespace", "Widget", "CustomResourceDefinition", "ServiceAccount", "Ingress"]
ANNOTATIONS = ['helm.sh/hook: pre-install', 'helm.sh/hook: "post-install,pre-upgrade"', 'helm.sh/hook: test', "helm.sh/hook: nonsense",
               'helm.sh/hook-weight: "-5"', "helm.sh/hook-weight: 3", 'helm.sh/hook-weight: "x"', "helm.sh/hook-delete-policy: hook-succeeded",
               "helm.sh/resource-policy: keep", 'note: "plain"', "number: 5"]


class Templates:
    def __init__(self, random, paths, templates, files):
        self.random = random
        self.expressions = Expressions(random, paths, templates, files)

    def action(self, body):
        left, right = ("{{- " if self.random.random() < 0.25 else "{{ "), (" -}}" if self.random.random() < 0.15 else " }}")
        return left + body + right

    def output(self, kind="a"):
        return self.action(self.expressions.pipeline(kind))

    def body(self, depth):
        return "".join(self.statement(depth) for _ in range(self.random.randrange(1, 4)))

    def statement(self, depth):
        pick = self.random.random()
        if depth <= 0 or pick < 0.45:
            return self.random.choice(["", "", "text ", "a: ", "- "]) + self.output() + self.random.choice(["\n", "\n", " ", ""])
        choices = [self.conditional, self.conditional, self.with_, self.range_, self.range_, self.variable, self.variable, self.comment, self.call, self.block]
        return self.random.choice(choices)(depth - 1)

    def scoped(self, depth):
        before = list(self.expressions.variables)
        out = self.body(depth)
        self.expressions.variables = before
        return out

    def conditional(self, depth):
        pipeline = self.expressions.pipeline
        out = self.action("if " + pipeline("b", 1)) + self.scoped(depth)
        if self.random.random() < 0.3:
            out += self.action("else if " + pipeline("b", 1)) + self.scoped(depth)
        if self.random.random() < 0.5:
            out += self.action("else") + self.scoped(depth)
        return out + self.action("end")

    def with_(self, depth):
        variable = "$w := " if self.random.random() < 0.3 else ""
        out = self.action("with " + variable + self.expressions.pipeline("m", 1)) + self.scoped(depth)
        if self.random.random() < 0.4:
            out += self.action(self.random.choice(["else", "else with $.Values"])) + self.scoped(depth)
        return out + self.action("end")

    def range_(self, depth):
        head = self.random.choice(["", "$v := ", "$k, $v := "])
        kind = self.random.choice("lllmmmc")
        over = self.expressions.literal(kind) if kind == "c" else self.expressions.argument(kind, 1)
        before = list(self.expressions.variables)
        self.expressions.variables += [(name, "a") for name in ("$k", "$v") if name in head]
        inside = self.body(depth)
        if self.random.random() < 0.15:
            inside += self.action("if " + self.expressions.pipeline("b", 1)) + self.action(self.random.choice(["break", "continue"])) + self.action("end")
        self.expressions.variables = before
        out = self.action("range " + head + over) + inside
        if self.random.random() < 0.3:
            out += self.action("else") + self.scoped(depth)
        return out + self.action("end")

    def variable(self, _depth):
        variables, kind = self.expressions.variables, self.random.choice("sssiblm")
        value = self.expressions.atom(kind) if self.random.random() < 0.3 else self.expressions.call(kind, 1)
        same = [name for name, of in variables if of == kind]
        if same and self.random.random() < 0.4:
            return self.action("%s = %s" % (self.random.choice(same), value))
        name = "$" + self.random.choice("abcxy")
        variables[:] = [variable for variable in variables if variable[0] != name] + [(name, kind)]
        return self.action("%s := %s" % (name, value))

    def comment(self, _depth):
        return self.random.choice(["{{/* a comment */}}", "{{- /* a\ncomment */ -}}", "# {{ 1 }}\n"])

    def call(self, _depth):
        templates = self.expressions.templates or ["none"]
        return self.action('template "%s" %s' % (self.random.choice(templates), self.random.choice(["$"] * 18 + [".", ""])))

    def block(self, depth):
        return self.action('block "blk%d" .' % self.random.randrange(3)) + self.scoped(depth) + self.action("end")

    def define(self, name):
        before, self.expressions.variables = self.expressions.variables, []
        trim = self.random.choice(["", "-"])
        out = '{{%s define "%s" %s}}\n%s{{%s end %s}}\n' % (trim, name, self.random.choice(["", "-"]), self.body(1), self.random.choice(["", "-"]), self.random.choice(["", "-"]))
        self.expressions.variables = before
        return out

    def partials(self, names):
        out = ""
        for name in names:
            out += self.define(name)
            self.expressions.templates.append(name)
        return out

    def manifest(self):
        if self.random.random() < 0.15:
            return self.body(3)
        documents = [self.document() for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        text = self.random.choice(["---\n", "--- \n", "---\r\n", "---\n# c\n---\n", "\n---\n"]).join(documents)
        if self.random.random() < 0.3:
            text = self.random.choice(["---\n", "{{/* top */}}\n", "{{- $x := 1 }}\n", "# top\n", "\n"]) + text
        if self.random.random() < 0.08:
            text = text.replace("\n", "\r\n")
        if self.random.random() < 0.03:
            text = "{{ " + text
        if self.random.random() < 0.3:
            text = "{{- if " + self.expressions.pipeline("b", 1) + " }}\n" + text + "{{- end }}\n"
        return text

    def document(self):
        choose = self.random.choice
        lines = ["apiVersion: " + choose(["v1", "v1", "apps/v1", "batch/v1", "x.io/v1", "extensions/v1beta1"]), "kind: " + choose(KINDS), "metadata:",
                 "  name: " + choose(["x", "{{ $.Release.Name }}-a", "{{ include \"%s\" . }}" % choose(self.expressions.templates or ["none"]), "y"])]
        if self.random.random() < 0.3:
            lines.append("  annotations:")
            lines += ["    " + choose(ANNOTATIONS) for _ in range(self.random.randrange(1, 3))]
        lines.append(choose(["data:", "spec:", "data:"]))
        for key in self.random.sample("abcdefgh", self.random.randrange(1, 5)):
            lines.append(self.entry(key))
        if self.random.random() < 0.1:
            del lines[self.random.randrange(len(lines))]
        return "\n".join(lines) + "\n"

    def entry(self, key):
        pick = self.random.random()
        if pick < 0.45:
            return "  %s: {{ %s | quote }}" % (key, self.expressions.pipeline("s"))
        if pick < 0.6:
            return "  %s: {{ %s | toJson }}" % (key, self.expressions.pipeline("a"))
        if pick < 0.75:
            return "  %s: {{- %s | toYaml | nindent 4 }}" % (key, self.expressions.pipeline(self.random.choice("ml")))
        if pick < 0.85:
            return "  %s: |\n    %s" % (key, self.output("s"))
        if pick < 0.93:
            return "  {{- %s }}\n  %s: 1\n  {{- end }}" % (self.random.choice(["if ", "with "]) + self.expressions.pipeline("a", 1), key)
        return "  %s: %s" % (key, self.output())
