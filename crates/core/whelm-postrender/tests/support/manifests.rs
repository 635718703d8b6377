//! Random files of manifests.

use super::Files;
use super::comments;
use super::generate::{self, Random};
use super::wide;

const HEADS: &[&str] = &[
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
    "# Source: x\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web # line\n  annotations:\n    a: b\n",
    "apiVersion: v1\nkind: Secret\nmetadata:\n    name: s\n    annotations: {}\n",
    "kind: Service\nmetadata:\n  annotations:\n",
    "kind: Service\nmetadata: {name: x, annotations: {a: \"b\"}}\n",
    "kind: Service\nmetadata: {}\n",
    "kind: Job\nmetadata:\n  annotations:\n    # head\n    \"helm.sh/hook\": pre-install # line\n    # foot\n",
    "kind: Service\nmetadata:\n",
    "kind: Service\nmetadata: text\n",
    "kind: Service\nmetadata:\n  annotations: text\n",
    "kind: Service\nmetadata:\n  annotations: [a]\n",
    "kind: Service\nmetadata:\n- a\n",
    "kind: Service\nmetadata: &m\n  annotations: &a\n    x: y\n    # foot\n",
    "kind: Pod\nmetadata:\n  annotations:\n    config.kubernetes.io/index: '3'\n    config.kubernetes.io/path: a.yaml\n",
    "kind: Pod\nmetadata:\n  annotations:\n    internal.config.kubernetes.io/index: 7 # c\n    config.k8s.io/id: x\n",
    "kind: Pod\nmetadata:\n  annotations:\n    internal.config.kubernetes.io/seqindent: wide\n    a: b\n",
    "kind: Pod\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: other.yaml\n",
    "kind: Pod\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: |\n      a/b\n",
    "kind: Pod\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename:\n",
    "kind: Pod\nmetadata:\n  annotations:\n    config.kubernetes.io/path: x/y.json\n",
    "# head\nkind: Pod\nmetadata:\n  annotations: {internal.config.kubernetes.io/path: .json, a: \"<b>\"}\n",
    "kind: Pod\nmetadata:\n  labels: {a: b}\n",
    "kind: Pod\nmetadata:\n  annotations:\n    a: b\n    a: c\n  annotations:\n    d: e\n",
    "kind: Pod\nmetadata: *x\n",
    "a: b\n",
    "",
    "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"j\"}}\n",
    "- a\n- b: c\n",
    "text\n",
    "null\n",
    "# only a comment\n",
    "bareSeqNodeWrappingKey: [a, b]\n",
    "bareSeqNodeWrappingKey:\n- a: 1\n",
];

const BODIES: &[&str] = &[
    "data:\n  a: |\n    text\n\n    more\n  b: >-\n    folded\n    lines\n",
    "spec:\n  containers:\n    - name: a\n      args: [\"x\", 'y', z]\n      # comment\n    - name: b\n",
    "spec:\n    ports:\n    -   port: 80\n        name: http\n    - {port: 443}\n",
    "data: {a: 1, b: [1, 2, {c: d}]}\n",
    "data:\n  \"true\": 'yes'\n  n: \"1\"\n  o: on\n  d: 2001-01-01\n  e: \"\"\n  f: ~\n  g:\n",
    "x: &a {b: c}\ny:\n  <<: *a\n  z: *a\n",
    "long: aaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccc ddddddddddddddddddddddddd eeeeeeee\n",
    "tagged: !!str 1\nother: !x y\n",
    "unicode: \"\\u00e9\\U0001F600 é 😀\"\n",
    "script: |\n  #!/bin/sh\n  echo a\t\n\n\n",
    "keep: |+\n  a\n\n",
    "empty: {}\nlist: []\n",
    "nested:\n- - a\n  - b\n-\n  - c\n- d:\n  - e\n",
    "? complex\n: value\n",
    "# foot\n",
    "\n# foot after empty line\n\n",
    "",
];

/// Makes one document.
pub fn document(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    match random.below(40) {
        0 => text = comments::document(random),
        1 => text = generate::document(random),
        3 => text = wide::document(random),
        2 => list(random, &mut text),
        _ => {
            if random.below(4) == 0 {
                text.extend(random.pick(&["# head\n", "# head\n\n", "\n", "# a\n\n# b\n"]).bytes());
            }
            // Most of the later ones are errors.
            let likely = if random.below(8) == 0 { HEADS.len() } else { 7 };
            text.extend(HEADS[random.below(likely)].bytes());
            for _ in 0..random.below(3) {
                text.extend(random.pick(BODIES).bytes());
            }
            if random.below(3) == 0 {
                text.extend(b"tree:\n");
                for line in commented(random).split_inclusive(|&byte| byte == b'\n') {
                    text.extend(b"  ");
                    text.extend(line);
                }
            }
        }
    }
    if random.below(60) == 0 {
        generate::damage(random, &mut text);
    }
    if random.below(20) == 0 {
        text = String::from_utf8_lossy(&text).replace('\n', "\r\n").into_bytes();
    }
    text
}

/// Makes a document with comments that can be read, usually.
fn commented(random: &mut Random) -> Vec<u8> {
    for _ in 0..8 {
        let text = comments::document(random);
        if go_yaml::nodes::read(&text).is_ok() {
            return text;
        }
    }
    comments::document(random)
}

fn list(random: &mut Random, text: &mut Vec<u8>) {
    text.extend(
        random
            .pick(&["kind: List\n", "apiVersion: v1\nkind: List\n", "kind: ResourceList\n"])
            .bytes(),
    );
    if random.below(6) == 0 {
        text.extend(
            random
                .pick(&[
                    "functionConfig: {a: b}\n",
                    "results: []\n",
                    "items:\n",
                    "items: {a: {b: c}}\n",
                ])
                .bytes(),
        );
        return;
    }
    text.extend(random.pick(&["items:\n", "# head\nitems: # line\n"]).bytes());
    for _ in 0..random.below(4) {
        let mut first = true;
        for line in random.pick(HEADS).split_inclusive('\n') {
            text.extend(if first { b"- " } else { b"  " });
            text.extend(line.bytes());
            first = false;
        }
    }
}

/// Makes a stream of documents.
pub fn stream(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    let separators = [
        "---\n",
        "---\n",
        "---\n",
        "\n---\n",
        "--- # c\n",
        "---   \n",
        "---\n---\n",
        "--- x\n",
        "...\n---\n",
        "----\n",
    ];
    for at in 0..1 + random.below(3) {
        if at > 0 || random.below(3) == 0 {
            let odd = random.below(30) == 0;
            let separator = if odd {
                random.pick(&["--- x\n", "----\n", "---y"])
            } else {
                random.pick(&separators)
            };
            text.extend(separator.bytes());
        }
        text.extend(document(random));
    }
    if random.below(6) == 0 {
        text.extend(random.pick(&["---", "\n---\n", "---\n# end\n", "\n\n"]).bytes());
    }
    text
}

/// Makes a few files.
pub fn files(random: &mut Random) -> Files {
    let names = [
        "web/templates/b.yaml",
        "web/templates/a.yaml",
        "web/charts/sub/templates/x.yaml",
        "web/templates/_helpers.tpl",
        "web/templates/é.yaml",
        "web/templates/with space.yml",
        "a.yaml",
    ];
    let mut files = Files::new();
    for _ in 0..1 + random.below(2) {
        let name = random.pick(&names);
        if files.iter().all(|(known, _)| **known != *name.as_bytes()) {
            let content = match random.below(12) {
                0 => b" \n\t\n".to_vec(),
                _ => stream(random),
            };
            files.push((name.into(), (&*content).into()));
        }
    }
    files
}

/// Makes what a post-renderer may write: a changed `stream`, or anything.
pub fn output(random: &mut Random, stream: &[u8]) -> Vec<u8> {
    if random.below(4) == 0 {
        return self::stream(random);
    }
    let mut text = Vec::new();
    for line in stream.split_inclusive(|&byte| byte == b'\n') {
        match random.below(24) {
            0 => {}
            1 => text.extend(b"# comment\n"),
            2 => text.extend(b"\n"),
            3 => {
                text.extend(line);
                text.extend(line);
                continue;
            }
            _ => {}
        }
        if random.below(30) > 0 {
            text.extend(line);
        }
    }
    text
}
