// Command oracle prints random triples of states of objects, with the patch that Go's libraries make of them, one JSON object
// a line. It is the reference of tests/differential.rs.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

var bases = map[string]string{
	"apps/v1/Deployment": `{"metadata":{"name":"a","labels":{"x":"1","y":"2"},"annotations":{"n":"1"},"finalizers":["f/a","f/b"]},"spec":{"replicas":2,
"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1,"maxUnavailable":"25%"}},"selector":{"matchLabels":{"x":"1"}},"template":{"metadata":{"labels":{"x":"1"}},
"spec":{"containers":[{"name":"a","image":"a:1","args":["-v","1"],"ports":[{"containerPort":80,"name":"http"},{"containerPort":81,"protocol":"UDP"}],
"env":[{"name":"A","value":"1"},{"name":"B","value":"2"},{"name":"C","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
"volumeMounts":[{"name":"v","mountPath":"/v"},{"name":"w","mountPath":"/w"}],"resources":{"limits":{"cpu":"1","memory":"1Gi"}}},{"name":"b","image":"b:1"}],
"initContainers":[{"name":"i","image":"i:1"}],"volumes":[{"name":"v","emptyDir":{}},{"name":"w","configMap":{"name":"c","items":[{"key":"k","path":"p"}]}}],
"imagePullSecrets":[{"name":"s"},{"name":"t"}],"hostAliases":[{"ip":"1.2.3.4","hostnames":["h"]}],"tolerations":[{"key":"k","operator":"Exists"}],
"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}],"nodeSelector":{"a":"b"}}}}}`,
	"v1/Service": `{"metadata":{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"1"},{"apiVersion":"v1","kind":"Pod","name":"q","uid":"2"}]},
"spec":{"type":"NodePort","selector":{"a":"b"},"ports":[{"port":80,"name":"http","targetPort":"http"},{"port":443,"name":"https","nodePort":30000}],"externalIPs":["1.1.1.1","2.2.2.2"]}}`,
	"v1/ConfigMap":                      `{"metadata":{"name":"a","finalizers":["b","a"]},"data":{"a":"1","b":"2"},"binaryData":{"c":"eA=="},"immutable":false}`,
	"v1/ServiceAccount":                 `{"metadata":{"name":"a"},"secrets":[{"name":"a"},{"name":"b"}],"imagePullSecrets":[{"name":"c"}],"automountServiceAccountToken":true}`,
	"policy/v1/PodDisruptionBudget":     `{"metadata":{"name":"a"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"k","operator":"Exists"}]}}}`,
	"networking.k8s.io/v1/Ingress":      `{"metadata":{"name":"a"},"spec":{"ingressClassName":"n","tls":[{"hosts":["a"],"secretName":"s"}],"rules":[{"host":"a","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}`,
	"rbac.authorization.k8s.io/v1/Role": `{"metadata":{"name":"a"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]},{"apiGroups":["apps"],"resources":["deployments"],"verbs":["list","get"]}]}`,
	"batch/v1/CronJob":                  `{"metadata":{"name":"a"},"spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"a"}],"volumes":[{"name":"v","secret":{"secretName":"s"}}]}}}}}}`,
	"apps/v1/StatefulSet":               `{"metadata":{"name":"a"},"spec":{"serviceName":"s","replicas":1,"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"a","image":"a"}]}},"volumeClaimTemplates":[{"metadata":{"name":"d"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}`,
	"apiextensions.k8s.io/v1/CustomResourceDefinition": `{"metadata":{"name":"a.b"},"spec":{"group":"b","names":{"plural":"a","kind":"A","shortNames":["x","y"]},"scope":"Namespaced",
"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object"}}}},"additionalPrinterColumns":[{"name":"n","type":"string","jsonPath":".x"}]}]}}`,
	"example.org/v1/Thing": `{"metadata":{"name":"a","labels":{"a":"b"}},"spec":{"a":1,"b":1.5,"c":[1,{"x":null}],"d":{"e":{"f":"g"},"h":{}},"i":true,"n":null}}`,
}

type fields = map[string]any

var words = []string{"a", "b", "c", "d", "x", "http", "9"}

func pick(r *rand.Rand) any {
	switch r.Intn(7) {
	case 0:
		return float64(r.Intn(3) + 80)
	case 1:
		return r.Intn(2) == 0
	case 2:
		return words[r.Intn(len(words))]
	case 3:
		return fields{"name": words[r.Intn(len(words))]}
	case 4:
		return []any{words[r.Intn(len(words))], words[r.Intn(len(words))]}
	case 5:
		return fields{}
	}
	return words[r.Intn(len(words))]
}

// mutate changes a value in one place. Where it is wild, types may change.
func mutate(r *rand.Rand, value any, wild bool) any {
	switch typed := value.(type) {
	case fields:
		keys := make([]string, 0, len(typed))
		for key := range typed {
			keys = append(keys, key)
		}
		sortStrings(keys)
		if len(keys) == 0 || r.Intn(12) == 0 {
			if wild || len(keys) == 0 {
				typed[words[r.Intn(len(words))]] = words[r.Intn(len(words))]
			}
			return typed
		}
		key := keys[r.Intn(len(keys))]
		switch {
		case r.Intn(8) == 0:
			delete(typed, key)
		case wild && r.Intn(10) == 0:
			// Servers give no lists where a scalar is declared.
			other := pick(r)
			if _, isList := other.([]any); !isList {
				typed[key] = other
			}
		case wild && r.Intn(25) == 0:
			typed[key] = nil
		default:
			typed[key] = mutate(r, typed[key], wild)
		}
		return typed
	case []any:
		if len(typed) == 0 {
			return append(typed, pick(r))
		}
		index := r.Intn(len(typed))
		switch r.Intn(7) {
		case 0:
			return append(append([]any{}, typed[:index]...), typed[index+1:]...)
		case 1:
			other := r.Intn(len(typed))
			typed[index], typed[other] = typed[other], typed[index]
			return typed
		case 2:
			added := mutate(r, copied(typed[index]), wild)
			if item, ok := added.(fields); ok {
				for _, key := range []string{"name", "mountPath", "uid", "ip", "topologyKey"} {
					if text, ok := item[key].(string); ok {
						item[key] = text + strconv.Itoa(r.Intn(3))
						break
					}
				}
				for _, key := range []string{"containerPort", "port"} {
					if number, ok := item[key].(float64); ok {
						item[key] = number + float64(r.Intn(3))
					}
				}
			}
			at := r.Intn(len(typed) + 1)
			return append(append(append([]any{}, typed[:at]...), added), typed[at:]...)
		}
		typed[index] = mutate(r, typed[index], wild)
		return typed
	case string:
		return words[r.Intn(len(words))]
	case float64:
		return typed + float64(r.Intn(3))
	case bool:
		return !typed
	}
	return words[r.Intn(len(words))]
}

func sortStrings(keys []string) {
	for i := range keys {
		for j := i; j > 0 && keys[j] < keys[j-1]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
}

func copied(value any) any {
	text, _ := json.Marshal(value)
	var other any
	_ = json.Unmarshal(text, &other)
	return other
}

func changed(r *rand.Rand, value any, times int, wild bool) any {
	value = copied(value)
	for range times {
		value = mutate(r, value, wild)
	}
	return value
}

// patch does what Helm does for one object.
func patch(kind schema.GroupVersionKind, original, modified, current []byte) (first, second string) {
	// Go's library ends a program whose lists are merged by keys that are maps.
	defer func() {
		if recover() != nil {
			first, second = "", "panic"
		}
	}()
	var result []byte
	var err error
	object, known := scheme.Scheme.New(kind)
	if kind.Kind == "CustomResourceDefinition" {
		object, known = &apiextensions.CustomResourceDefinition{}, nil
	}
	if known == nil {
		meta, failed := strategicpatch.NewPatchMetaFromStruct(object)
		if failed != nil {
			panic(failed)
		}
		result, err = strategicpatch.CreateThreeWayMergePatch(original, modified, current, meta, true)
		if err != nil {
			return "", err.Error()
		}
		return string(result), ""
	}
	result, err = jsonpatch.CreateMergePatch(original, modified)
	if err != nil {
		return "", err.Error()
	}
	three, err := jsonmergepatch.CreateThreeWayJSONMergePatch(original, modified, current,
		mergepatch.RequireKeyUnchanged("apiVersion"), mergepatch.RequireKeyUnchanged("kind"), mergepatch.RequireMetadataKeyUnchanged("name"))
	if err != nil && mergepatch.IsPreconditionFailed(err) {
		err = fmt.Errorf("%w: at least one field was changed: apiVersion, kind or name", err)
	}
	if err != nil {
		return string(result), err.Error()
	}
	return string(result), string(three)
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
	r := rand.New(rand.NewSource(seed))
	kinds := make([]string, 0, len(bases))
	for kind := range bases {
		kinds = append(kinds, kind)
	}
	sortStrings(kinds)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for range count {
		kind := kinds[r.Intn(len(kinds))]
		var base any
		if err := json.Unmarshal([]byte(bases[kind]), &base); err != nil {
			panic(kind + err.Error())
		}
		at := strings.LastIndex(kind, "/")
		gv, _ := schema.ParseGroupVersion(kind[:at])
		wild := r.Intn(10) == 0
		original := changed(r, base, r.Intn(3), wild)
		modified := changed(r, original, r.Intn(6), wild)
		current := changed(r, original, r.Intn(6), wild)
		texts := make([][]byte, 0, 3)
		for _, state := range []any{original, modified, current} {
			text, _ := json.Marshal(state)
			texts = append(texts, text)
		}
		result, second := patch(gv.WithKind(kind[at+1:]), texts[0], texts[1], texts[2])
		line, _ := json.Marshal(map[string]any{
			"group": gv.Group, "version": gv.Version, "kind": kind[at+1:], "original": original, "modified": modified, "current": current,
			"patch": result, "second": second,
		})
		fmt.Fprintf(out, "%s\n", line)
	}
}
