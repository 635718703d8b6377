//! How servers are found and what they are told (checklist lines E-014 to E-017).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use support::{Home, Recorder, kubeconfig};

/// Whether a request has this line in its head, whatever the case of its name.
fn has(head: &str, line: &str) -> bool {
    head.lines().any(|known| known.eq_ignore_ascii_case(line))
}

/// E-014: a proxy for values and for the API server, and hosts that it is not for.
#[test]
fn e_014_proxies() {
    let home = Home::new("proxies");
    let proxy = Recorder::new();
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    home.file("c/templates/a.yaml", "a: {{ .Values.a }}\n");
    let url = format!("http://{}", proxy.address);
    let values = ["template", "c", "-f", "http://values.invalid/v.yaml"];
    for variable in ["HTTP_PROXY", "http_proxy"] {
        let ran = home.run_with(&[(variable, &url)], &values);
        assert!(ran.out.ends_with("a: answered\n"), "{ran:?}");
        assert!(proxy.take()[0].starts_with("GET http://values.invalid/v.yaml HTTP/1.1\r\n"));
    }
    let ran = home.run_with(&[("HTTP_PROXY", &url), ("NO_PROXY", "values.invalid")], &values);
    assert_eq!((ran.code, proxy.take().len()), (1, 0));
    home.file("no-kubeconfig", &kubeconfig("api.invalid"));
    let ran = home.run_with(&[("HTTP_PROXY", &url)], &["list", "-q"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(proxy.take()[0].starts_with("GET http://api.invalid/version"));
}

/// E-015: a list of files, of which the first word counts, and the context that is named.
#[test]
fn e_015_kubeconfigs() {
    let home = Home::new("kubeconfigs");
    let (here, there) = (Recorder::new(), Recorder::new());
    let first = "current-context: here\ncontexts:\n- {name: here, context: {cluster: here, namespace: one}}\n- {name: there, context: \
                 {cluster: there}}\n";
    home.file("a", first);
    let clusters = format!(
        "current-context: there\nclusters:\n- {{name: here, cluster: {{server: \"http://{}\"}}}}\n- {{name: there, cluster: {{server: \
         \"http://{}\"}}}}\n",
        here.address, there.address
    );
    home.file("b", &clusters);
    let list = [("KUBECONFIG", "a:missing:b")];
    assert_eq!(home.run_with(&list, &["list", "-q"]).code, 0);
    let heads = here.take();
    assert!(heads[0].starts_with("GET /version"), "{heads:?}");
    assert!(heads[1].starts_with("GET /api/v1/namespaces/one/secrets?"), "{heads:?}");
    assert_eq!(home.run_with(&list, &["list", "-q", "--kube-context", "there"]).code, 0);
    assert!(there.take()[1].starts_with("GET /api/v1/namespaces/default/secrets?"));
    assert_eq!(home.run_with(&list, &["env", "HELM_NAMESPACE"]).out, "one\n");
    let ran = home.run_with(&list, &["list", "--kube-context", "no"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            1,
            "Error: kubernetes cluster unreachable: context \"no\" does not exist\n"
        )
    );
    let ran = home.run_with(&list, &["list", "--kubeconfig", "no"]);
    assert_eq!(
        ran.err,
        "Error: kubernetes cluster unreachable: stat no: no such file or directory\n"
    );
    // Without the files of an account the process is not inside of a cluster.
    let pod = [
        ("KUBECONFIG", "missing"),
        ("KUBERNETES_SERVICE_HOST", "127.0.0.1"),
        ("KUBERNETES_SERVICE_PORT", "1"),
    ];
    assert!(
        home.run_with(&pod, &["list"])
            .err
            .contains("Get \"http://localhost:8080/version\"")
    );
}

/// E-016: what flags and variables say over the kubeconfig reaches the server.
#[test]
fn e_016_overrides() {
    let home = Home::new("overrides");
    let server = Recorder::new();
    home.file("no-kubeconfig", &kubeconfig("127.0.0.1:1"));
    let url = format!("http://{}", server.address);
    let flags = [
        "list",
        "-q",
        "--kube-apiserver",
        &url,
        "--kube-token",
        "abc",
        "--kube-as-user",
        "jo",
        "--kube-as-group",
        "g1",
        "--kube-as-group",
        "g2",
        "-n",
        "far",
    ];
    let variables = [
        ("HELM_KUBEAPISERVER", url.as_str()),
        ("HELM_KUBETOKEN", "abc"),
        ("HELM_KUBEASUSER", "jo"),
        ("HELM_KUBEASGROUPS", "g1,g2"),
        ("HELM_NAMESPACE", "far"),
    ];
    for (environment, arguments) in [(&[][..], &flags[..]), (&variables[..], &["list", "-q"])] {
        let ran = home.run_with(environment, arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        let heads = server.take();
        assert!(heads[1].starts_with("GET /api/v1/namespaces/far/secrets?"), "{heads:?}");
        for line in ["impersonate-user: jo", "impersonate-group: g1", "impersonate-group: g2"] {
            assert!(has(&heads[1], line), "{line}: {}", heads[1]);
        }
        // The token is for a server behind TLS only.
        assert!(!heads[1].to_lowercase().contains("authorization"), "{}", heads[1]);
    }
    let tls = format!("https://{}", server.address);
    home.run(&[
        "list",
        "--kube-apiserver",
        &tls,
        "--kube-tls-server-name",
        "name.invalid",
        "--kube-insecure-skip-tls-verify",
    ]);
    assert!(server.take()[0].contains("name.invalid"));
    let ran = home.run(&["list", "--kube-apiserver", &tls, "--kube-ca-file", "no"]);
    assert_eq!(
        ran.err,
        "Error: kubernetes cluster unreachable: invalid configuration: unable to read certificate-authority no for here due to open no: no such file or \
         directory\n"
    );
}

/// E-017: a program gives the token, but not for a server without TLS.
#[test]
fn e_017_credential_programs() {
    let home = Home::new("programs");
    let server = Recorder::new();
    let script = "#!/bin/sh\n> ran\necho '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":\
                  {\"token\":\"from-'$1-$WHO'\"}}'\n";
    let program = home.file("give", script);
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let user = "user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./give, args: [here], env: [{name: WHO, value: \
                me}], interactiveMode: Never}}";
    let config = kubeconfig(&server.address).replace("user: {token: secret}", user);
    home.file("no-kubeconfig", &config);
    let ran = home.run(&["list", "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!server.take()[1].to_lowercase().contains("authorization"));
    home.file(
        "no-kubeconfig",
        &config
            .replace("http://", "https://")
            .replace("./give", "./no-such-program"),
    );
    let ran = home.run(&["list", "-q"]);
    let text = format!(
        "Error: kubernetes cluster unreachable: getting credentials: exec: executable {}/./no-such-program not found\n",
        home.path.display()
    );
    assert_eq!((ran.code, ran.err), (1, text));
    home.file("no-kubeconfig", &config.replace("http://", "https://"));
    home.run(&["list", "-q"]);
    assert!(home.path.join("ran").exists());
}
