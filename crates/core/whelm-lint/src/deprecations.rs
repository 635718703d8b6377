//! The rule about APIs that Kubernetes is giving up.
//!
//! Source: Helm 4.3.1, `pkg/chart/v2/lint/rules/deprecations.go`; apiserver 0.37.1, `pkg/endpoints/deprecation`.

use whelm_render::KubeVersion;

use crate::deprecated_apis::DEPRECATED_APIS;
use crate::object::Object;

/// A version of Kubernetes: major and minor.
pub(crate) type Release = (u64, u64);

/// An API version of a kind that is given up.
pub(crate) struct DeprecatedApi {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    /// The release in which it is first called deprecated.
    pub(crate) deprecated: Release,
    /// The first release without it.
    pub(crate) removed: Option<Release>,
    /// API version and kind of what takes its place.
    pub(crate) replacement: Option<&'static str>,
}

pub(crate) fn check(object: &Object, version: &KubeVersion) -> Result<(), String> {
    if object.api_version.is_empty() || object.kind.is_empty() {
        return Ok(());
    }
    let key = (object.api_version.as_str(), object.kind.as_str());
    let found = DEPRECATED_APIS.binary_search_by(|api| (api.api_version, api.kind).cmp(&key));
    let Ok(index) = found else { return Ok(()) };
    let api = &DEPRECATED_APIS[index];
    let number = |text: &str| text.parse::<u64>().map_err(|_| not_a_number(text));
    let current = (number(&version.major)?, number(&version.minor)?);
    if current != (0, 0) && api.deprecated > current {
        return Ok(());
    }
    Err(message(api))
}

fn not_a_number(text: &str) -> String {
    let text = go_value::strconv::quote(text.as_bytes());
    format!("strconv.Atoi: parsing {text}: invalid syntax")
}

fn message(api: &DeprecatedApi) -> String {
    let (major, minor) = api.deprecated;
    let mut text = format!("{} {} is deprecated in v{major}.{minor}+", api.api_version, api.kind);
    if let Some((major, minor)) = api.removed {
        text.push_str(&format!(", unavailable in v{major}.{minor}+"));
    }
    if let Some(replacement) = api.replacement {
        text.push_str(&format!("; use {replacement}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// H-016: the table is sorted, which the search relies on, and its messages are Kubernetes'.
    #[test]
    fn h_016_deprecated_apis() {
        let sorted = DEPRECATED_APIS.is_sorted_by_key(|api| (api.api_version, api.kind));
        assert!(sorted);
        let object = |api_version: &str, kind: &str| Object {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            name: String::new(),
        };
        let version = |text: &str| KubeVersion::parse(text).unwrap();
        let cron_job = object("batch/v1beta1", "CronJob");
        assert_eq!(
            check(&cron_job, &version("1.21")).unwrap_err(),
            "batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob"
        );
        assert_eq!(check(&cron_job, &version("1.20")), Ok(()));
        assert_eq!(check(&object("batch/v1", "CronJob"), &version("1.37")), Ok(()));
    }
}
