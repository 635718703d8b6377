//! Watches. They end after a second, so that their events can be compared as a whole.

use serde_json::json;

use super::Book;
use crate::exchange::Step;
use crate::generated::{METADATA_LIST, TABLE};

pub(super) fn write(book: &mut Book<'_>) {
    book.add("watch", |script| {
        let path = script.core("configmaps");
        script.config_map("a", &json!({"app": "a"}));
        script.config_map("b", &json!({"app": "b"}));
        script.patch(
            "application/merge-patch+json",
            &format!("{path}/a"),
            &json!({"metadata": {"labels": {"app": "c"}}}),
        );
        script.delete(&format!("{path}/b"));
        script.config_map("d", &json!({"app": "a"}));
        // Step 2 is the creation of the first one, after the namespace and its account.
        for query in [
            "resourceVersion=@rv:2@",
            "resourceVersion=@rv:2@&labelSelector=app%3Da",
            "resourceVersion=@rv:2@&fieldSelector=metadata.name%3Da",
            "",
            "resourceVersion=0",
            "labelSelector=app%3Da",
            "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
            "sendInitialEvents=true",
            "resourceVersion=abc",
            "resourceVersionMatch=NotOlderThan",
            "sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=@rv:2@",
            "fieldSelector=spec.odd%3D1",
        ] {
            script.get(&format!("{path}?watch=true&timeoutSeconds=1&{query}"));
        }
        script.get(&format!("{path}/a?watch=true&timeoutSeconds=1"));
        script.get(&format!(
            "/api/v1/watch/namespaces/{}/configmaps?timeoutSeconds=1&resourceVersion=@rv:2@",
            script.place.namespace
        ));
        script.step(
            Step::plain(
                "GET",
                format!("{path}?watch=true&timeoutSeconds=1&resourceVersion=@rv:2@"),
            )
            .accepting(TABLE),
        );
        script.step(
            Step::plain(
                "GET",
                format!("{path}?watch=true&timeoutSeconds=1&resourceVersion=@rv:2@"),
            )
            .accepting(METADATA_LIST),
        );
        script.step(
            Step::plain(
                "GET",
                format!("{path}?watch=true&timeoutSeconds=1&resourceVersion=@rv:2@"),
            )
            .accepting("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"),
        );
    });
}
