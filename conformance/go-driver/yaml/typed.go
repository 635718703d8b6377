package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	v3 "go.yaml.in/yaml/v3"
)

type hooks map[string][]item

type item struct {
	Os   string   `yaml:"os"`
	Args []string `yaml:"args"`
}

type memory struct {
	Pages uint32 `yaml:"pages"`
	Bytes int64  `yaml:"bytes"`
}

// probe has fields of all types that Helm's plugin.yaml has.
type probe struct {
	Name    string            `yaml:"name"`
	Flag    bool              `yaml:"flag"`
	Count   int               `yaml:"count"`
	Small   int8              `yaml:"small"`
	Timeout uint64            `yaml:"timeout"`
	Ratio   float64           `yaml:"ratio"`
	List    []string          `yaml:"list"`
	Items   []item            `yaml:"items"`
	Config  map[string]any    `yaml:"config"`
	Env     map[string]string `yaml:"env"`
	Numbers map[string]int    `yaml:"numbers"`
	Hooks   hooks             `yaml:"hooks"`
	Memory  memory            `yaml:"memory"`
	Any     any               `yaml:"any"`
}

// decodeTyped fills a probe and writes it as JSON.
func decodeTyped(document []byte, known bool) ([]byte, error) {
	var value probe
	decoder := v3.NewDecoder(bytes.NewReader(document))
	decoder.KnownFields(known)
	if err := decoder.Decode(&value); err != nil {
		if errors.Is(err, io.EOF) {
			return []byte("EOF"), nil
		}
		return nil, err
	}
	for key, entry := range value.Config {
		value.Config[key] = plain(entry)
	}
	value.Any = plain(value.Any)
	return json.Marshal(value)
}

// decodeAny decodes as yaml.Unmarshal does, and writes JSON.
func decodeAny(document []byte) ([]byte, error) {
	var value any
	if err := v3.Unmarshal(document, &value); err != nil {
		return nil, err
	}
	return json.Marshal(plain(value))
}

// decodeJSON is what kyaml's MarshalJSON does.
func decodeJSON(document []byte) ([]byte, error) {
	value := map[string]any{}
	if err := v3.Unmarshal(document, &value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// plain turns keys and what JSON does not have into text.
func plain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, entry := range value {
			value[key] = plain(entry)
		}
	case map[any]any:
		out := map[string]any{}
		for key, entry := range value {
			out[text(key)] = plain(entry)
		}
		return out
	case []any:
		for at, entry := range value {
			value[at] = plain(entry)
		}
	case time.Time:
		return value.Format(time.RFC3339Nano)
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return "float " + text(value)
		}
	}
	return value
}

func text(key any) string {
	switch key := key.(type) {
	case nil:
		return "null"
	case float64:
		return strconv.FormatFloat(key, 'g', -1, 64)
	case time.Time:
		return key.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(key)
}
