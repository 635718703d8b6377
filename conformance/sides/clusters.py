"""The two clusters of a comparison, one per program: embedded ones or real ones, read and cleaned over their APIs."""
import http.client
import json
import os
import pathlib
import queue
import re
import ssl
import subprocess
import time
import urllib.parse

TOOL = pathlib.Path(__file__).resolve().parent.parent / "real-clusters"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
# What the cluster notes for itself, at moments of its own.
NOTES = {("", "Event"), ("events.k8s.io", "Event"), ("coordination.k8s.io", "Lease"), ("", "Endpoints"), ("", "ComponentStatus"),
         ("discovery.k8s.io", "EndpointSlice"), ("networking.k8s.io", "IPAddress"), ("metrics.k8s.io", "NodeMetrics"), ("metrics.k8s.io", "PodMetrics")}


# How many seconds a comparison waits for what removes itself.
SOON = 30


class Failure(Exception):
    """What keeps a comparison from going on."""


class Refused(Exception):
    """An answer of the API server that is no success."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text[:300]}")
        self.code = code


class Api:
    """Requests to the server of a kubeconfig that the clusters here write."""

    def __init__(self, kubeconfig):
        text = pathlib.Path(kubeconfig).read_text(encoding="utf-8")
        self.server = urllib.parse.urlparse(re.search(r"server: *\"?(https?://[^\s\",}]+)", text)[1])
        authority = re.search(r"certificate-authority: *\"?([^\s\",}]+)", text)
        self.context = ssl.create_default_context(cafile=authority[1]) if authority else None
        token = re.search(r"token: *\"?([^\s\",}]+)", text)
        self.headers = {"Authorization": f"Bearer {token[1]}"} if token and authority else {}
        self.connection = None

    def connect(self):
        place = self.server.hostname, self.server.port
        return http.client.HTTPSConnection(*place, context=self.context, timeout=60) if self.context else \
            http.client.HTTPConnection(*place, timeout=60)

    def request(self, method, path, body=None, kind="application/json", accept="application/json"):
        """Returns the answer's JSON. A server that is busy, as with the storage of new kinds, is asked again."""
        for _ in range(100):
            try:
                return self.request_once(method, path, body, kind, accept)
            except Refused as refusal:
                if refusal.code != 429:
                    raise
                time.sleep(0.1)
        raise Failure(f"{path}: the server is busy")

    def request_once(self, method, path, body, kind, accept):
        for attempt in (1, 2):
            try:
                self.connection = self.connection or self.connect()
                headers = {**self.headers, "Accept": accept, "Content-Type": kind}
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read()
                break
            except (http.client.HTTPException, OSError):
                # A connection that was kept may have been closed meanwhile.
                self.connection = None
                if attempt == 2:
                    raise
        if answer.status >= 300:
            raise Refused(answer.status, data.decode("utf-8", "replace"))
        return json.loads(data)

    def resources(self):
        """The kinds that can be listed and deleted: (group, version, resource's description), each in the version that is preferred."""
        for root in ("/api", "/apis"):
            for group in self.request("GET", root, accept=DISCOVERY)["items"]:
                seen = set()
                for version in group.get("versions", []):
                    for resource in version.get("resources", []):
                        name = resource["resource"]
                        if name not in seen and {"list", "delete"} <= set(resource.get("verbs", [])):
                            seen.add(name)
                            yield group["metadata"].get("name", ""), version["version"], resource

    def objects(self):
        """All objects with their paths, but for what the cluster notes for itself."""
        for group, version, resource in self.resources():
            kind = resource["responseKind"]["kind"]
            if (group, kind) in NOTES:
                continue
            root = f"/apis/{group}/{version}" if group else f"/api/{version}"
            try:
                found = self.request("GET", f"{root}/{resource['resource']}")
            except Refused as refusal:
                if refusal.code in (404, 405, 503):
                    continue                     # a kind that has just gone, or is not served yet
                raise
            for thing in found.get("items") or []:
                thing.setdefault("apiVersion", f"{group}/{version}" if group else version)
                thing.setdefault("kind", kind)
                space = thing["metadata"].get("namespace")
                middle = f"/namespaces/{space}" if space else ""
                yield f"{root}{middle}/{resource['resource']}/{thing['metadata']['name']}", thing


class Cluster:
    """A cluster that is compared with what it was at its beginning."""

    def __init__(self, kubeconfig):
        self.kubeconfig = kubeconfig
        self.api = Api(kubeconfig)
        self.before = dict(self.api.objects())

    def made(self):
        """The objects that were made or changed since the beginning."""
        return {path: thing for path, thing in self.api.objects() if versionless(self.before.get(path)) != versionless(thing)}

    def settle(self):
        """Waits until what happens by itself has happened: Jobs go some seconds after their end, volumes after their claims."""
        for _ in range(10 * SOON):
            jobs = self.api.request("GET", "/apis/batch/v1/jobs")["items"]
            volumes = self.api.request("GET", "/api/v1/persistentvolumes")["items"]
            if not any(map(goes_soon, jobs)) and not any("deletionTimestamp" in volume["metadata"] for volume in volumes):
                return
            time.sleep(0.1)

    def define(self, texts):
        """Creates a CRD from the first text that is one, if any is, and waits until its kind is served."""
        name = self.created(texts)
        if not name:
            return
        path = f"{DEFINITIONS}/{name}"
        for _ in range(200):
            conditions = self.api.request("GET", path).get("status", {}).get("conditions", [])
            if any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions):
                return
            time.sleep(0.05)
        raise Failure(f"{path} is not served")

    def created(self, texts):
        for text in texts:
            try:
                return self.api.request("POST", DEFINITIONS, text.encode(), "application/yaml")["metadata"]["name"]
            except Refused:
                pass                             # a template, or of a version that is no more
        return None


def goes_soon(job):
    """Whether a Job has ended and is removed within seconds."""
    ended = any(condition["type"] in ("Complete", "Failed") for condition in job.get("status", {}).get("conditions") or [])
    return ended and job["spec"].get("ttlSecondsAfterFinished", SOON + 1) <= SOON


def versionless(thing):
    """An object without what changes by itself."""
    if thing is None:
        return None
    metadata = {key: value for key, value in thing["metadata"].items() if key not in ("resourceVersion", "managedFields")}
    return {**thing, "metadata": metadata, "status": None}


class Embedded(Cluster):
    """`whelm sandbox serve` with an empty cluster."""

    def __init__(self, whelm, folder):
        kubeconfig = os.path.join(folder, "kubeconfig")
        self.process = subprocess.Popen([whelm, "sandbox", "serve", "--sandbox=memory", "--kubeconfig-out", kubeconfig],
                                        stdin=subprocess.DEVNULL)
        try:
            self.wait_for(kubeconfig)
            super().__init__(kubeconfig)
        except BaseException:
            self.stop()
            raise

    def wait_for(self, kubeconfig):
        for _ in range(2000):
            if os.path.exists(kubeconfig):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise Failure("whelm sandbox serve does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Real(Cluster):
    """A real control plane, which is cleaned after each use."""

    def __init__(self, kubeconfig):
        super().__init__(kubeconfig)
        self.settle()
        self.before = dict(self.api.objects())

    def settle(self):
        """Waits until controllers have done their part: nothing changes from one look to the next."""
        super().settle()
        seen = None
        for _ in range(60):
            now = {path: versionless(thing) for path, thing in self.api.objects() if thing["kind"] != "Node"}
            if now == seen:
                return
            seen = now
            time.sleep(0.4)
        raise Failure("the cluster does not come to rest")

    def clean(self):
        """Deletes what was made, and waits until it is gone."""
        for _ in range(600):
            left = [(path, thing) for path, thing in self.api.objects() if path not in self.before]
            if not left:
                self.before = dict(self.api.objects())
                return
            for path, thing in left:
                self.delete(path, thing)
            time.sleep(0.2)
        raise Failure(f"left in the cluster: {[path for path, _ in left]}")

    def delete(self, path, thing):
        try:
            if thing["metadata"].get("finalizers"):
                self.api.request("PATCH", path, '{"metadata":{"finalizers":null}}', "application/merge-patch+json")
            self.api.request("DELETE", path, '{"propagationPolicy":"Background","gracePeriodSeconds":0}')
        except Refused as refusal:
            if refusal.code not in (404, 409, 405):
                raise


class Pool:
    """Real clusters, as many as are used at once: those in the folder that WHELM_TEST_CLUSTERS names, or new ones."""

    def __init__(self, count, folder):
        running = os.environ.get("WHELM_TEST_CLUSTERS")
        self.own = None if running else os.path.join(folder, "real")
        self.free = queue.SimpleQueue()
        try:
            if self.own:
                self.start(count)
            for number in range(count):
                self.free.put(Real(os.path.join(running or self.own, str(number), "kubeconfig")))
        except BaseException:
            self.stop()
            raise

    def start(self, count):
        # Its processes stay, so they must not hold a pipe that somebody waits for.
        with open(f"{self.own}.log", "w", encoding="utf-8") as log:
            subprocess.run([TOOL, "start", self.own, str(count)], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                           check=True)

    def take(self):
        return self.free.get()

    def give(self, cluster):
        cluster.clean()
        self.free.put(cluster)

    def stop(self):
        if self.own:
            subprocess.run([TOOL, "stop", self.own], check=False)
