// Records how the API server shows objects in its messages: internal.txt, in the folder above.
//
// It does not show what clients send but the structs that it holds, whose fields have other names and another order.
// Build it in a module that requires k8s.io/kubernetes, such as that of the cluster tool:
//
//	cp main.go MODULE/record_internal/ && cd MODULE && go run -mod=mod ./record_internal > internal.txt
//
// "# NAME" starts a struct. Its lines are fields: the name that is shown, the name that clients have for it, the form.
// Forms: s text, i whole number, f other number, b truth, t time, q quantity, x number or text, y bytes, ~ anything,
// @NAME struct; before them * pointer, [ list, { map. "^@NAME" stands for the fields of that struct, "?" before a form for
// a field that is left out when it is empty.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

var lines = map[string][]string{}

func main() {
	groups := map[string]string{
		"": "v1", "apps": "v1", "batch": "v1", "autoscaling": "v2", "policy": "v1", "networking.k8s.io": "v1",
		"rbac.authorization.k8s.io": "v1", "storage.k8s.io": "v1", "admissionregistration.k8s.io": "v1",
		"scheduling.k8s.io": "v1", "coordination.k8s.io": "v1", "node.k8s.io": "v1", "discovery.k8s.io": "v1",
		"flowcontrol.apiserver.k8s.io": "v1", "certificates.k8s.io": "v1", "resource.k8s.io": "v1",
	}
	for group, version := range groups {
		gv := schema.GroupVersion{Group: group, Version: version}
		for kind := range legacyscheme.Scheme.KnownTypes(gv) {
			outer, err := legacyscheme.Scheme.New(gv.WithKind(kind))
			if err != nil || strings.HasSuffix(kind, "List") || strings.HasSuffix(kind, "Options") || kind == "WatchEvent" {
				continue
			}
			inner, err := legacyscheme.Scheme.New(schema.GroupVersionKind{Group: group, Version: runtime.APIVersionInternal, Kind: kind})
			if err == nil {
				form(reflect.TypeOf(inner).Elem(), reflect.TypeOf(outer).Elem())
			}
		}
	}
	form(reflect.TypeOf(apiextensions.CustomResourceDefinition{}), reflect.TypeOf(apiextensionsv1.CustomResourceDefinition{}))
	form(reflect.TypeOf(metav1.LabelSelector{}), reflect.TypeOf(metav1.LabelSelector{}))
	names := []string{}
	for name := range lines {
		names = append(names, name)
	}
	sort.Strings(names)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, name := range names {
		fmt.Fprintf(out, "# %s\n", name)
		for _, line := range lines[name] {
			fmt.Fprintln(out, line)
		}
	}
}

// name returns the last part of a type's package and its name.
func name(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	last := parts[len(parts)-1]
	if last == "v1" || last == "v2" {
		last = parts[len(parts)-2]
	}
	return last + "." + t.Name()
}

// form returns the form of a type of the server's, with that of the clients beside it.
func form(inner, outer reflect.Type) string {
	switch inner {
	case reflect.TypeOf(metav1.Time{}), reflect.TypeOf(metav1.MicroTime{}):
		return "t"
	case reflect.TypeOf(resource.Quantity{}):
		return "q"
	case reflect.TypeOf(intstr.IntOrString{}):
		return "x"
	case reflect.TypeOf(runtime.RawExtension{}), reflect.TypeOf(metav1.FieldsV1{}), reflect.TypeOf((*runtime.Object)(nil)).Elem():
		return "~"
	}
	if outer == nil || (outer.Kind() != inner.Kind() && inner.Kind() != reflect.Ptr && outer.Kind() != reflect.Ptr) {
		outer = inner
	}
	if inner.Kind() != reflect.Ptr && outer.Kind() == reflect.Ptr {
		outer = outer.Elem()
	}
	below := func() reflect.Type {
		if outer.Kind() == inner.Kind() {
			return outer.Elem()
		}
		return outer
	}
	switch inner.Kind() {
	case reflect.Ptr:
		return "*" + form(inner.Elem(), below())
	case reflect.Slice:
		if inner.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "[" + form(inner.Elem(), below())
	case reflect.Map:
		return "{" + form(inner.Elem(), below())
	case reflect.Struct:
		structure(inner, outer)
		return "@" + name(inner)
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Float32, reflect.Float64:
		return "f"
	case reflect.Interface:
		return "~"
	}
	return "i"
}

func structure(inner, outer reflect.Type) {
	own := name(inner)
	if _, known := lines[own]; known {
		return
	}
	lines[own] = nil
	fields := []string{}
	for i := 0; i < inner.NumField(); i++ {
		field := inner.Field(i)
		if field.PkgPath != "" {
			continue
		}
		tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if tag == "-" {
			continue
		}
		other, found := outer.FieldByName(field.Name)
		var otherType reflect.Type
		shown, asked := field.Name, strings.ToLower(field.Name[:1])+field.Name[1:]
		if found {
			otherType = other.Type
			if name, _, _ := strings.Cut(other.Tag.Get("json"), ","); name != "" {
				asked = name
			}
		}
		if tag != "" {
			shown = tag
		}
		own := form(field.Type, otherType)
		if field.Anonymous && tag == "" {
			fields = append(fields, "\t\t^"+own)
			continue
		}
		if strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") {
			own = "?" + own
		}
		fields = append(fields, shown+"\t"+asked+"\t"+own)
	}
	lines[own] = fields
}
