//! L-004: the store in a PostgreSQL server, which the tests start by themselves where it is installed.

#![allow(clippy::unwrap_used, reason = "a test")]

use whelm_release::{Release, Status};
use whelm_storage::{ErrorKind, Sql, SqlSource, Store};
use whelm_test::Postgres;

fn release(name: &str, namespace: &str, version: i64, status: Status) -> Release {
    let mut release = Release {
        name: name.into(),
        namespace: namespace.into(),
        version,
        ..Release::default()
    };
    release.info.status = status;
    release
}

fn labelled(mut release: Release, labels: &[(&str, &str)]) -> Release {
    release.labels = labels
        .iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect();
    release
}

fn sql(connection: &str) -> Sql {
    Sql::new(SqlSource::new(connection, |_| None))
}

fn labels(release: &Release) -> String {
    release
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value} "))
        .collect()
}

#[tokio::test]
async fn l_004_revisions() {
    let Some(server) = Postgres::start("revisions") else {
        return;
    };
    let database = sql(&server.connection("postgres"));
    let store = Store::sql(database.clone(), "ns");
    assert_eq!(store.last("web").await.unwrap_err().kind(), ErrorKind::NotFound);
    let first = labelled(
        release("web", "ns", 1, Status::Superseded),
        &[("team", "a'b"), ("owner", "me")],
    );
    store.create(&first).await.unwrap();
    let refused = store.create(&first).await.unwrap_err();
    assert_eq!(refused.to_string(), "release: already exists");
    store.create(&release("web", "ns", 2, Status::Deployed)).await.unwrap();
    store
        .create(&release("web", "ns", 10, Status::PendingUpgrade))
        .await
        .unwrap();
    Store::sql(database.clone(), "other")
        .create(&release("web", "other", 1, Status::Deployed))
        .await
        .unwrap();

    assert_eq!(labels(&store.get("web", 1).await.unwrap()), "team=a'b ");
    assert_eq!(store.get("web", 3).await.unwrap_err().to_string(), "release: not found");
    assert_eq!(store.last("web").await.unwrap().version, 10);
    assert_eq!(store.deployed("web").await.unwrap().version, 2);
    store.update(&release("web", "ns", 10, Status::Deployed)).await.unwrap();
    assert_eq!(store.deployed("web").await.unwrap().version, 10);
    let nowhere = store.update(&release("web", "ns", 11, Status::Deployed)).await;
    assert_eq!(nowhere.unwrap_err().kind(), ErrorKind::NotFound);

    let mut all = Vec::new();
    let every = Store::sql(database, "");
    every
        .for_each(|found| all.push(format!("{} {}: {}", found.namespace, found.version, labels(&found))))
        .await
        .unwrap();
    assert_eq!(
        all,
        [
            "ns 1: name=web owner=helm status=superseded team=a'b version=1 ",
            "other 1: name=web owner=helm status=deployed version=1 ",
            "ns 10: name=web owner=helm status=deployed version=10 ",
            "ns 2: name=web owner=helm status=deployed version=2 ",
        ]
    );

    let mut newest = Vec::new();
    let keep = |found: Release| newest.push(format!("{} {}: {}", found.namespace, found.version, labels(&found)));
    every.for_each_newest(|name| name == "web", keep).await.unwrap();
    assert_eq!(
        newest,
        [
            "other 1: name=web owner=helm status=deployed version=1 ",
            "ns 10: name=web owner=helm status=deployed version=10 ",
        ]
    );

    store.delete("web", 1).await.unwrap();
    assert_eq!(store.delete("web", 1).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(server.query("postgres", "SELECT count(*) FROM custom_labels_v1"), "0\n");
    let row =
        "SELECT key, type, name, owner, status, createdAt > 0, modifiedAt > 0 FROM releases_v1 WHERE version = 10";
    assert_eq!(
        server.query("postgres", row),
        "sh.helm.release.v1.web.v10|helm.sh/release.v1|web|helm|deployed|t|t\n"
    );
}

/// The oldest revisions go, but never the deployed one.
#[tokio::test]
async fn l_004_l_007_maximum_of_history() {
    let Some(server) = Postgres::start("maximum") else {
        return;
    };
    let mut store = Store::sql(sql(&server.connection("postgres")), "ns");
    store.create(&release("web", "ns", 1, Status::Deployed)).await.unwrap();
    store
        .create(&labelled(release("web", "ns", 2, Status::Failed), &[("a", "b")]))
        .await
        .unwrap();
    store.set_max_history(2);
    store.create(&release("web", "ns", 3, Status::Failed)).await.unwrap();
    let history = store.history("web").await.unwrap();
    assert_eq!(
        history.iter().map(|release| release.version).collect::<Vec<_>>(),
        [1, 3]
    );
}

/// A record and its labels are written together or not at all, and the texts say why not.
#[tokio::test]
async fn l_004_nothing_is_half_written() {
    let Some(server) = Postgres::start("half") else { return };
    let store = Store::sql(sql(&server.connection("postgres")), "ns");
    let value = "x".repeat(64);
    let wide = labelled(release("web", "ns", 1, Status::Deployed), &[("a", &value)]);
    assert_eq!(
        store.create(&wide).await.unwrap_err().to_string(),
        "pq: value too long for type character varying(63) (22001)"
    );
    assert_eq!(store.get("web", 1).await.unwrap_err().kind(), ErrorKind::NotFound);
    let name = "n".repeat(53);
    let long = labelled(release(&name, "ns", 1, Status::Deployed), &[("a", "b")]);
    assert_eq!(
        store.create(&long).await.unwrap_err().to_string(),
        format!(
            "pq: value too long for type character varying(64) (22001); Helm's table has no room for labels of releases with \
             names as long as {name:?}"
        )
    );
    store.create(&release(&name, "ns", 1, Status::Deployed)).await.unwrap();
    server.query("postgres", "DROP TABLE releases_v1");
    let failure = store.get(&name, 1).await.unwrap_err().to_string();
    assert_eq!(failure, "pq: relation \"releases_v1\" does not exist (42P01)");
}

/// Of many who come at once one makes the tables and one writes the record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l_004_many_at_once() {
    let Some(server) = Postgres::start("many") else { return };
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let store = Store::sql(sql(&server.connection("postgres")), "ns");
            tokio::spawn(async move { store.create(&release("web", "ns", 1, Status::Deployed)).await })
        })
        .collect();
    let mut written = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(()) => written += 1,
            Err(error) => assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}"),
        }
    }
    assert_eq!(written, 1);
}

/// A connection that broke is made again.
#[tokio::test]
async fn l_004_broken_connections() {
    let Some(server) = Postgres::start("broken") else {
        return;
    };
    let store = Store::sql(sql(&server.connection("postgres")), "ns");
    store.create(&release("web", "ns", 1, Status::Deployed)).await.unwrap();
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    assert_eq!(server.query("postgres", others), "t\n");
    // The news has to arrive first.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(store.last("web").await.unwrap().version, 1);
}

/// Tables of an older Helm get what they lack; those of a newer one are left alone.
#[tokio::test]
async fn l_004_migrations() {
    let Some(server) = Postgres::start("migrations") else {
        return;
    };
    let connect = || sql(&server.connection("postgres"));
    connect().connect().await.unwrap();
    let steps = "SELECT string_agg(id, ' ' ORDER BY applied_at, id DESC) FROM gorp_migrations";
    assert_eq!(server.query("postgres", steps), "init custom_labels\n");
    server.query(
        "postgres",
        "DROP TABLE custom_labels_v1; DELETE FROM gorp_migrations WHERE id = 'custom_labels'",
    );
    connect().connect().await.unwrap();
    assert_eq!(server.query("postgres", "SELECT count(*) FROM custom_labels_v1"), "0\n");
    server.query(
        "postgres",
        "UPDATE gorp_migrations SET id = 'later' WHERE id = 'custom_labels'",
    );
    assert_eq!(
        connect().connect().await.unwrap_err().to_string(),
        "unable to instantiate SQL driver: Unable to create migration plan because of later: unknown migration in database"
    );
}

/// Databases that cannot be used: what, where and what to do, without the password.
#[tokio::test]
async fn l_004_refusals() {
    let Some(server) = Postgres::start("refusals") else {
        return;
    };
    let port = server.port;
    let refusal = async |connection: &str| {
        let error = sql(connection).connect().await.unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        let place = format!("unable to instantiate SQL driver: connecting to 127.0.0.1:{port}: ");
        error.strip_prefix(&place).map_or(error.clone(), str::to_owned)
    };
    let wrong = format!("postgres://postgres:secret@127.0.0.1:{port}/postgres");
    assert_eq!(
        refusal(&format!("{wrong}?sslmode=disable")).await,
        "pq: password authentication failed for user \"postgres\" (28P01); check the user and the password of the connection \
         string, and what the server's pg_hba.conf lets in"
    );
    assert_eq!(
        refusal(&wrong).await,
        "pq: SSL is not enabled on the server; sslmode=disable connects without it"
    );
    assert_eq!(
        refusal(&server.connection("nowhere")).await,
        "pq: database \"nowhere\" does not exist (3D000); check the database of the connection string, or create it"
    );
    assert_eq!(
        refusal("postgres://u:secret@127.0.0.1:1/d").await,
        "unable to instantiate SQL driver: connecting to 127.0.0.1:1: connection refused; check that the server runs, and the \
         host and the port of the connection string"
    );
    let two = format!("host=127.0.0.1,127.0.0.1 port=1,{port} password=secret sslmode=disable");
    let both = refusal(&two).await;
    assert!(
        both.contains("could not connect to any of the hosts:\nconnecting to 127.0.0.1:1: connection refused"),
        "{both}"
    );
}

/// The Unix domain socket, hosts in turn, parameters of the session, and servers that are or are not what is asked for.
#[tokio::test]
async fn l_004_ways_to_connect() {
    let Some(server) = Postgres::start("ways") else { return };
    let (folder, base) = (server.folder.display(), server.connection("postgres"));
    let with = |more: &str| format!("{base} {more}");
    for connection in [
        // Nothing is encrypted over a socket.
        with(&format!("host={folder} sslmode=require")),
        with("sslmode=prefer"),
        with("sslmode=allow"),
        with(&format!(
            "host=127.0.0.1,127.0.0.1 port=1,{} load_balance_hosts=random",
            server.port
        )),
        with("target_session_attrs=read-write connect_timeout=10 application_name=a datestyle='ISO, MDY'"),
        with("target_session_attrs=prefer-standby"),
    ] {
        sql(&connection).connect().await.unwrap();
    }
    for (target, reason) in [
        ("standby", "server is not in hot standby mode"),
        ("read-only", "session is not read-only"),
    ] {
        let refused = sql(&with(&format!("target_session_attrs={target}"))).connect().await;
        assert!(refused.unwrap_err().to_string().ends_with(reason));
    }
    // The tables are where the parameters of the session say.
    server.query("postgres", "CREATE SCHEMA \"a b\"");
    let elsewhere = sql(&with("search_path='\"a b\"' options='-c statement_timeout=5000'"));
    Store::sql(elsewhere, "ns")
        .create(&release("web", "ns", 1, Status::Deployed))
        .await
        .unwrap();
    assert_eq!(
        server.query("postgres", "SELECT count(*) FROM \"a b\".releases_v1"),
        "1\n"
    );
    assert_eq!(server.query("postgres", "SELECT count(*) FROM releases_v1"), "0\n");
}
