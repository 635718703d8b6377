//! The life of an unchanged object of each kind, in all forms.

use serde_json::json;

use super::Book;
use crate::exchange::Step;
use crate::generated::{APPLY, METADATA, TABLE};

pub(super) fn write(book: &mut Book<'_>) {
    book.for_each("life", |script, kind| {
        let collection = kind.collection(&script.place);
        let path = format!("{collection}/{}", kind.name(&script.place, 0));
        let object = kind.example(&script.place, 0);
        script.post(&collection, &object);
        script.post(&collection, &object);
        script.get(&path);
        script.step(Step::plain("GET", path.clone()).accepting(METADATA));
        script.step(Step::plain("GET", path.clone()).accepting(TABLE));
        script.get(&format!("{collection}?labelSelector=diff%3D{}", script.place.namespace));
        script.step(
            Step::plain(
                "GET",
                format!("{collection}?labelSelector=diff%3D{}", script.place.namespace),
            )
            .accepting(TABLE),
        );
        script.put(&path, &object);
        script.get(&path);
        let mut with_label = object.clone();
        with_label["metadata"]["labels"]["more"] = json!("1");
        with_label["metadata"]["resourceVersion"] = json!("@rv@");
        script.put(&path, &with_label);
        script.put(&path, &with_label);
        script.patch(
            "application/merge-patch+json",
            &path,
            &json!({"metadata": {"annotations": {"a": "b"}}}),
        );
        script.patch(
            "application/merge-patch+json",
            &path,
            &json!({"metadata": {"annotations": {"a": "b"}}}),
        );
        script.patch(APPLY, &format!("{path}?fieldManager=helm"), &object);
        script.patch(APPLY, &format!("{path}?fieldManager=helm&force=true"), &object);
        script.patch(APPLY, &format!("{path}?fieldManager=helm&force=true"), &object);
        script.get(&format!("{path}/status"));
        script.step(Step::json(
            "DELETE",
            &path,
            &json!({"preconditions": {"uid": "nobody"}}),
        ));
        script.step(Step::json(
            "DELETE",
            &path,
            &json!({"preconditions": {"resourceVersion": "1"}}),
        ));
        script.step(Step::json("DELETE", &path, &json!({"preconditions": {"uid": "@uid@"}})));
        script.get(&path);
        let mut other = kind.example(&script.place, 1);
        script.patch(
            APPLY,
            &format!("{collection}/{}?fieldManager=helm", kind.name(&script.place, 1)),
            &other,
        );
        other["metadata"]["labels"] = json!({"own": "x"});
        script.patch(
            APPLY,
            &format!("{collection}/{}?fieldManager=helm", kind.name(&script.place, 1)),
            &other,
        );
        script.delete(&format!("{collection}/{}", kind.name(&script.place, 1)));
    });
}
