//! Getting and listing: selectors, pages, versions, forms.

use serde_json::json;

use super::Book;
use crate::exchange::Step;
use crate::generated::{METADATA, METADATA_LIST, TABLE};

const LABEL_SELECTORS: &[&str] = &[
    "",
    "app=a",
    "app==a",
    "app!=a",
    "app",
    "!app",
    "app+in+(a,b)",
    "app+notin+(a)",
    "app+in+()",
    "app=",
    "tier=x,app=a",
    "app,tier",
    "n>1",
    "n<3",
    "n>x",
    "a=b=c",
    "app+in+a",
    "app+in+(a",
    "=a",
    "app+of+(a)",
    "UP/x=y",
    "a%20b",
    "app=a,",
    ",app=a",
    "app=%C3%BC",
    "x.example.com/y=z",
    "app+in+(a,b),tier!=x",
    "app=this-value-is-longer-than-sixty-three-characters-which-is-too-much-0",
];
const FIELD_SELECTORS: &[&str] = &[
    "",
    "metadata.name=c1",
    "metadata.name!=c1",
    "metadata.name==c1",
    "metadata.namespace=default",
    "metadata.name=c1,metadata.namespace!=default",
    "data.a=1",
    "metadata.labels=1",
    "metadata.name",
    "metadata.name=",
    "=",
    "a=b=c",
    "metadata.name=c1\\,x",
    "status.phase=Running",
];

pub(super) fn write(book: &mut Book<'_>) {
    book.add("selectors", |script| {
        for (name, labels) in [
            ("c1", json!({"app": "a", "tier": "x", "n": "2"})),
            ("c2", json!({"app": "b", "n": "1"})),
            ("c3", json!({"tier": "y"})),
            ("c4", json!({"x.example.com/y": "z"})),
            ("c5", json!({"app": ""})),
        ] {
            script.config_map(name, &labels);
        }
        let path = script.core("configmaps");
        for selector in LABEL_SELECTORS {
            script.step(Step::plain("GET", format!("{path}?labelSelector={selector}")).accepting(METADATA_LIST));
        }
        for selector in FIELD_SELECTORS {
            script.step(Step::plain("GET", format!("{path}?fieldSelector={selector}")).accepting(METADATA_LIST));
        }
        script.get(&format!(
            "{path}?labelSelector=app%3Da&fieldSelector=metadata.name%3Dc2"
        ));
        script.delete(&format!("{path}?labelSelector=app+in+(a"));
        script.get(&format!("{path}?watch=true&labelSelector=app+in+(a"));
    });
    book.add("pages", |script| {
        for index in 0..7 {
            script.config_map(&format!("c{index}"), &json!({"even": (index % 2 == 0).to_string()}));
        }
        let path = script.core("configmaps");
        for query in [
            "limit=3",
            "limit=3&continue=@continue@",
            "limit=3&continue=@continue@",
            "limit=7",
            "limit=0",
            "limit=-1",
            "limit=x",
            "limit=2&labelSelector=even%3Dtrue",
            "limit=2&labelSelector=even%3Dtrue&continue=@continue@",
            "limit=2&fieldSelector=metadata.name%3Dc3",
            "continue=garbage",
            "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NSwic3RhcnQiOiJ4In0",
            "limit=3&resourceVersion=0",
            "limit=2&continue=x&resourceVersion=1",
            "resourceVersion=0",
            "resourceVersion=1",
            "resourceVersion=@rv@",
            "resourceVersion=@rv@&resourceVersionMatch=Exact",
            "resourceVersionMatch=Exact",
            "resourceVersion=0&resourceVersionMatch=Exact",
            "resourceVersion=0&resourceVersionMatch=NotOlderThan",
            "resourceVersion=@rv@&resourceVersionMatch=NotOlderThan",
            "resourceVersion=@rv@&resourceVersionMatch=Odd",
            "resourceVersion=abc",
            "resourceVersion=-1",
            "resourceVersion=99999999999&timeoutSeconds=1",
            "sendInitialEvents=true",
            "sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
            "timeoutSeconds=x",
            "allowWatchBookmarks=x",
        ] {
            script.step(Step::plain("GET", format!("{path}?{query}")).accepting(METADATA_LIST));
        }
        for query in ["", "resourceVersion=0", "resourceVersion=@rv@", "resourceVersion=abc"] {
            script.get(&format!("{path}/c1?{query}"));
        }
        script.step(Step::plain("GET", format!("{path}?limit=2")).accepting(TABLE));
    });
    book.add("forms", |script| {
        script.config_map("m", &json!({"a": "b"}));
        let path = script.core("configmaps");
        for accept in [
            METADATA,
            METADATA_LIST,
            TABLE,
            "application/yaml",
            "application/json, */*",
            "*/*",
            "text/html",
            "application/xml",
            "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
            "application/json;as=Table;v=v2;g=meta.k8s.io",
            "application/json;as=Odd;v=v1;g=meta.k8s.io",
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
            "application/json;stream=watch",
            "application/xml,application/json",
            "application/json;q=0.5",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
        ] {
            script.step(Step::plain("GET", format!("{path}/m")).accepting(accept));
            script.step(Step::plain("GET", path.clone()).accepting(accept));
            script.step(
                Step::patch(
                    "application/merge-patch+json",
                    format!("{path}/m?dryRun=All"),
                    &json!({"data": {"z": "1"}}),
                )
                .accepting(accept),
            );
        }
        for query in [
            "includeObject=None",
            "includeObject=Metadata",
            "includeObject=Object",
            "includeObject=Odd",
        ] {
            script.step(Step::plain("GET", format!("{path}?{query}")).accepting(TABLE));
        }
    });
    book.for_each("absent", |script, kind| {
        let path = kind.collection(&script.place);
        let name = kind.name(&script.place, 0);
        script.get(&format!("{path}/{name}"));
        script.delete(&format!("{path}/{name}"));
        script.put(&format!("{path}/{name}"), &kind.example(&script.place, 0));
        script.patch("application/merge-patch+json", &format!("{path}/{name}"), &json!({}));
        script.get(&format!("{path}/{name}/status"));
        script.get(&format!("{path}?labelSelector=none%3Dsuch"));
        script.step(Step::plain("GET", format!("{path}?labelSelector=none%3Dsuch")).accepting(METADATA_LIST));
        script.get(&format!("{path}?labelSelector=none%3Dsuch&fieldSelector=spec.odd%3D1"));
    });
}
