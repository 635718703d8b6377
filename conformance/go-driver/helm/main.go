// The driver runs many Helm commands in one process: most of the time of a short command is the start of the process.
//
// It reads a line of JSON for each, {"args": ["template", ...]}, and answers with a line {"code": 0, "out": "...", "err": "..."}
// whose texts are base64. Helm keeps global flags (--namespace, --debug, ...) from one command to the next, so that commands with
// those need a process of their own.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"

	helmcmd "helm.sh/helm/v4/pkg/cmd"
	"helm.sh/helm/v4/pkg/kube"
)

type request struct {
	Args []string `json:"args"`
}

type response struct {
	Code int    `json:"code"`
	Out  []byte `json:"out"`
	Err  []byte `json:"err"`
}

func main() {
	kube.ManagedFieldsManager = "helm"
	answers := json.NewEncoder(os.Stdout)
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked request
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		answers.Encode(run(asked.Args))
	}
}

// run runs one command with its outputs in files.
func run(args []string) (answer response) {
	stdout, stderr := os.Stdout, os.Stderr
	out, err := capture(), capture()
	os.Stdout, os.Stderr = out, err
	defer func() {
		os.Stdout, os.Stderr = stdout, stderr
		if recover() != nil {
			answer.Code = 2
		}
		answer.Out, answer.Err = take(out), take(err)
	}()
	answer.Code = execute(args)
	return answer
}

func execute(args []string) int {
	command, err := helmcmd.NewRootCmd(os.Stdout, args, helmcmd.SetupLogging)
	if err != nil {
		slog.Warn("command failed", slog.Any("error", err))
		return 1
	}
	command.SetArgs(args)
	if err := command.Execute(); err != nil {
		var coded helmcmd.CommandError
		if errors.As(err, &coded) {
			return coded.ExitCode
		}
		return 1
	}
	return 0
}

func capture() *os.File {
	file, err := os.CreateTemp("", "driver")
	if err != nil {
		panic(err)
	}
	os.Remove(file.Name())
	return file
}

func take(file *os.File) []byte {
	defer file.Close()
	file.Seek(0, io.SeekStart)
	text, err := io.ReadAll(file)
	if err != nil {
		panic(err)
	}
	return text
}
