// Command postrender answers, for the differential tests of whelm-postrender, what Helm makes of rendered files before a
// post-renderer runs, and of its output after; and for those of whelm-plugin, what Helm reads in a plugin.yaml.
//
// It reads requests from standard input: one byte that names the operation, the length of the question in four bytes
// (big endian), and the question. It answers with one byte, 0 for success and 1 for an error, the length of the text,
// and the text. Files are names and contents in turn, each with its length in four bytes before it.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	_ "unsafe"

	_ "helm.sh/helm/v4/pkg/action"
)

// Helm does not export them.

//go:linkname annotateAndMerge helm.sh/helm/v4/pkg/action.annotateAndMerge
func annotateAndMerge(files map[string]string) (string, error)

//go:linkname splitAndDeannotate helm.sh/helm/v4/pkg/action.splitAndDeannotate
func splitAndDeannotate(postrendered, fallbackPrefix string) (map[string]string, error)

// metadata has the fields of Helm's plugin.Metadata.
type metadata struct {
	APIVersion, Name, Type, Runtime, Version, SourceURL string
	Config, RuntimeConfig                               any
}

//go:linkname loadMetadata helm.sh/helm/v4/internal/plugin.loadMetadata
func loadMetadata(data []byte) (*metadata, error)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			break
		}
		question := make([]byte, binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, question); err != nil {
			break
		}
		text, err := answer(head[0], question)
		status := byte(0)
		if err != nil {
			status, text = 1, []byte(err.Error())
		}
		out.WriteByte(status)
		writeText(out, string(text))
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
	out.Flush()
}

func writeText(out io.Writer, text string) {
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(text)))
	out.Write(length[:])
	io.WriteString(out, text)
}

func readFiles(in []byte) map[string]string {
	files := map[string]string{}
	text := func() (s string) {
		n := binary.BigEndian.Uint32(in)
		s, in = string(in[4:4+n]), in[4+n:]
		return
	}
	for len(in) > 0 {
		name := text()
		files[name] = text()
	}
	return files
}

func answer(operation byte, question []byte) (text []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	switch operation {
	case 'C': // combine
		merged, err := annotateAndMerge(readFiles(question))
		return []byte(merged), err
	case 'S': // split
		return split(string(question), "")
	case 'I': // what an identity post-renderer gives
		merged, err := annotateAndMerge(readFiles(question))
		if err != nil {
			return nil, err
		}
		return split(merged, "")
	case 'P': // plugin.yaml
		m, err := loadMetadata(question)
		if err != nil {
			return nil, err
		}
		return []byte(fmt.Sprintf("%q %q %q %q", m.Name, m.Version, m.Type, m.Runtime)), nil
	}
	return nil, fmt.Errorf("no such operation: %c", operation)
}

func split(output, prefix string) ([]byte, error) {
	files, err := splitAndDeannotate(output, prefix)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		writeText(&out, name)
		writeText(&out, files[name])
	}
	return out.Bytes(), nil
}
