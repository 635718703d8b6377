package main

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"
)

// thing is a struct with fields and methods.
type thing struct {
	Name  string
	Count int
	Any   any
	Words map[string]string
	inner int
}

// Hello greets, but not nobody.
func (t *thing) Hello(name string) (string, error) {
	if name == "" {
		return "", errors.New("nobody to greet")
	}
	return t.Name + " greets " + name, nil
}

// Sum adds numbers to the count.
func (t *thing) Sum(first int, rest ...int) int {
	sum := t.Count + first
	for _, number := range rest {
		sum += number
	}
	return sum
}

// Nothing returns a nil interface.
func (t *thing) Nothing() any { return nil }

// badge has a text.
type badge struct{ Level int }

func (b badge) String() string { return fmt.Sprintf("badge<%d>", b.Level) }

// named is a named map type with a method.
type named map[string]any

// Size returns the number of entries.
func (n named) Size() int { return len(n) }

// functions returns the functions of the comparison; the Rust side has the same.
func functions(root *template.Template) template.FuncMap {
	depth := 0
	return template.FuncMap{
		"int":    func(value float64) int { return int(value) },
		"int8":   func(value int) int8 { return int8(value) },
		"int64":  func(value float64) int64 { return int64(value) },
		"uint":   func(value int) uint { return uint(value) },
		"uint8":  func(value int) uint8 { return uint8(value) },
		"uint64": func(value float64) uint64 { return uint64(value) },
		"span":   func(value int64) time.Duration { return time.Duration(value) },
		"list":   func(values ...any) []any { return values },
		"words":  func(values ...string) []string { return values },
		"texts": func(pairs ...string) map[string]string {
			texts := map[string]string{}
			for at := 0; at+1 < len(pairs); at += 2 {
				texts[pairs[at]] = pairs[at+1]
			}
			return texts
		},
		"dict": func(pairs ...any) map[string]any {
			dict := map[string]any{}
			for at := 0; at+1 < len(pairs); at += 2 {
				dict[fmt.Sprint(pairs[at])] = pairs[at+1]
			}
			return dict
		},
		"named": func(entries map[string]any) named { return entries },
		"set": func(entries map[string]any, key string, value any) map[string]any {
			// Maps that contain themselves are none of Go's strengths.
			switch value.(type) {
			case nil, bool, string, int, float64:
				entries[key] = value
			default:
				entries[key] = "container"
			}
			return entries
		},
		"bytes":   func(text string) []byte { return []byte(text) },
		"nothing": func() any { return nil },
		"nilmap":  func() map[string]any { return nil },
		"nillist": func() []any { return nil },
		"fail":    func(message string) (string, error) { return "", errors.New(message) },
		"boom":    func(values []any) any { return values[len(values)] },
		"repeat":  func(count int, text string) string { return strings.Repeat(text, max(0, min(count, 5))) },
		"flag":    func(on bool) string { return fmt.Sprint("flag ", on) },
		"scale":   func(factor float64, count int) float64 { return factor * float64(count) },
		"upper":   strings.ToUpper,
		"thing": func() *thing {
			return &thing{Name: "thing", Count: 3, Any: []any{1.5, "x"}, Words: map[string]string{"a": "b"}}
		},
		"badge": func(level int) badge { return badge{level} },
		"include": func(name string, data any) (string, error) {
			if depth >= 5 {
				return "", errors.New("include nests too deep")
			}
			depth++
			defer func() { depth-- }()
			var out strings.Builder
			err := root.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
	}
}
