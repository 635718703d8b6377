#!/usr/bin/env python3
"""Writes what Helm 4.3.1 makes of each input below its "=== expected" line.   record.py HELM [INPUT...]

An input is a chart, file by file ("--- PATH" and the text), without what only differs from build to build.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'inputs')


def record(helm, path):
    text = open(path, encoding='utf-8').read()
    chart, _ = text.split('=== expected\n')
    with tempfile.TemporaryDirectory() as tmp:
        for part in re.split(r'(?m)^--- ', chart)[1:]:
            name, body = part.split('\n', 1)
            target = os.path.join(tmp, 'demo', name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, 'w', encoding='utf-8') as f:
                f.write('' if body == '\n' else body)
        run = subprocess.run([helm, 'template', os.path.join(tmp, 'demo')], capture_output=True, text=True)
    error = re.sub(r'(?m)^level=.*\n', '', run.stderr)
    error = error.replace('\n\nUse --debug flag to render out invalid YAML', '')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(chart + '=== expected\n' + run.stdout + error)


for path in sys.argv[2:] or sorted(os.path.join(HERE, f) for f in os.listdir(HERE)):
    record(sys.argv[1], path)
