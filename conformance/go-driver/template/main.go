// Command template executes templates with Go's text/template, for comparison.
//
// It reads cases from standard input until it ends. A case is a mode byte (0: missingkey=default, 1: zero, 2: error), then
// the template and the JSON data, each behind its length in four bytes, most significant first. The answer is a status byte
// (0: output, 1: parse error, 2: execution error) and, behind its length, the output or the error's text.
//
// Mode 3 does not execute: the data is a list of function names, and the output is each template's name and its tree written
// out, sorted by name.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"sort"
	"text/template"
)

var modes = []string{"missingkey=default", "missingkey=zero", "missingkey=error"}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	for {
		mode, err := in.ReadByte()
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		text, data := block(in), block(in)
		var status byte
		var answer []byte
		if mode == 3 {
			status, answer = parseOnly(string(text), data)
		} else {
			status, answer = execute(modes[int(mode)%len(modes)], string(text), data)
		}
		out.WriteByte(status)
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(answer)))
		out.Write(length[:])
		out.Write(answer)
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func block(in io.Reader) []byte {
	var length [4]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		log.Fatal(err)
	}
	content := make([]byte, binary.BigEndian.Uint32(length[:]))
	if _, err := io.ReadFull(in, content); err != nil {
		log.Fatal(err)
	}
	return content
}

func parseOnly(text string, data []byte) (byte, []byte) {
	var names []string
	if err := json.Unmarshal(data, &names); err != nil {
		log.Fatalf("names: %v: %s", err, data)
	}
	functions := template.FuncMap{}
	for _, name := range names {
		functions[name] = func() string { return "" }
	}
	parsed, err := template.New("case").Funcs(functions).Parse(text)
	if err != nil {
		return 1, []byte(err.Error())
	}
	templates := parsed.Templates()
	sort.Slice(templates, func(i, j int) bool { return templates[i].Name() < templates[j].Name() })
	var out bytes.Buffer
	for _, parsed := range templates {
		fmt.Fprintf(&out, "%s\n%s\n", parsed.Name(), parsed.Root)
	}
	return 0, out.Bytes()
}

func execute(mode, text string, data []byte) (byte, []byte) {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		log.Fatalf("data: %v: %s", err, data)
	}
	root := template.New("root").Option(mode)
	root.Funcs(functions(root))
	parsed, err := root.New("case").Parse(text)
	if err != nil {
		return 1, []byte(err.Error())
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, value); err != nil {
		return 2, []byte(err.Error())
	}
	return 0, out.Bytes()
}
