// Command yaml answers, for the differential tests of go-yaml, what the Go libraries make of a document.
//
// It reads requests from standard input: one byte that names the operation, the length of the document in four bytes
// (big endian), and the document. It answers with one byte, 0 for success and 1 for an error, the length of the text,
// and the text.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	v3 "go.yaml.in/yaml/v3"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			break
		}
		document := make([]byte, binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, document); err != nil {
			break
		}
		text, err := answer(head[0], document)
		status := byte(0)
		if err != nil {
			status, text = 1, []byte(err.Error())
		}
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(text)))
		out.WriteByte(status)
		out.Write(length[:])
		out.Write(text)
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
	out.Flush()
}

type head struct {
	Version  string `json:"apiVersion"`
	Kind     string `json:"kind,omitempty"`
	Metadata *struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata,omitempty"`
}

func answer(operation byte, document []byte) (text []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	switch operation {
	case 'U': // yaml.Unmarshal
		var value any
		if err := yaml.Unmarshal(document, &value); err != nil {
			return nil, err
		}
		return json.Marshal(value)
	case 'S': // yaml.UnmarshalStrict
		var value any
		if err := yaml.UnmarshalStrict(document, &value); err != nil {
			return nil, err
		}
		return json.Marshal(value)
	case 'K': // integers kept
		return yaml.YAMLToJSON(document)
	case 'H': // the head of a manifest
		var value head
		if err := yaml.Unmarshal(document, &value); err != nil {
			return nil, err
		}
		return json.Marshal(value)
	case 'M': // toYaml
		value, _ := read(document)
		return yaml.Marshal(value)
	case 'P': // toYamlPretty
		value, _ := read(document)
		var data bytes.Buffer
		encoder := v3.NewEncoder(&data)
		encoder.SetIndent(2)
		if err := encoder.Encode(value); err != nil {
			return nil, err
		}
		return data.Bytes(), nil
	case 'V': // yaml.Marshal of yaml.v3
		value, _ := read(document)
		return v3.Marshal(value)
	case 'D': // the documents of a values file
		var all bytes.Buffer
		reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(document)))
		for {
			one, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return all.Bytes(), nil
			}
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&all, "%d:", len(one))
			all.Write(one)
		}
	case 'N': // the nodes of yaml.v3
		return dump(document)
	case 'R': // nodes written again, as kyaml does
		return roundTrip(document, true)
	case 'r': // nodes written again, as yaml.Marshal does
		return roundTrip(document, false)
	case 'T': // yaml.v3 into a struct, where all keys must be fields
		return decodeTyped(document, true)
	case 't': // yaml.v3 into a struct
		return decodeTyped(document, false)
	case '3': // yaml.v3 into an interface
		return decodeAny(document)
	case 'J': // yaml.v3 into a map[string]any, and that as JSON
		return decodeJSON(document)
	}
	return nil, fmt.Errorf("no such operation: %c", operation)
}

// read decodes a value: a letter for its kind, and its bytes.
func read(in []byte) (any, []byte) {
	if len(in) == 0 {
		return nil, nil
	}
	kind, in := in[0], in[1:]
	size := func() (n uint32) {
		n, in = binary.BigEndian.Uint32(in), in[4:]
		return
	}
	bits := func() (n uint64) {
		n, in = binary.BigEndian.Uint64(in), in[8:]
		return
	}
	text := func() (s string) {
		n := size()
		s, in = string(in[:n]), in[n:]
		return
	}
	switch kind {
	case 't':
		return true, in
	case 'f':
		return false, in
	case 'i':
		return int64(bits()), in
	case 'u':
		return bits(), in
	case 'd':
		return math.Float64frombits(bits()), in
	case 's':
		return text(), in
	case 'l':
		list := make([]any, size())
		for i := range list {
			list[i], in = read(in)
		}
		return list, in
	case 'm':
		m := map[string]any{}
		for n := size(); n > 0; n-- {
			key := text()
			m[key], in = read(in)
		}
		return m, in
	}
	return nil, in
}
