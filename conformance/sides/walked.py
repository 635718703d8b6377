"""Random charts for walks: each in several versions, of objects that the versions share, change, lose or spoil."""
import json
import pathlib

EVENTS = ["pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback", "pre-delete",
          "post-delete", "test"]
POLICIES = ["before-hook-creation", "hook-succeeded", "hook-failed"]
LOGGED = ["hook-succeeded", "hook-failed", "hook-succeeded,hook-failed"]
LABELS = {"app": "web"}
NOTES = """{{ .Release.Name }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }}
{{ .Values | toJson }}
"""


def maybe(rng, share, value):
    return value if rng.random() < share else {}


def words(rng, most=3):
    """Some keys with values, of few, so that versions have them in common."""
    return {rng.choice("abcdef"): rng.choice(["1", "two", "", "three: 3", "a\nb\n", "true"]) for _ in range(rng.randint(0, most))}


def containers(rng):
    def one(name):
        return {"name": name, "image": rng.choice(["web:1", "web:2"]),
                **maybe(rng, 0.5, {"env": [{"name": key.upper(), "value": value} for key, value in words(rng).items()]}),
                **maybe(rng, 0.4, {"ports": [{"containerPort": port} for port in rng.sample([80, 81, 8080], rng.randint(1, 3))]}),
                **maybe(rng, 0.3, {"args": rng.sample(["a", "b", "c"], rng.randint(0, 3))}),
                **maybe(rng, 0.2, {"resources": {"limits": {"cpu": rng.choice(["1", "1000m", "0.5", 1])}}}),
                **maybe(rng, 0.2, {"volumeMounts": [{"name": "v", "mountPath": rng.choice(["/v", "/w"])}]})}
    return [one(name) for name in rng.sample(["main", "side", "more"], rng.choice([1, 1, 2]))]


def pod(rng, **more):
    spec = {"containers": containers(rng), **more, **maybe(rng, 0.2, {"nodeSelector": {}}),
            **maybe(rng, 0.1, {"tolerations": [{"key": "k", "operator": "Exists"}]})}
    if any("volumeMounts" in container for container in spec["containers"]):
        spec["volumes"] = [{"name": "v", "emptyDir": {}}]
    return spec


def config_map(rng):
    data = {"data": words(rng)}
    return "v1", "ConfigMap", {**data, **maybe(rng, 0.1, {"immutable": True}), **maybe(rng, 0.1, {"binaryData": {"bin": "AAE="}})}


def secret(rng):
    return "v1", "Secret", {rng.choice(["stringData", "stringData", "data"]): {key: "c2VjcmV0" for key in words(rng)},
                            **maybe(rng, 0.3, {"type": rng.choice(["Opaque", "example.com/own"])})}


def service(rng):
    ports = [{"name": f"p{port}", "port": port, **maybe(rng, 0.3, {"targetPort": rng.choice([8080, "web"])})}
             for port in rng.sample([80, 81, 443], rng.randint(1, 3))]
    return "v1", "Service", {"spec": {"selector": LABELS, "ports": ports, **maybe(rng, 0.3, {"clusterIP": "None"}),
                                      **maybe(rng, 0.1, {"type": "NodePort"})}}


def deployment(rng):
    labels = {**LABELS, **maybe(rng, 0.1, {"tier": "x"})}
    return "apps/v1", "Deployment", {"spec": {"selector": {"matchLabels": labels}, **maybe(rng, 0.7, {"replicas": rng.randint(0, 2)}),
                                              "template": {"metadata": {"labels": labels, **outcome(rng)}, "spec": pod(rng)}}}


def stateful_set(rng):
    return "apps/v1", "StatefulSet", {"spec": {"serviceName": "s", "selector": {"matchLabels": LABELS}, "replicas": rng.randint(0, 2),
                                               "template": {"metadata": {"labels": LABELS}, "spec": pod(rng)}}}


def job(rng):
    return "batch/v1", "Job", {"spec": {"backoffLimit": 0, "template": {"metadata": outcome(rng), "spec": pod(rng, restartPolicy="Never")}}}


def bare_pod(rng):
    return "v1", "Pod", {"spec": pod(rng, restartPolicy="Never")}


def role(rng):
    rules = [{"apiGroups": [""], "resources": [rng.choice(["pods", "secrets"])], "verbs": ["get", "list"][:rng.randint(1, 2)]}
             for _ in range(rng.randint(0, 2))]
    return "rbac.authorization.k8s.io/v1", rng.choice(["Role", "ClusterRole"]), {"rules": rules}


def account(rng):
    return "v1", "ServiceAccount", maybe(rng, 0.3, {"automountServiceAccountToken": False})


def claim(rng):
    return "v1", "PersistentVolumeClaim", {"spec": {"accessModes": ["ReadWriteOnce"],
                                                    "resources": {"requests": {"storage": rng.choice(["1Gi", "2Gi"])}}}}


def cron_job(rng):
    template = {"spec": {"template": {"spec": pod(rng, restartPolicy="OnFailure")}}}
    return "batch/v1", "CronJob", {"spec": {"schedule": "0 0 1 1 *", "jobTemplate": template, **maybe(rng, 0.3, {"suspend": True})}}


def ingress(rng):
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "a", "port": {"number": 80}}}}
    rule = {"host": rng.choice(["a.example", "b.example"]), "http": {"paths": [path]}}
    return "networking.k8s.io/v1", "Ingress", {"spec": {"rules": [rule]}}


def widget(rng):
    return "example.com/v1", "Widget", {"spec": {"size": rng.randint(1, 3), **maybe(rng, 0.5, {"parts": [words(rng), words(rng)]})}}


def autoscaler(rng):
    target = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}, "maxReplicas": rng.randint(1, 3)}
    share = rng.choice([50, 80])
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": share}}}
    return rng.choice([("autoscaling/v1", "HorizontalPodAutoscaler", {"spec": {**target, "targetCPUUtilizationPercentage": share}}),
                       ("autoscaling/v2", "HorizontalPodAutoscaler", {"spec": {**target, "metrics": [metric]}})])


def budget(rng):
    return "policy/v1", "PodDisruptionBudget", {"spec": {"selector": {"matchLabels": LABELS}, "minAvailable": rng.choice([1, "50%"])}}


def policy(rng):
    return "networking.k8s.io/v1", "NetworkPolicy", {"spec": {"podSelector": {}, **maybe(rng, 0.5, {"policyTypes": ["Ingress"]}),
                                                              **maybe(rng, 0.5, {"ingress": [{"ports": [{"port": 80}]}]})}}


def space(rng):
    return "v1", "Namespace", {}


KINDS = [config_map] * 6 + [secret, secret, service, service, deployment, deployment, stateful_set, job, bare_pod, role, account,
                            claim, cron_job, ingress, widget, widget, space, autoscaler, autoscaler, budget, policy]
WIDGETS = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
           "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets"},
                    "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                        "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


def outcome(rng):
    """What a Pod does in the embedded cluster."""
    return maybe(rng, 0.2, {"annotations": {"sandbox.whelm.dev/outcome": rng.choice(["Failed", "NotReady", "ImagePullBackOff"])}})


def made(rng, name):
    """An object of a random kind."""
    version, kind, rest = rng.choice(KINDS)(rng)
    metadata = {"name": name, **maybe(rng, 0.15, {"labels": words(rng, 2) and {"l": rng.choice("xy")}}),
                **maybe(rng, 0.1, {"namespace": rng.choice(["lives", "other", "default"])})}
    notes = {**maybe(rng, 0.1, {"helm.sh/resource-policy": rng.choice(["keep", "keep", "Keep "])}),
             **maybe(rng, 0.1, {"a": rng.choice("xy")})}
    return {"apiVersion": version, "kind": kind, "metadata": {**metadata, **({"annotations": notes} if notes else {})}, **rest}


def hook(rng, name):
    """An object that is a hook, mostly a Job or a Pod."""
    events = ",".join(rng.sample(EVENTS, rng.choice([1, 1, 2, 3])))
    # What fails while it goes back leaves another record than Helm's.
    makers = [config_map, account] if "rollback" in events else [job, job, bare_pod, config_map, account]
    version, kind, rest = rng.choice(makers)(rng)
    policies = rng.sample(POLICIES, rng.randint(1, 2))
    if (kind in ("Job", "Pod") or "rollback" in events) and POLICIES[0] not in policies:
        policies.append(POLICIES[0])             # what is left over does not count as a run, other than with Helm
    notes = {"helm.sh/hook": events,
             **maybe(rng, 0.4, {"helm.sh/hook-weight": str(rng.randint(-2, 2))}),
             **maybe(rng, 0.6, {"helm.sh/hook-delete-policy": ",".join(policies)}),
             **maybe(rng, 0.2, {"helm.sh/hook-output-log-policy": rng.choice(LOGGED)}),
             **(outcome(rng).get("annotations", {}) if kind == "Pod" else {})}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "annotations": notes}, **rest}


def spoiled(rng, thing):
    """An object that the API server or Helm refuses, or that is unusual."""
    thing = json.loads(json.dumps(thing))
    how = rng.randrange(14)
    if how == 0:
        thing["metadata"]["name"] = "Not_Valid"
    elif how == 1:
        thing["apiVersion"] = "example.org/v1"
    elif how == 2:
        thing["kind"] = "Nothing"
    elif how == 3:
        thing["unknown"] = {"field": 1}
    elif how == 4:
        thing["metadata"]["labels"] = {"bad": "not valid!"}
    elif how == 5:
        del thing["metadata"]["name"]
    elif how == 6:
        thing["metadata"]["finalizers"] = ["example.com/stays"]
    elif how == 7:
        thing = {"apiVersion": "v1", "kind": "List", "items": [thing]}
    elif how == 8:
        thing["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "somebody"}
    elif how == 9:
        thing["metadata"]["namespace"] = "nowhere"
    elif how == 10:
        thing["status"] = {"phase": "Pending"} if thing["kind"] == "Pod" else {}
    elif how == 11:
        thing["metadata"].update({"creationTimestamp": None, "labels": None})
    elif how == 12:
        thing["spec" if "spec" in thing else "data"] = None
    else:
        thing["metadata"]["labels"] = {"number": 1}
    return thing


LOOKUP = """apiVersion: v1
kind: ConfigMap
metadata: {name: seen}
data:
  one: {{ (lookup "v1" "ConfigMap" .Release.Namespace "values").data | toJson | quote }}
  all: {{ (lookup "v1" "ConfigMap" .Release.Namespace "").items | len | quote }}
"""


class Chart:
    """The versions of one chart, below a folder: `1`, `2` and so on."""

    def __init__(self, rng, folder, versions=3):
        self.rng, self.folder = rng, pathlib.Path(folder)
        self.objects = {name: made(rng, name) for name in rng.sample("abcdefgh", rng.randint(1, 5))}
        self.hooks = {f"h{number}": hook(rng, f"h{number}") for number in range(rng.choice([0, 0, 1, 2, 3]))}
        self.crds, self.trouble = rng.random() < 0.7, rng.choice([0, 0, 0.05, 0.15])
        self.names = []
        for number in range(1, versions + 1):
            self.write(number)
            self.change()

    def change(self):
        """Makes the next version of this one."""
        for name in "abcdefgh":
            chance = self.rng.random()
            if chance < 0.1:
                self.objects.pop(name, None)
            elif chance < 0.2:
                self.objects.setdefault(name, made(self.rng, name))
            elif chance < 0.5 and name in self.objects:
                self.objects[name] = self.changed(self.objects[name])
        for name in list(self.hooks):
            if self.rng.random() < 0.3:
                self.hooks[name] = hook(self.rng, name)

    def changed(self, thing):
        """The same object with another content."""
        maker = next(maker for maker in KINDS if maker(self.rng)[1] == thing["kind"] or maker is role and thing["kind"].endswith("Role"))
        version, kind, rest = maker(self.rng)
        metadata = {**thing["metadata"], **maybe(self.rng, 0.1, {"labels": {"l": self.rng.choice("xy")}})}
        return {"apiVersion": version if maker is autoscaler else thing["apiVersion"], "kind": thing["kind"], "metadata": metadata, **rest}

    def write(self, number):
        """Writes a version, with what is spoiled in it alone."""
        folder = self.folder / str(number)
        (folder / "templates").mkdir(parents=True)
        self.names.append(str(folder))
        rng = self.rng
        hooks = self.hooks.values()
        things = [spoiled(rng, thing) if rng.random() < self.trouble and "-rollback" not in json.dumps(thing) else thing
                  for thing in [*self.objects.values(), *hooks]]
        if things and rng.random() < 0.04:
            things.append(things[0])
        rng.shuffle(things)
        texts = [json.dumps(thing, indent=1) for thing in things]
        texts.append('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values}\ndata: {all: {{ .Values | toJson | quote }}}\n')
        if rng.random() < 0.1:
            texts.append(LOOKUP)
        if rng.random() < 0.1:
            texts.append('{{ if .Values.fail }}{{ fail "as you wish" }}{{ end }}')
        (folder / "templates" / "all.yaml").write_text("\n---\n".join(texts), encoding="utf-8")
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: walk\nversion: 0.{number}.0\nappVersion: '{number}'\n", encoding="utf-8")
        (folder / "values.yaml").write_text(f"x: {number}\nmap: {{a: 1, b{number}: 2}}\n", encoding="utf-8")
        if rng.random() < 0.5:
            (folder / "templates" / "NOTES.txt").write_text(NOTES, encoding="utf-8")
        if self.crds:
            (folder / "crds").mkdir()
            (folder / "crds" / "widgets.yaml").write_text(json.dumps(WIDGETS), encoding="utf-8")
