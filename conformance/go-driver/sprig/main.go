// Command sprig answers what the real sprig, regexp and semver make of template expressions.
//
//	sprig record FILE...         writes " => result" after each expression of the files
//	sprig answer                 reads expressions from stdin and writes results to stdout, a line each
//	sprig names                  writes the names of sprig's functions, a line each
//	sprig generate SEED COUNT [FUNCTION...]   writes random expressions with their results
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/Masterminds/semver/v3"
	"github.com/Masterminds/sprig/v3"
)

const separator = " => "

func main() {
	switch os.Args[1] {
	case "record":
		for _, file := range os.Args[2:] {
			record(file)
		}
	case "answer":
		answer()
	case "names":
		for _, name := range slices.Sorted(maps.Keys(sprig.TxtFuncMap())) {
			fmt.Println(name)
		}
	case "generate":
		seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
		count, _ := strconv.Atoi(os.Args[3])
		generate(rand.New(rand.NewSource(seed)), count, os.Args[4:])
	}
}

func record(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		expression, _, _ := strings.Cut(line, separator)
		if expression == "" || strings.HasPrefix(expression, "#") {
			fmt.Fprintln(&out, line)
			continue
		}
		fmt.Fprintln(&out, expression+separator+evaluate(expression))
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		panic(err)
	}
}

func answer() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		fmt.Println(evaluate(in.Text()))
	}
}

var functions = func() template.FuncMap {
	all := sprig.TxtFuncMap()
	all["capture"] = dump
	all["semverStrict"] = func(text string) (*semver.Version, error) { return semver.StrictNewVersion(text) }
	all["semverConstraint"] = func(text string) (string, error) {
		constraint, err := semver.NewConstraint(text)
		if err != nil {
			return "", err
		}
		return constraint.String(), nil
	}
	all["semverValidate"] = validate
	all["regexGroups"] = groups
	all["everyRune"] = everyRune
	return all
}()

// everyRune returns all runes there are, in order.
func everyRune() string {
	var out strings.Builder
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// evaluate returns the dump of the expression's value, or the error after the place. A whole template is an expression
// too; its value is its output.
func evaluate(expression string) string {
	source := "{{ capture (" + expression + ") }}"
	whole := strings.HasPrefix(expression, "{{")
	if whole {
		source = expression
	}
	parsed, err := template.New("x").Funcs(functions).Parse(source)
	if err != nil {
		return "!" + oneLine(err.Error())
	}
	var out strings.Builder
	if err := parsed.Execute(&out, map[string]any{}); err != nil {
		_, message, found := strings.Cut(err.Error(), ">: ")
		if !found {
			message = err.Error()
		}
		return "!" + oneLine(message)
	}
	if whole {
		return dump(out.String())
	}
	return out.String()
}

func oneLine(text string) string {
	return strconv.QuoteToASCII(text)
}
