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

/// A chart with a warning, and one without anything to say.
fn lint_charts(home: &Home) {
    for (name, object) in [
        ("w", "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n"),
        ("i", "apiVersion: v1\nkind: ConfigMap\n"),
    ] {
        let chart = format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\nicon: https://x/y.png\n");
        home.file(&format!("{name}/Chart.yaml"), &chart);
        home.file(&format!("{name}/values.yaml"), "");
        home.file(
            &format!("{name}/templates/a.yaml"),
            &format!("{object}metadata: {{name: a}}\n"),
        );
    }
}

const DEPRECATED: &str = "[WARNING] templates/a.yaml: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in \
                          v1.25+; use policy/v1 PodDisruptionBudget\n";

/// O-024, H-015: the report, its last line, and what `--strict`, `--quiet` and `--kube-version` change.
#[test]
fn o_024_h_015_lint() {
    let home = Home::new("lint");
    lint_charts(&home);
    let lint = |arguments: &[&str]| {
        let ran = home.run(&[&["lint"], arguments].concat());
        (ran.code, ran.out, ran.err)
    };
    let (clean, warned) = ("==> Linting i\n\n", format!("==> Linting w\n{DEPRECATED}\n"));
    let summary = |charts: usize, failed: usize| format!("{charts} chart(s) linted, {failed} chart(s) failed\n");
    let none = String::new;
    assert_eq!(
        lint(&["i", "w"]),
        (0, format!("{clean}{warned}{}", summary(2, 0)), none())
    );
    assert_eq!(
        lint(&["w", "--strict"]),
        (1, warned.clone(), format!("Error: {}", summary(1, 1)))
    );
    assert_eq!(
        lint(&["i", "w", "--quiet"]),
        (0, format!("{warned}{}", summary(2, 0)), none())
    );
    assert_eq!(lint(&["i", "--quiet"]), (0, none(), none()));
    let old = "==> Linting w\n\n";
    assert_eq!(
        lint(&["w", "--kube-version", "1.20"]),
        (0, format!("{old}{}", summary(1, 0)), none())
    );
    assert_eq!(
        lint(&["w", "--kube-version", "v1.21.3"]),
        (0, format!("{warned}{}", summary(1, 0)), none())
    );
    let (_, _, error) = lint(&["w", "--kube-version", "x"]);
    assert!(error.starts_with("Error: invalid kube version 'x': "), "{error}");
    let text = "==> Linting no\nError unable to check Chart.yaml file in chart: stat no/Chart.yaml: no such file or directory\n\n";
    assert_eq!(lint(&["no"]), (1, text.to_owned(), format!("Error: {}", summary(1, 1))));
}

/// H-015: charts below, and charts in archives.
#[test]
fn h_015_lint_subcharts_and_archives() {
    let home = Home::new("lint-more");
    lint_charts(&home);
    home.file(
        "w/charts/sub/Chart.yaml",
        "apiVersion: v2\nname: sub\nversion: 0.1.0\nicon: x.png\n",
    );
    let out = home.run(&["lint", "w", "--with-subcharts"]).out;
    assert!(
        out.ends_with(
            "==> Linting w/charts/sub\n[ERROR] Chart.yaml: invalid icon URL 'x.png'\n[INFO] values.yaml: file does not exist\n\
             [WARNING] templates/: directory does not exist\n\n"
        ),
        "{out}"
    );
    let packed = std::process::Command::new("tar")
        .args(["czf", "i-0.1.0.tgz", "i"])
        .current_dir(&home.path)
        .status()
        .unwrap();
    assert!(packed.success());
    let ran = home.run(&["lint", "i-0.1.0.tgz", "--strict"]);
    assert_eq!(
        ran.out,
        "==> Linting i-0.1.0.tgz\n\n1 chart(s) linted, 0 chart(s) failed\n"
    );
    let ran = home.run(&["lint", "no.tgz"]);
    let text = "==> Linting no.tgz\nError unable to open tarball: open no.tgz: no such file or directory\n\n";
    assert_eq!((ran.code, ran.out.as_str()), (1, text));
}

/// C-027: a starter by name and by path; its name stands where the placeholder stood.
#[test]
fn c_027_starters() {
    let home = Home::new("starters");
    for folder in [".local/share/helm/starters/st", "own"] {
        home.file(
            &format!("{folder}/Chart.yaml"),
            "apiVersion: v1\nname: st\nversion: 9.0.0\ndescription: <CHARTNAME>\n",
        );
        home.file(&format!("{folder}/values.yaml"), "# kept\nname: <CHARTNAME>\n");
        home.file(&format!("{folder}/templates/a.yaml"), "a: <CHARTNAME>-<CHARTNAME>\n");
        home.file(&format!("{folder}/README.md"), "<CHARTNAME>\n");
    }
    let own = home.path.join("own");
    for (starter, name) in [("st", "web"), (own.to_str().unwrap(), "far")] {
        let ran = home.run(&["create", "-p", starter, name]);
        assert_eq!((ran.code, ran.out), (0, format!("Creating {name}\n")), "{}", ran.err);
        let read = |file: &str| std::fs::read_to_string(home.path.join(name).join(file)).unwrap();
        assert_eq!(
            read("Chart.yaml"),
            format!(
                "apiVersion: v2\nappVersion: 0.1.0\ndescription: A Helm chart for Kubernetes\nname: {name}\ntype: \
                 application\nversion: 0.1.0\n"
            )
        );
        assert_eq!(read("values.yaml"), format!("# kept\nname: {name}\n"));
        assert_eq!(read("templates/a.yaml"), format!("a: {name}-{name}\n"));
        assert_eq!(read("README.md"), "<CHARTNAME>\n");
    }
    let ran = home.run(&["create", "-p", "no", "x"]);
    let folder = home.path.join(".local/share/helm/starters/no");
    let text = format!(
        "Error: could not load {0}: stat {0}: no such file or directory\n",
        folder.display()
    );
    assert_eq!((ran.code, ran.err), (1, text));
}

/// M-011: what was rendered, although it is no YAML, and then why.
#[test]
fn m_011_debug_shows_what_is_wrong() {
    let home = Home::new("wrong");
    home.file("f/Chart.yaml", "apiVersion: v2\nname: f\nversion: 0.1.0\n");
    home.file("f/templates/a.yaml", "kind: [\n");
    let reason = "Error: YAML parse error on f/templates/a.yaml: error converting YAML to JSON: yaml: line 1: did not find expected \
                  node content\n";
    let ran = home.run(&["template", "f", "--debug"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (1, "---\n# Source: f/templates/a.yaml\nkind: [\n")
    );
    assert!(ran.err.ends_with(reason), "{}", ran.err);
    let ran = home.run(&["template", "f"]);
    let text = format!("{reason}\nUse --debug flag to render out invalid YAML\n");
    assert_eq!((ran.code, ran.out.as_str(), ran.err), (1, "", text));
    // Hooks of files before it come a second time.
    let hook = "metadata: {annotations: {helm.sh/hook: test}}\n";
    home.file("f/templates/0.yaml", hook);
    let files = format!("---\n# Source: f/templates/0.yaml\n{hook}\n---\n# Source: f/templates/a.yaml\nkind: [\n");
    let ran = home.run(&["template", "f", "--debug"]);
    assert_eq!(ran.out, format!("{files}---\n# Source: f/templates/0.yaml\n{hook}\n"));
    assert_eq!(home.run(&["template", "f", "--debug", "--skip-tests"]).out, files);
}

/// O-030
#[test]
fn o_030_missing_dependencies() {
    let home = Home::new("missing");
    let chart = "apiVersion: v2\nname: m\nversion: 0.1.0\ndependencies:\n- {name: aa, version: 1, repository: \"https://x\"}\n\
                 - {name: bb, version: 1}\n";
    home.file("m/Chart.yaml", chart);
    let text = "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing \
                dependencies: found in Chart.yaml, but missing in charts/ directory: aa, bb\n";
    for (arguments, prefix) in [
        (&["template", "m"][..], ""),
        (&["install", "m", "m"], "INSTALLATION FAILED: "),
        (&["upgrade", "m", "m"], ""),
    ] {
        let ran = home.run(arguments);
        assert_eq!((ran.code, ran.err), (1, format!("Error: {prefix}{text}")));
    }
}

/// V-002, V-016: names of values files are read as URLs.
#[test]
fn v_002_v_016_files_and_urls() {
    let home = Home::new("urls");
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    home.file("c/templates/a.yaml", "a: {{ .Values.a }}\n");
    home.file("d:v.yaml", "a: colon\n");
    assert!(
        home.run(&["template", "c", "-f", "d:v.yaml"])
            .out
            .ends_with("a: colon\n")
    );
    for (name, text) in [
        (
            "1:v.yaml",
            "parse \"1:v.yaml\": first path segment in URL cannot contain colon",
        ),
        ("%zz", "parse \"%zz\": invalid URL escape \"%zz\""),
        (
            "HTTP://127.0.0.1:1/v.yaml",
            "Get \"http://127.0.0.1:1/v.yaml\": dial tcp 127.0.0.1:1: connect: connection refused",
        ),
        ("ftp://no/v.yaml", "open ftp://no/v.yaml: no such file or directory"),
    ] {
        assert_eq!(home.run(&["template", "c", "-f", name]).err, format!("Error: {text}\n"));
        let set = home.run(&["template", "c", "--set-file", &format!("a={name}")]).err;
        assert_eq!(set, format!("Error: failed parsing --set-file data: {text}\n"));
    }
}

/// Signatures that cannot be checked yet are never taken for good, and files of a registry's client have to be there.
#[test]
fn verify_and_client_files() {
    let home = Home::new("verify");
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    home.file("c-0.1.0.tgz", "");
    let at = home.path.display();
    for verb in [&["template"][..], &["show", "chart"]] {
        let error = |arguments: &[&str]| home.run(&[verb, arguments].concat()).err;
        assert_eq!(error(&["c", "--verify"]), "Error: unpacked charts cannot be verified\n");
        assert_eq!(
            error(&["c-0.1.0.tgz", "--verify"]),
            format!(
                "Error: could not load provenance file {at}/c-0.1.0.tgz.prov: stat {at}/c-0.1.0.tgz.prov: no such file or directory\n"
            )
        );
        let client = "Error: missing registry client: can't create TLS config for client: ";
        assert_eq!(
            error(&["c", "--ca-file", "no"]),
            format!("{client}can't read CA file: \"no\": open no: no such file or directory\n")
        );
        assert_eq!(
            error(&["c", "--cert-file", "no", "--key-file", "no"]),
            format!("{client}unable to read cert file: \"no\": open no: no such file or directory\n")
        );
    }
    home.file("c-0.1.0.tgz.prov", "");
    let ran = home.run(&["template", "c-0.1.0.tgz", "--verify"]);
    assert!(ran.err.contains("signatures are not in this release"), "{}", ran.err);
}
