package main

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// dump writes a value with its types, on one line.
func dump(value any) string {
	var out strings.Builder
	write(&out, reflect.ValueOf(value))
	return out.String()
}

func write(out *strings.Builder, value reflect.Value) {
	if value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if !value.IsValid() {
		out.WriteString("nil")
		return
	}
	typ := value.Type()
	if text, ok := value.Interface().(fmt.Stringer); ok && (value.Kind() == reflect.Pointer || value.Kind() == reflect.Struct) {
		fmt.Fprintf(out, "%s(%s)", typ, strconv.QuoteToASCII(text.String()))
		return
	}
	switch value.Kind() {
	case reflect.Bool:
		fmt.Fprint(out, value.Bool())
	case reflect.String:
		out.WriteString(strconv.QuoteToASCII(value.String()))
	case reflect.Float64:
		fmt.Fprintf(out, "float64(%s)", strconv.FormatFloat(value.Float(), 'g', -1, 64))
	case reflect.Slice:
		writeSlice(out, value)
	case reflect.Map:
		writeMap(out, value)
	default:
		fmt.Fprintf(out, "%s(%v)", typ, value.Interface())
	}
}

func writeSlice(out *strings.Builder, value reflect.Value) {
	out.WriteString(value.Type().String())
	if value.IsNil() {
		out.WriteString("(nil)")
		return
	}
	out.WriteString("{")
	for i := range value.Len() {
		if i > 0 {
			out.WriteString(", ")
		}
		write(out, value.Index(i))
	}
	out.WriteString("}")
}

func writeMap(out *strings.Builder, value reflect.Value) {
	out.WriteString(value.Type().String())
	if value.IsNil() {
		out.WriteString("(nil)")
		return
	}
	out.WriteString("{")
	keys := value.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	for i, key := range keys {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString(strconv.QuoteToASCII(key.String()) + ": ")
		write(out, value.MapIndex(key))
	}
	out.WriteString("}")
}

func validate(constraint, version string) ([]string, error) {
	parsed, err := semver.NewConstraint(constraint)
	if err != nil {
		return nil, err
	}
	checked, err := semver.NewVersion(version)
	if err != nil {
		return nil, err
	}
	_, reasons := parsed.Validate(checked)
	texts := []string{}
	for _, reason := range reasons {
		texts = append(texts, reason.Error())
	}
	return texts, nil
}

// groups returns the offsets of the first match and its groups, and their names.
func groups(expression, text string) (string, error) {
	compiled, err := regexp.Compile(expression)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(compiled.FindStringSubmatchIndex(text), compiled.SubexpNames()), nil
}
