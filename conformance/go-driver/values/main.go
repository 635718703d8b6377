// Command values answers questions about charts and values with Helm's own packages, one JSON object a line.
//
// It is the reference in differential tests of whelm-chart and whelm-values.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/ignore"
	repo "helm.sh/helm/v4/pkg/repo/v1"
	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/yaml"
)

type question struct {
	Op     string         `json:"op"`
	Line   string         `json:"line"`
	Base   map[string]any `json:"base"`
	Chart  *tree          `json:"chart"`
	Schema string         `json:"schema"`
	Paths  []string       `json:"paths"`
	Data   string         `json:"data"`
}

type tree struct {
	Name         string         `json:"name"`
	Version      string         `json:"version"`
	Values       map[string]any `json:"values"`
	Declared     []*declared    `json:"declared"`
	Dependencies []*tree        `json:"dependencies"`
}

type declared struct {
	Name         string   `json:"name"`
	Version      string   `json:"version"`
	Alias        string   `json:"alias"`
	Condition    string   `json:"condition"`
	Tags         []string `json:"tags"`
	ImportValues []any    `json:"import"`
}

func (t *tree) chart() *chart.Chart {
	c := &chart.Chart{Metadata: &chart.Metadata{Name: t.Name, Version: t.Version, APIVersion: "v2"}, Values: t.Values}
	if t.Declared != nil {
		c.Metadata.Dependencies = []*chart.Dependency{}
	}
	for _, d := range t.Declared {
		c.Metadata.Dependencies = append(c.Metadata.Dependencies, &chart.Dependency{
			Name: d.Name, Version: d.Version, Alias: d.Alias, Condition: d.Condition, Tags: d.Tags, ImportValues: d.ImportValues,
		})
	}
	for _, d := range t.Dependencies {
		c.AddDependency(d.chart())
	}
	return c
}

func dump(v any) string {
	switch v := v.(type) {
	case nil:
		return "n"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return "i" + strconv.FormatInt(v, 10)
	case float64:
		return fmt.Sprintf("d%016x", math.Float64bits(v))
	case string:
		return strconv.Quote(v)
	case common.Values:
		return dump(map[string]any(v))
	case map[string]string:
		m := map[string]any{}
		for k, e := range v {
			m[k] = e
		}
		return dump(m)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = dump(e)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		if v == nil {
			return "{}"
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		parts := make([]string, len(keys))
		for i, k := range keys {
			parts[i] = strconv.Quote(k) + ":" + dump(v[k])
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return fmt.Sprintf("?%T", v)
}

func dumpChart(c *chart.Chart) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s values=%s declared=", c.ChartFullPath(), c.Name(), dump(c.Values))
	for _, d := range c.Metadata.Dependencies {
		fmt.Fprintf(&b, "(%s %v %s %s)", d.Name, d.Enabled, d.Alias, dump(d.ImportValues))
	}
	b.WriteString(" below=[")
	for _, d := range c.Dependencies() {
		b.WriteString(dumpChart(d))
		b.WriteString(";")
	}
	b.WriteString("]")
	return b.String()
}

func dumpFiles(files []*archive.BufferedFile) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%q %d.%d %q\n", f.Name, f.ModTime.Unix(), f.ModTime.Nanosecond(), f.Data)
	}
	return b.String()
}

// dumpIndex loads an index by way of a file, since the package has no other way, and looks up each "NAME VERSION".
func dumpIndex(data []byte, wanted []string) (string, error) {
	file := filepath.Join(os.TempDir(), fmt.Sprintf("index-%d.yaml", os.Getpid()))
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return "", err
	}
	defer os.Remove(file)
	index, err := repo.LoadIndexFile(file)
	if err != nil {
		return "", errors.New(strings.TrimPrefix(err.Error(), "error loading "+file+": "))
	}
	var b strings.Builder
	generated, _ := json.Marshal(index.Generated)
	fmt.Fprintf(&b, "%s %s %q %v", index.APIVersion, generated, index.PublicKeys, dump(anyMap(index.Annotations)))
	names := make([]string, 0, len(index.Entries))
	for name := range index.Entries {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, "\n%q", name)
		for _, v := range index.Entries[name] {
			b.WriteString("\n  " + dumpVersion(v))
		}
	}
	for _, want := range wanted {
		name, version, _ := strings.Cut(want, " ")
		if found, err := index.Get(name, version); err != nil {
			fmt.Fprintf(&b, "\n%s: error %s", want, err)
		} else {
			fmt.Fprintf(&b, "\n%s: %s", want, dumpVersion(found))
		}
	}
	return b.String(), nil
}

func dumpVersion(v *repo.ChartVersion) string {
	metadata, _ := yaml.Marshal(v.Metadata)
	created, _ := json.Marshal(v.Created)
	return fmt.Sprintf("%q %q %s %v %q", metadata, v.URLs, created, v.Removed, v.Digest)
}

func anyMap(m map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

type fileInfo struct{ dir bool }

func (f fileInfo) Name() string       { return "" }
func (f fileInfo) Size() int64        { return 0 }
func (f fileInfo) Mode() os.FileMode  { return 0 }
func (f fileInfo) ModTime() time.Time { return time.Time{} }
func (f fileInfo) IsDir() bool        { return f.dir }
func (f fileInfo) Sys() any           { return nil }

func answer(q *question) (string, error) {
	base := q.Base
	if base == nil {
		base = map[string]any{}
	}
	data, _ := base64.StdEncoding.DecodeString(q.Data)
	switch q.Op {
	case "set":
		err := strvals.ParseInto(q.Line, base)
		return dump(base), err
	case "set-string":
		err := strvals.ParseIntoString(q.Line, base)
		return dump(base), err
	case "set-json":
		err := strvals.ParseJSON(q.Line, base)
		return dump(base), err
	case "set-literal":
		err := strvals.ParseLiteralInto(q.Line, base)
		return dump(base), err
	case "set-file":
		err := strvals.ParseIntoFile(q.Line, base, func(rs []rune) (any, error) {
			if len(rs)%5 == 4 {
				return nil, errors.New("no such file " + string(rs))
			}
			return "<" + string(rs) + ">", nil
		})
		return dump(base), err
	case "coalesce":
		v, err := util.CoalesceValues(q.Chart.chart(), base)
		return dump(v), err
	case "merge":
		v, err := util.MergeValues(q.Chart.chart(), base)
		return dump(v), err
	case "process":
		c := q.Chart.chart()
		if err := chartutil.ProcessDependencies(c, base); err != nil {
			return "", err
		}
		v, err := util.CoalesceValues(c, base)
		return dumpChart(c) + " | " + dump(v), err
	case "values":
		v, err := loader.LoadValues(bytes.NewReader(data))
		return dump(v), err
	case "metadata":
		m := new(chart.Metadata)
		if err := yaml.Unmarshal(data, m); err != nil {
			return "", err
		}
		if err := m.Validate(); err != nil {
			return "", err
		}
		out, err := yaml.Marshal(m)
		return string(out), err
	case "strict":
		m := new(chart.Metadata)
		if err := yaml.UnmarshalStrict(data, m); err != nil {
			return "", err
		}
		out, err := yaml.Marshal(m)
		return string(out), err
	case "lock":
		l := new(chart.Lock)
		if err := yaml.Unmarshal(data, &l); err != nil {
			return "", err
		}
		out, err := yaml.Marshal(l)
		return string(out), err
	case "archive":
		files, err := archive.LoadArchiveFiles(bytes.NewReader(data))
		return dumpFiles(files), err
	case "load":
		c, err := loader.LoadArchive(bytes.NewReader(data))
		if err != nil {
			return "", err
		}
		return dumpChart(c), nil
	case "index":
		return dumpIndex(data, q.Paths)
	case "content-type":
		return http.DetectContentType(data), nil
	case "ignore":
		rules, err := ignore.Parse(bytes.NewReader(data))
		if err != nil {
			return "", err
		}
		rules.AddDefaults()
		var b strings.Builder
		for _, p := range q.Paths {
			fmt.Fprintf(&b, "%v ", rules.Ignore(strings.TrimSuffix(p, "/"), fileInfo{strings.HasSuffix(p, "/")}))
		}
		return b.String(), nil
	case "match":
		ok, err := filepath.Match(q.Line, string(data))
		return strconv.FormatBool(ok), err
	case "schema":
		return "", util.ValidateAgainstSingleSchema(base, []byte(q.Schema))
	}
	return "", errors.New("unknown op " + q.Op)
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		var logs bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})))
		var q question
		reply := map[string]string{}
		if err := json.Unmarshal(line, &q); err != nil {
			reply["error"] = "bad question: " + err.Error()
		} else {
			text, err := answer(&q)
			if err != nil {
				reply["error"] = err.Error()
			} else {
				reply["ok"] = text
			}
		}
		file := filepath.Join(os.TempDir(), fmt.Sprintf("index-%d.yaml", os.Getpid()))
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(logs.String(), file, "index.yaml")), "\n")
		sort.Strings(lines)
		reply["log"] = strings.Join(lines, "\n")
		b, _ := json.Marshal(reply)
		out.Write(b)
		out.WriteByte('\n')
		out.Flush()
	}
}
