//! YAML with comments: nodes can always be written, and post-rendering takes any text.
#![no_main]
use go_yaml::nodes::{self, Encoder, Layout};
use go_yaml::typed::{self, Type, UnknownFields};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(Some(tree)) = nodes::read(data) {
        for layout in [Layout::KYAML, Layout::MARSHAL] {
            let mut encoder = Encoder::new(layout);
            encoder.encode(&tree, tree.root).expect("a read node can be written");
            let _ = nodes::read(&encoder.finish());
        }
        let _ = typed::node_to_json(&tree, tree.root);
    }
    if let Ok(Some(value)) = typed::decode(data, &Type::Any, UnknownFields::Refuse) {
        let _ = typed::marshal(&value);
    }
    let files = [("a/templates/b.yaml".into(), data.into())];
    if let Ok(stream) = whelm_postrender::combine(&files) {
        let _ = whelm_postrender::split(&stream);
    }
    let _ = whelm_postrender::split(data);
});
