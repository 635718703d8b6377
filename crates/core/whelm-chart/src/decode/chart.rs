//! The structs of the chart.

use super::{Decoder, Source};
use crate::{Dependency, Lock, Maintainer, Metadata};

impl Decoder {
    pub(super) fn metadata<S: Source>(&mut self, value: &S, target: &mut Metadata) {
        let go_type = self.type_name("Metadata");
        self.object(value, "Metadata", &go_type, target, Self::metadata_field);
    }

    /// Reads a field of the metadata, by its name in lower case; false when there is none of that name.
    pub fn metadata_field<S: Source>(&mut self, key: &str, value: &S, target: &mut Metadata) -> bool {
        match key {
            "name" => self.field("name", |this| this.string(value, &mut target.name)),
            "home" => self.field("home", |this| this.string(value, &mut target.home)),
            "sources" => self.field("sources", |this| this.strings(value, &mut target.sources)),
            "version" => self.field("version", |this| this.string(value, &mut target.version)),
            "description" => self.field("description", |this| this.string(value, &mut target.description)),
            "keywords" => self.field("keywords", |this| this.strings(value, &mut target.keywords)),
            "maintainers" => self.field("maintainers", |this| {
                this.pointers(
                    value,
                    &this.list_of("Maintainer"),
                    &mut target.maintainers,
                    Self::maintainer,
                );
            }),
            "icon" => self.field("icon", |this| this.string(value, &mut target.icon)),
            "apiversion" => self.field("apiVersion", |this| this.string(value, &mut target.api_version)),
            "condition" => self.field("condition", |this| this.string(value, &mut target.condition)),
            "tags" => self.field("tags", |this| this.string(value, &mut target.tags)),
            "appversion" => self.field("appVersion", |this| this.string(value, &mut target.app_version)),
            "deprecated" => self.field("deprecated", |this| this.bool(value, &mut target.deprecated)),
            "annotations" => self.field("annotations", |this| this.string_map(value, &mut target.annotations)),
            "kubeversion" => self.field("kubeVersion", |this| this.string(value, &mut target.kube_version)),
            "dependencies" => self.field("dependencies", |this| {
                this.pointers(
                    value,
                    &this.list_of("Dependency"),
                    &mut target.dependencies,
                    Self::dependency,
                );
            }),
            "type" => self.field("type", |this| this.string(value, &mut target.chart_type)),
            _ => false,
        }
    }

    fn list_of(&self, name: &str) -> String {
        format!("[]*{}", self.type_name(name))
    }

    fn maintainer<S: Source>(&mut self, value: &S, target: &mut Maintainer) {
        let go_type = self.type_name("Maintainer");
        self.object(
            value,
            "Maintainer",
            &go_type,
            target,
            |this, key, value, target| match key {
                "name" => this.field("name", |this| this.string(value, &mut target.name)),
                "email" => this.field("email", |this| this.string(value, &mut target.email)),
                "url" => this.field("url", |this| this.string(value, &mut target.url)),
                _ => false,
            },
        );
    }

    fn dependency<S: Source>(&mut self, value: &S, target: &mut Dependency) {
        let go_type = self.type_name("Dependency");
        self.object(
            value,
            "Dependency",
            &go_type,
            target,
            |this, key, value, target| match key {
                "name" => this.field("name", |this| this.string(value, &mut target.name)),
                "version" => this.field("version", |this| this.string(value, &mut target.version)),
                "repository" => this.field("repository", |this| this.string(value, &mut target.repository)),
                "condition" => this.field("condition", |this| this.string(value, &mut target.condition)),
                "tags" => this.field("tags", |this| this.strings(value, &mut target.tags)),
                "enabled" => this.field("enabled", |this| this.bool(value, &mut target.enabled)),
                "import-values" => this.field("import-values", |this| this.any_list(value, &mut target.import_values)),
                "alias" => this.field("alias", |this| this.string(value, &mut target.alias)),
                _ => false,
            },
        );
    }

    pub(super) fn lock<S: Source>(&mut self, value: &S, target: &mut Lock) {
        let go_type = self.type_name("Lock");
        self.object(value, "Lock", &go_type, target, |this, key, value, target| match key {
            "generated" => this.field("generated", |this| this.time(value, &mut target.generated)),
            "digest" => this.field("digest", |this| this.string(value, &mut target.digest)),
            "dependencies" => this.field("dependencies", |this| {
                this.pointers(
                    value,
                    &this.list_of("Dependency"),
                    &mut target.dependencies,
                    Self::dependency,
                );
            }),
            _ => false,
        });
    }
}
