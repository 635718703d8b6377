//! Commands about charts (checklist groups C, M and O).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use support::{Home, helm};

/// C-026
#[test]
fn c_026_create() {
    let home = Home::new("create");
    let ran = home.run(&["create", "web"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Creating web\n"));
    let again = home.run(&["create", "web"]);
    let first = format!(
        "WARNING: File \"{}/web/Chart.yaml\" already exists. Overwriting.",
        home.path.display()
    );
    assert_eq!(again.out.lines().nth(1), Some(first.as_str()));
    assert_eq!(again.out.lines().count(), 13);
    let bad = home.run(&["create", "a b"]);
    assert_eq!(
        bad.err,
        "Error: chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"\n"
    );
    let long = home.run(&["create", &"x".repeat(251)]);
    assert_eq!(long.err, "Error: chart name must be between 1 and 250 characters\n");
}

/// C-026: the same bytes as Helm's.
#[test]
fn c_026_create_as_helm() {
    let Some(helm) = helm() else { return };
    let (ours, theirs) = (Home::new("create-ours"), Home::new("create-theirs"));
    ours.run(&["create", "web"]);
    support::run(&helm, &theirs.path, &[], &["create", "web"]);
    let files = |home: &Home| {
        let mut files = Vec::new();
        let mut folders = vec![home.path.join("web")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&home.path).unwrap().to_owned();
                if path.is_dir() {
                    folders.push(path);
                    files.push((name, Vec::new()));
                } else {
                    files.push((name, std::fs::read(path).unwrap()));
                }
            }
        }
        files.sort();
        files
    };
    assert_eq!(files(&ours), files(&theirs));
}

fn small_chart(home: &Home) {
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    home.file("c/values.yaml", "a: {b: [x, z], size: 80}\n");
    home.file("c/templates/a.yaml", "kind: ConfigMap\nmetadata:\n  name: a\n");
    home.file(
        "c/templates/b.yaml",
        "kind: Secret\nmetadata:\n  name: b\n---\nkind: ConfigMap\nmetadata:\n  name: b2\n",
    );
    home.file(
        "c/templates/h.yaml",
        "kind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: test\n",
    );
    home.file("c/crds/x.yaml", "kind: CustomResourceDefinition\n");
    home.file("c/README.md", "Read me");
}

/// M-002, M-006, M-009, M-010: documents, hooks, definitions.
#[test]
fn m_002_m_006_m_009_m_010_template() {
    let home = Home::new("template");
    small_chart(&home);
    let body = "---\n# Source: c/templates/b.yaml\nkind: Secret\nmetadata:\n  name: b\n\n\
                ---\n# Source: c/templates/a.yaml\nkind: ConfigMap\nmetadata:\n  name: a\n\n\
                ---\n# Source: c/templates/b.yaml\nkind: ConfigMap\nmetadata:\n  name: b2\n";
    let hook = "---\n# Source: c/templates/h.yaml\nkind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: test\n\n";
    assert_eq!(home.run(&["template", "c"]).out, format!("{body}{hook}"));
    assert_eq!(home.run(&["template", "c", "--skip-tests"]).out, body);
    assert_eq!(home.run(&["template", "c", "--no-hooks"]).out, body);
    let crd = "---\n# Source: c/crds/x.yaml\nkind: CustomResourceDefinition\n\n";
    assert_eq!(
        home.run(&["template", "c", "--no-hooks", "--include-crds"]).out,
        format!("{crd}{body}")
    );
}

/// M-007
#[test]
fn m_007_show_only() {
    let home = Home::new("show-only");
    small_chart(&home);
    // The document keeps the blank line that stands before the next one.
    let a = "---\n# Source: c/templates/a.yaml\nkind: ConfigMap\nmetadata:\n  name: a\n\n\n";
    assert_eq!(home.run(&["template", "c", "-s", "templates/a.yaml"]).out, a);
    assert!(
        home.run(&["template", "c", "-s", "templates/h.yaml", "-s", "*/a.yaml"])
            .out
            .ends_with(a)
    );
    let ran = home.run(&["template", "c", "-s", "templates/no.yaml"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (1, "Error: could not find template templates/no.yaml in chart\n")
    );
}

/// M-008
#[test]
fn m_008_output_dir() {
    let home = Home::new("output-dir");
    small_chart(&home);
    let ran = home.run(&["template", "rel", "c", "--output-dir", "out", "--release-name"]);
    let wrote = "wrote out/rel/c/templates/b.yaml\nwrote out/rel/c/templates/a.yaml\nwrote out/rel/c/templates/b.yaml\n\
                 wrote out/rel/c/templates/h.yaml\n\n";
    assert_eq!(ran.out, wrote);
    let b = std::fs::read_to_string(home.path.join("out/rel/c/templates/b.yaml")).unwrap();
    assert_eq!(b.matches("# Source: c/templates/b.yaml\n").count(), 2);
}

/// M-012
#[test]
fn m_012_empty_chart() {
    let home = Home::new("empty");
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    assert_eq!(home.run(&["template", "c"]).out, "\n");
}

/// M-014, C-018
#[test]
fn m_014_c_018_versions_and_names() {
    let home = Home::new("versions");
    home.file(
        "c/Chart.yaml",
        "apiVersion: v2\nname: c\nversion: 0.1.0\nkubeVersion: \">=1.99\"\n",
    );
    let ran = home.run(&["template", "c"]);
    let text = "Error: chart requires kubeVersion: >=1.99 which is incompatible with Kubernetes v1.37.0\n\n\
                Use --debug flag to render out invalid YAML\n";
    assert_eq!((ran.code, ran.err.as_str()), (1, text));
    home.file("d/Chart.yaml", "apiVersion: v2\nname: d\nversion: 0.1.0\n");
    home.file("d/templates/a.yaml", "name: {{ .Release.Name }}\n");
    let ran = home.run_with(
        &[("X", "from-env")],
        &["template", "d", "--name-template", "{{ env \"X\" }}"],
    );
    assert!(ran.out.contains("name: from-env\n"), "{ran:?}");
}

/// C-035, C-036
#[test]
fn c_035_c_036_show() {
    let home = Home::new("show");
    small_chart(&home);
    assert_eq!(
        home.run(&["show", "chart", "c"]).out,
        "apiVersion: v2\nname: c\nversion: 0.1.0\n\n"
    );
    assert_eq!(home.run(&["show", "values", "c"]).out, "a: {b: [x, z], size: 80}\n\n");
    assert_eq!(home.run(&["show", "readme", "c"]).out, "Read me\n");
    assert_eq!(
        home.run(&["show", "crds", "c"]).out,
        "---\nkind: CustomResourceDefinition\n\n"
    );
    let all = home.run(&["inspect", "all", "c"]).out;
    assert_eq!(all.matches("---\n").count(), 3);
    for (path, text) in [
        ("{.a.b[1]}", "z"),
        ("{.a}", "{\"b\":[\"x\",\"z\"],\"size\":80}"),
        ("{range .a.b[*]}<{@}>{end}", "<x><z>"),
        ("{.nope}", ""),
        ("n={.a.size}", "n=80"),
    ] {
        assert_eq!(
            home.run(&["show", "values", "c", "--jsonpath", path]).out,
            text,
            "{path}"
        );
    }
    let ran = home.run(&["show", "values", "c", "--jsonpath", "{.a"]);
    assert_eq!(ran.err, "Error: error parsing jsonpath {.a: unclosed action\n");
}

/// O-023
#[test]
fn o_023_dependency_list() {
    let home = Home::new("dependencies");
    let chart = "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies:\n- name: sub\n  version: ^1.0.0\n  repository: https://r\n\
                 - name: gone\n  version: 1.0.0\n";
    home.file("c/Chart.yaml", chart);
    home.file("c/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.2.0\n");
    home.file(
        "c/charts/extra/Chart.yaml",
        "apiVersion: v2\nname: extra\nversion: 1.2.0\n",
    );
    let text = "NAME\tVERSION\tREPOSITORY\tSTATUS  \nsub \t^1.0.0 \thttps://r \tunpacked\ngone\t1.0.0  \t          \tmissing \n\n\
                WARNING: \"c/charts/extra\" is not in Chart.yaml.\n";
    assert_eq!(home.run(&["dependency", "list", "c"]).out, text);
    home.file("d/Chart.yaml", "apiVersion: v2\nname: d\nversion: 0.1.0\n");
    assert_eq!(
        home.run(&["dep", "ls", "d"]).out,
        "WARNING: no dependencies at d/charts\n"
    );
}
