package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	v3 "go.yaml.in/yaml/v3"
)

// readNode reads the first document with its comments, as kyaml does.
func readNode(document []byte) (*v3.Node, error) {
	node := &v3.Node{}
	err := v3.NewDecoder(bytes.NewBuffer(document)).Decode(node)
	return node, err
}

// dump writes one line for each node.
func dump(document []byte) ([]byte, error) {
	node, err := readNode(document)
	if errors.Is(err, io.EOF) {
		return []byte("EOF"), nil
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	dumpNode(&out, node, 0)
	return out.Bytes(), nil
}

func dumpNode(out *bytes.Buffer, node *v3.Node, depth int) {
	fmt.Fprintf(out, "%d kind=%d style=%d tag=%q value=%q anchor=%q at=%d:%d head=%q line=%q foot=%q short=%q", depth, node.Kind, node.Style,
		node.Tag, node.Value, node.Anchor, node.Line, node.Column, node.HeadComment, node.LineComment, node.FootComment, node.ShortTag())
	if node.Alias != nil {
		fmt.Fprintf(out, " alias=%d:%d", node.Alias.Line, node.Alias.Column)
	}
	out.WriteByte('\n')
	for _, child := range node.Content {
		dumpNode(out, child, depth+1)
	}
}

// roundTrip reads the first document and writes it again, as kyaml does when compact, as yaml.Marshal does otherwise.
func roundTrip(document []byte, compact bool) ([]byte, error) {
	node, err := readNode(document)
	if errors.Is(err, io.EOF) {
		return []byte("EOF"), nil
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := v3.NewEncoder(&out)
	if compact {
		encoder.SetIndent(2)
		encoder.CompactSeqIndent()
	}
	// Twice: the second document has another beginning.
	for range 2 {
		if err := encoder.Encode(node); err != nil {
			return nil, err
		}
	}
	if err := encoder.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
