// Prints what BurntSushi/toml makes of random values and documents: one case a line, fields in hex.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

var words = []string{"a", "b", "c", "name", "a-b", "a_1", "", "a b", "a.b", "é", "\"q\"", "tab\t", "1", "x\x01", "\x7f", "nl\n", "back\\", "\r", "😀"}

func value(r *rand.Rand, depth int) any {
	kinds := 8
	if depth > 3 {
		kinds = 6
	}
	switch r.Intn(kinds) {
	case 0:
		return words[r.Intn(len(words))]
	case 1:
		return int64(r.Uint64() >> r.Intn(64))
	case 2:
		return []float64{0, 1, -1.5, 1e6, 1e21, 1e-7, 123456.789, 1 << 53, 100000, 12345678}[r.Intn(10)] * float64(1+r.Intn(3))
	case 3:
		return r.Intn(2) == 0
	case 4:
		if r.Intn(4) == 0 {
			return nil
		}
		return "text " + strconv.Itoa(r.Intn(100))
	case 5:
		return float64(r.Intn(1000))
	case 6:
		list := make([]any, r.Intn(4))
		tables := r.Intn(2) == 0
		for i := range list {
			if tables {
				list[i] = table(r, depth+1)
			} else if list[i] = value(r, depth+1); list[i] == nil && r.Intn(5) > 0 {
				list[i] = true
			}
		}
		return list
	default:
		return table(r, depth+1)
	}
}

func table(r *rand.Rand, depth int) map[string]any {
	table := map[string]any{}
	for range r.Intn(5) {
		table[words[r.Intn(len(words))]] = value(r, depth)
	}
	return table
}

var pieces = []string{
	"a = 1\n", "b = \"x\"\n", "[a]\n", "[a.b]\n", "[[a]]\n", "[[t]]\n", "[[t.u]]\n", "[t]\n", "a.b = 2\n", "a.b.c = 3\n", "c = [1, 2, 3]\n",
	"d = {x = 1, y.z = \"w\"}\n", "e = [{a = 1}, {b = 2}]\n", "f = [\n  1, # one\n  2,\n]\n", "g = '''\nraw 'x' ''\n'''\n",
	"h = \"\"\"\nmulti \\\n   line \"\" \\u00e9\n\"\"\"\n", "i = 'raw'\n", "j = \"esc \\t \\\\ \\\" \\x41 \\u0041 \\U0001F600 \\e\"\n",
	"k = 1_000\n", "l = 0xff\n", "m = 0o17\n", "n = 0b101\n", "o = 1.5e3\n", "p = -0.0\n", "q = +1\n", "r = 1979-05-27T07:32:00Z\n",
	"s = 1979-05-27 07:32:00.5+01:00\n", "t2 = 1979-05-27\n", "u = 07:32:00\n", "v = true\n", "w = false\n", "\"quoted key\" = 1\n", "'lit' = 2\n",
	"x = {}\n", "y = []\n", "z = [[1], [\"a\"]]\n", "# comment\n", "\n", "  \t", "a = {b = {c = 1}}\n", "aa = [{x = [{y = 1}]}]\n", "3 = 4\n", "-k = 5\n",
	"bad", "= 1\n", "a 1\n", "a = \n", "a = 01\n", "a = 1__0\n", "a = .5\n", "a = 5.\n", "a = 1e\n", "a = tru\n", "a = \"x\n", "a = 'x\n", "a = [1 2]\n",
	"a = {x 1}\n", "a = {x = 1,}\n", "a = {x = 1\n}\n", "a = {,}\n", "[]\n", "[a\n", "[[a]\n", "[a.]\n", "[.a]\n", "a..b = 1\n", ".a = 1\n", "a = \"\\q\"\n",
	"a = \"\\u12\"\n", "a = 99999999999999999999\n", "a = 1e999\n", "a = 2020-13-01\n", "a = -0x1\n", "a = +x\n", "a = 0b2\n", "a = 1 2\n", "a = \"\\ud800\"\n",
	"a = [,]\n", "a = [1,,2]\n", "a = \"\"\"x", "a = '''x", "a = \"x\" y\n", "\r\n", "a = 1\r\n", "a\rb", "a = \"\x01\"\n", "\xff", "a = \"\xff\"\n", "a = inf\n", "a = -nan\n",
	"a = in\n", "a = -in\n", "a = 1.e5\n", "a = 1_.5\n", "a = \"\"\"x\"\"\"\"\"\"\"\n", "a = '''x'''''\n", "a = '''x''''''\n", "a = \"\"\"a\\ b\"\"\"\n", "[a]]\n", "[[a]] x\n",
}

func document(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.Intn(6) {
		b.WriteString(pieces[r.Intn(len(pieces))])
	}
	text := []byte(b.String())
	if r.Intn(3) == 0 {
		for range 1 + r.Intn(2) {
			if len(text) == 0 {
				break
			}
			at := r.Intn(len(text))
			switch r.Intn(3) {
			case 0:
				text = append(text[:at], text[at+1:]...)
			case 1:
				text[at] = "=[]{}\"',.#\n 1ax\\-"[r.Intn(17)]
			default:
				text = append(text[:at], append([]byte{"=[]{}\"',.#\n 1ax\\-"[r.Intn(17)]}, text[at:]...)...)
			}
		}
	}
	return string(text)
}

func decode(text string) (kind, result string) {
	defer func() {
		if p := recover(); p != nil {
			kind, result = "panic", fmt.Sprint(p)
		}
	}()
	decoded := map[string]any{}
	if err := toml.Unmarshal([]byte(text), &decoded); err != nil {
		return "error", err.Error()
	}
	data, err := json.Marshal(decoded)
	if err != nil {
		return "skip", ""
	}
	return "ok", string(data)
}

func encode(value any) (kind, result string) {
	defer func() {
		if p := recover(); p != nil {
			kind, result = "panic", fmt.Sprint(p)
		}
	}()
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(value); err != nil {
		return "error", err.Error()
	}
	return "ok", b.String()
}

// retype gives numbers the types that they have in our own reader: floats stay floats, integers become int64.
func retype(v any) any {
	switch x := v.(type) {
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return i
		}
		f, _ := x.Float64()
		return f
	case map[string]any:
		for k := range x {
			x[k] = retype(x[k])
		}
		return x
	case []any:
		for i := range x {
			x[i] = retype(x[i])
		}
		return x
	}
	return v
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
	r := rand.New(rand.NewSource(seed))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	emit := func(fields ...string) {
		for i, field := range fields {
			if i > 0 {
				out.WriteByte(' ')
			}
			out.WriteString("x" + hex.EncodeToString([]byte(field)))
		}
		out.WriteByte('\n')
	}
	for range count {
		text := document(r)
		kind, result := decode(text)
		emit("decode", text, kind, result)

		var v any = table(r, 0)
		if r.Intn(20) == 0 {
			v = value(r, 0)
		}
		data, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var again any
		if err := decoder.Decode(&again); err != nil {
			panic(err)
		}
		kind, result = encode(retype(again))
		emit("encode", string(data), kind, result)
	}
}
