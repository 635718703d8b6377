package main

import (
	"fmt"
	"math/rand"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// skipped functions look at the world, or walk maps in random order, or belong to other drivers.
var skipped = strings.Fields(`ago bcrypt buildCustomCert capture date dateInZone dateModify date_in_zone date_modify
	decryptAES derivePassword duration everyRune durationRound encryptAES env expandenv genCA genCAWithKey genPrivateKey
	genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey getHostByName htmlDate htmlDateInZone
	htpasswd mustDateModify mustToDate must_date_modify now randAlpha randAlphaNum randAscii randBytes randInt randNumeric
	shuffle toDate unixEpoch uuidv4`)

func generate(random *rand.Rand, count int, only []string) {
	names := only
	if len(names) == 0 {
		for name := range functions {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	names = without(names, skipped)
	g := generator{random}
	for range count {
		expression := g.call(names[random.Intn(len(names))], 0)
		fmt.Println(expression + separator + evaluate(expression))
	}
}

func without(names, omitted []string) (left []string) {
	for _, name := range names {
		keep := true
		for _, other := range omitted {
			keep = keep && name != other
		}
		if keep {
			left = append(left, name)
		}
	}
	return left
}

type generator struct{ *rand.Rand }

func (g generator) pick(from []string) string { return from[g.Intn(len(from))] }

// call writes a call with arguments that are mostly of the right types.
func (g generator) call(name string, depth int) string {
	typ := reflect.TypeOf(functions[name])
	parts := []string{name}
	for i := range typ.NumIn() {
		if typ.IsVariadic() && i == typ.NumIn()-1 {
			for range g.Intn(5) {
				parts = append(parts, g.argument(name, i, typ.In(i).Elem(), depth))
			}
			break
		}
		parts = append(parts, g.argument(name, i, typ.In(i), depth))
	}
	if g.Intn(150) == 0 && len(parts) > 1 {
		parts = parts[:len(parts)-1]
	}
	if g.Intn(200) == 0 {
		parts = append(parts, g.value(depth))
	}
	if (name == "keys" || name == "values") && len(parts) > 1 {
		parts = []string{name, `(dict "k" 1)`}
	}
	return strings.Join(parts, " ")
}

func (g generator) argument(name string, index int, typ reflect.Type, depth int) string {
	if g.Intn(60) == 0 && !grows[name] {
		return g.value(depth)
	}
	switch typ.Kind() {
	case reflect.String:
		return g.text(name, index)
	case reflect.Int:
		return g.smallInt(name)
	case reflect.Bool:
		return g.pick([]string{"true", "false"})
	case reflect.Float64:
		return g.pick([]string{"0.5", "1.5", "0.3", "-0.5", "0", "1"})
	case reflect.Map:
		return g.dict(depth)
	}
	if name == "urlJoin" || strings.HasPrefix(name, "must") && g.Intn(3) > 0 || g.Intn(4) == 0 {
		return g.list(depth)
	}
	if name == "dig" && g.Intn(3) > 0 {
		return g.pick([]string{`"a"`, `"b"`, `(dict "a" (dict "b" 1))`, `(dict "a" 1)`, `1`, `"x"`})
	}
	return g.value(depth)
}

// grows has the functions whose results can be as long as a number says; a great one would take Go's memory.
var grows = map[string]bool{"until": true, "untilStep": true, "seq": true, "repeat": true, "indent": true, "nindent": true}

func (g generator) smallInt(name string) string {
	if g.Intn(12) == 0 && !grows[name] {
		return g.pick([]string{"9223372036854775807", "-9223372036854775808", "4294967296", "100000", "-100000", "308", "400", "-400", "16", "-300"})
	}
	return strconv.Itoa(g.Intn(24) - 6)
}

func (g generator) value(depth int) string {
	switch g.Intn(14) {
	case 0:
		return "nil"
	case 1:
		return g.pick([]string{"true", "false"})
	case 2, 3:
		return g.pick([]string{"0", "1", "2", "3", "-1", "7", "10", "42", "9223372036854775807", "-9223372036854775808", "1000000"})
	case 4:
		return g.pick([]string{"(int64 0)", "(int64 1)", "(int64 42)", `(int64 "-9")`})
	case 5, 6:
		return g.pick([]string{"0.0", "1.5", "2.0", "1e6", "1e21", "-0.5", "0.1", "0.2", "3.7", "1e-7", "12345678901234567890.0",
			`(float64 "NaN")`, `(float64 "inf")`, `(float64 "-inf")`, "1e300", "123456.789", "-2.5", "2.675", "1e-320"})
	case 7:
		return g.list(depth)
	case 8:
		return g.dict(depth)
	case 9:
		return g.pick([]string{`(splitList "," "a,b,a")`, `(until 3)`, `(split "," "a,b")`, `(semver "1.2.3-a+b")`, `((semver "1.2.3").Major)`,
			`(rest list)`, `(toStrings nil)`, `(regexFindAll "x" "a" 1)`, `(chunk 2 (list 1 2 3))`, `(concat)`})
	default:
		return g.text("", 0)
	}
}

func (g generator) list(depth int) string {
	if depth > 2 {
		return "list"
	}
	parts := []string{"list"}
	for range g.Intn(6) {
		parts = append(parts, g.value(depth+1))
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func (g generator) dict(depth int) string {
	if depth > 2 {
		return "dict"
	}
	if g.Intn(40) == 0 {
		return "nil"
	}
	parts := []string{"dict"}
	for range g.Intn(4) {
		parts = append(parts, g.pick([]string{`"a"`, `"b"`, `"c"`, `"host"`, `"path"`, `""`, `"scheme"`, `1`}), g.value(depth+1))
	}
	return "(" + strings.Join(parts, " ") + ")"
}
