//! `HELM_DRIVER=sql`: releases in a PostgreSQL server, which the tests start by themselves where it is installed (L-004).

#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::path::Path;

use support::{Cluster, Home, Ran, helm, run};
use whelm_test::Postgres;

/// Runs the program, or Helm, with the releases in a database.
struct Database<'a> {
    program: &'a Path,
    home: &'a Home,
    connection: &'a str,
}

impl Database<'_> {
    fn ran(&self, arguments: &[&str]) -> Ran {
        let environment = [
            ("HELM_DRIVER", "sql"),
            ("HELM_DRIVER_SQL_CONNECTION_STRING", self.connection),
        ];
        run(self.program, &self.home.path, &environment, arguments)
    }

    fn run(&self, line: &str) -> String {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ran = self.ran(&arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{line}");
        ran.out
    }

    /// The releases of all namespaces: name, namespace, revision and status.
    fn list(&self, flags: &str) -> Vec<String> {
        let listed = self.run(format!("list --no-headers {flags}").trim_end());
        let columns = |line: &str| {
            let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
            format!("{} {} {} {}", columns[0], columns[1], columns[2], columns[4])
        };
        listed.lines().filter(|line| !line.is_empty()).map(columns).collect()
    }

    fn labels(&self, name: &str) -> String {
        let metadata = self.run(&format!("get metadata {name}"));
        metadata
            .lines()
            .find_map(|line| line.strip_prefix("LABELS: "))
            .unwrap()
            .to_owned()
    }
}

fn whelm() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_whelm"))
}

/// A chart that fails to install while `fail` is given.
fn chart(home: &Home) {
    home.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    home.file("c/values.yaml", "a: 1\n");
    home.file(
        "c/templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}{{ .Values.wrong }}'}\ndata: {a: '{{ .Values.a }}'}\n",
    );
}

/// L-004: all verbs about releases, on the embedded cluster.
#[test]
fn l_004_sql_driver() {
    let Some(server) = Postgres::start("driver") else {
        return;
    };
    let home = Home::new("sql-driver");
    chart(&home);
    let connection = server.connection("postgres");
    let database = Database {
        program: whelm(),
        home: &home,
        connection: &connection,
    };
    database.run("install web c --sandbox --labels team=a,tier=b");
    database.run("install web c --sandbox -n other --create-namespace");
    assert_eq!(database.labels("web --sandbox"), "team=a,tier=b");
    assert_eq!(
        database.list("-A --sandbox"),
        ["web default 1 deployed", "web other 1 deployed"]
    );
    assert_eq!(database.list("--sandbox -n other"), ["web other 1 deployed"]);
    // Helm loses labels here, because it looks for them in the namespace that has no name.
    assert_eq!(database.list("-A --sandbox -l team=a"), ["web default 1 deployed"]);
    let again = database.ran(&["install", "web", "c", "--sandbox"]);
    assert!(
        again.err.contains("cannot reuse a name that is still in use"),
        "{again:?}"
    );
    // No object is in a cluster's Secrets.
    assert_eq!(home.run(&["list", "-A", "-q", "--sandbox"]).out, "");

    database.run("upgrade web c --sandbox --set a=2 --labels team=null,x=y");
    assert_eq!(database.labels("web --sandbox"), "tier=b,x=y");
    let failed = database.ran(&[
        "upgrade",
        "web",
        "c",
        "--sandbox",
        "--set",
        "wrong=_",
        "--rollback-on-failure",
    ]);
    assert!(failed.err.contains("has been rolled back"), "{failed:?}");
    let history = "SELECT version, status FROM releases_v1 WHERE namespace = 'default' ORDER BY version";
    assert_eq!(
        server.query("postgres", history),
        "1|superseded\n2|superseded\n3|failed\n4|deployed\n"
    );
    assert_eq!(database.run("get values web --sandbox -o json"), "{\"a\":2}\n");
    database.run("upgrade web c --sandbox --history-max 2");
    assert_eq!(server.query("postgres", history), "4|superseded\n5|deployed\n");
    assert_eq!(database.labels("web --sandbox --revision 4"), "tier=b,x=y");

    database.run("uninstall web --sandbox --keep-history");
    assert_eq!(database.list("--sandbox --uninstalled"), ["web default 5 uninstalled"]);
    database.run("uninstall web --sandbox");
    database.run("uninstall web --sandbox -n other");
    for table in ["releases_v1", "custom_labels_v1"] {
        assert_eq!(
            server.query("postgres", &format!("SELECT count(*) FROM {table}")),
            "0\n",
            "{table}"
        );
    }
}

/// L-004: a database that Helm made, and one that Helm finds.
#[test]
fn l_004_sql_both_ways() {
    let (Some(helm), Some(server)) = (helm(), Postgres::start("both")) else {
        return;
    };
    let cluster = Cluster::new("sql-both");
    chart(&cluster.home);
    for (index, (first, second)) in [(helm.as_path(), whelm()), (whelm(), helm.as_path())]
        .into_iter()
        .enumerate()
    {
        let name = format!("db{index}");
        server.query("postgres", &format!("CREATE DATABASE {name}"));
        let connection = server.connection(&name);
        let database = |program| Database {
            program,
            home: &cluster.home,
            connection: &connection,
        };
        let (first, second) = (database(first), database(second));
        first.run("install x c --labels a=b,c=d");
        for one in [&first, &second] {
            assert_eq!(one.list(""), ["x default 1 deployed"]);
            assert_eq!(one.run("get values x -o json --revision 1"), "null\n");
        }
        assert_eq!(second.labels("x --revision 1"), "a=b,c=d");
        second.run("upgrade x c --set a=2 --labels a=null,e=f");
        assert_eq!(first.labels("x --revision 2"), "c=d,e=f");
        assert_eq!(first.run("get values x -o json"), "{\"a\":2}\n");
        first.run("upgrade x c --set a=3 --history-max 2");
        assert_eq!(second.list("-A"), ["x default 3 deployed"]);
        let helm = database(&helm);
        helm.run("rollback x 2");
        let history = helm.run("history x -o yaml");
        assert!(history.contains("description: Rollback to 2"), "{history}");
        for one in [&first, &second] {
            assert_eq!(one.run("get values x -o json"), "{\"a\":2}\n");
            assert_eq!(one.list(""), ["x default 4 deployed"]);
        }
        second.run("uninstall x");
        assert_eq!(first.list("-A"), [""; 0]);
        let left = "SELECT (SELECT count(*) FROM releases_v1) + (SELECT count(*) FROM custom_labels_v1)";
        assert_eq!(server.query(&name, left), "0\n");
    }
    // Whoever made them, they are the same tables.
    let columns = "SELECT table_name, ordinal_position, column_name, data_type, character_maximum_length, is_nullable, column_default
                   FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2";
    let others = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 2";
    let rights =
        "SELECT relname, relacl, relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1";
    for what in [columns, others, rights] {
        assert_eq!(server.query("db0", what), server.query("db1", what));
    }
}

/// An authority, and a certificate with its key for `db.example`; then another authority.
fn certificates(home: &Home) -> serde_json::Value {
    home.file("tls/Chart.yaml", "apiVersion: v2\nname: tls\nversion: 0.1.0\n");
    home.file(
        "tls/templates/a.yaml",
        "{{- $ca := genCA \"ca\" 9 }}{{ $other := genCA \"other\" 9 }}\n\
         {{- $cert := genSignedCert \"db.example\" nil (list \"db.example\") 9 $ca }}\n\
         all: {{ dict \"ca\" $ca.Cert \"other\" $other.Cert \"cert\" $cert.Cert \"key\" $cert.Key \"ca-key\" $ca.Key | toJson }}\n",
    );
    let text = home.run(&["template", "tls"]).out;
    let json = text.lines().find_map(|line| line.strip_prefix("all: ")).unwrap();
    serde_json::from_str(json).unwrap()
}

/// L-004: the modes of `sslmode`, as lib/pq has them.
#[test]
fn l_004_sql_encrypted() {
    let cluster = Cluster::new("sql-encrypted");
    let made = certificates(&cluster.home);
    let text = |name: &str| made[name].as_str().unwrap();
    let Some(server) = Postgres::start_encrypted("encrypted", text("cert"), text("key")) else {
        return;
    };
    for name in ["ca", "other"] {
        cluster.home.file(&format!("{name}.crt"), text(name));
    }
    server.query("postgres", "CREATE DATABASE plain");
    let helm = helm();
    let works_with = |program: &Path, settings: &str| {
        let connection = format!("{} {settings}", server.connection("postgres"));
        let home = &cluster.home;
        let database = Database {
            program,
            home,
            connection: &connection,
        };
        let ran = database.ran(&["list"]);
        assert!(!ran.err.contains(Postgres::PASSWORD), "{ran:?}");
        ran.code == 0
    };
    for (settings, works) in [
        ("sslmode=disable", false),
        ("sslmode=allow", true),
        ("sslmode=prefer", true),
        ("sslmode=require", true),
        ("sslmode=require sslrootcert=missing.crt", true),
        ("sslmode=require sslrootcert=other.crt", false),
        ("sslmode=verify-ca sslrootcert=ca.crt", true),
        ("sslmode=verify-ca sslrootcert=other.crt", false),
        ("sslmode=verify-ca sslrootcert=missing.crt", false),
        ("sslmode=verify-ca", false),
        ("sslmode=verify-full sslrootcert=ca.crt", false),
        (
            "sslmode=verify-full sslrootcert=ca.crt host=db.example hostaddr=127.0.0.1",
            true,
        ),
        (
            "sslmode=verify-full sslrootcert=other.crt host=db.example hostaddr=127.0.0.1",
            false,
        ),
    ] {
        for program in [Some(whelm()), helm.as_deref()].into_iter().flatten() {
            assert_eq!(works_with(program, settings), works, "{settings}, {program:?}");
        }
    }
    // Helm goes on without encryption then.
    let untrusted = "dbname=plain sslmode=prefer sslrootcert=other.crt";
    assert!(!works_with(whelm(), untrusted) && helm.is_none_or(|helm| works_with(&helm, untrusted)));
}

/// L-004: a server that shows a root certificate, as one does whose certificate `openssl req -x509` made.
#[test]
fn l_004_sql_own_authority() {
    let cluster = Cluster::new("sql-own");
    let made = certificates(&cluster.home);
    let text = |name: &str| made[name].as_str().unwrap();
    let Some(server) = Postgres::start_encrypted("own", text("ca"), text("ca-key")) else {
        return;
    };
    for name in ["ca", "other"] {
        cluster.home.file(&format!("{name}.crt"), text(name));
    }
    for (root, works) in [("ca", true), ("other", false)] {
        let connection = format!(
            "{} sslmode=verify-ca sslrootcert={root}.crt",
            server.connection("postgres")
        );
        for program in [Some(whelm()), helm().as_deref()].into_iter().flatten() {
            let database = Database {
                program,
                home: &cluster.home,
                connection: &connection,
            };
            let ran = database.ran(&["list"]);
            assert_eq!(ran.code == 0, works, "{root}, {program:?}: {ran:?}");
        }
    }
}

/// L-004: a database that is not there is told by those who need it, before anything is done to the cluster.
#[test]
fn l_004_sql_unreachable() {
    let home = Home::new("sql-unreachable");
    chart(&home);
    let database = Database {
        program: whelm(),
        home: &home,
        connection: "postgres://me:secret@127.0.0.1:1/d",
    };
    let reason = "unable to instantiate SQL driver: connecting to 127.0.0.1:1: connection refused; check that the server runs, and \
                  the host and the port of the connection string\n";
    for (arguments, prefix) in [
        (&["list", "--sandbox"][..], ""),
        (&["install", "x", "c", "--sandbox"], "INSTALLATION FAILED: "),
        (&["upgrade", "x", "c", "--sandbox"], "UPGRADE FAILED: "),
        (&["uninstall", "x", "--sandbox"], ""),
        (&["status", "x", "--sandbox"], ""),
    ] {
        let ran = database.ran(arguments);
        assert_eq!(ran.err, format!("Error: {prefix}{reason}"));
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    }
    // Helm connects for these too.
    database.run("template c");
    database.run("version --short");
}
