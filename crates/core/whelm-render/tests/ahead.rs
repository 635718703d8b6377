//! Templates that were parsed ahead render to what they would have rendered to, also where the guess was wrong.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::sync::Arc;

use go_sprig::FixedHost;
use go_value::Map;
use whelm_chart::{Chart, File, Log, load_files};
use whelm_render::{
    Ahead, BuildInfo, Capabilities, Likely, Mode, ReleaseOptions, RenderInput, Rendered, World, render_ahead,
};
use whelm_values::{SharedValues, is_likely_enabled};

/// A chart that is large enough to be parsed ahead, with a chart below it under two aliases, one of them disabled, and a second
/// one that nothing is said of.
fn chart(broken: &str) -> Chart {
    let large = format!(
        "{{{{- /* {} */ -}}}}\nname: {{{{ .Release.Name }}}}\n",
        "x".repeat(250_000)
    );
    let files = [
        (
            "Chart.yaml",
            "apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n\
             - {name: below, version: 1.0.0, alias: one}\n\
             - {name: below, version: 1.0.0, alias: two, condition: two.enabled}\n\
             - {name: other, version: 1.0.0, condition: other.enabled}\n",
        ),
        ("values.yaml", "two: {enabled: false}\nother: {enabled: true}\n"),
        ("templates/large.yaml", &large),
        ("templates/broken.yaml", broken),
        (
            "charts/below/Chart.yaml",
            "apiVersion: v2\nname: below\nversion: 1.0.0\n",
        ),
        (
            "charts/below/templates/a.yaml",
            "below: {{ .Chart.Name }} {{ template \"b\" }}\n",
        ),
        ("charts/below/templates/_b.tpl", "{{ define \"b\" }}from below{{ end }}"),
        (
            "charts/other/Chart.yaml",
            "apiVersion: v2\nname: other\nversion: 1.0.0\n",
        ),
        (
            "charts/other/templates/a.yaml",
            "key: {{ genPrivateKey \"ed25519\" | len }}\n",
        ),
    ];
    let files = files.map(|(name, text)| File::new(name, text.to_owned()));
    load_files(files.into(), &mut Log::default()).unwrap()
}

/// Renders with and without parsing ahead; also tells whether keys were expected.
fn both_ways(mut chart: Chart, likely: &Likely<'_>) -> ([Result<Rendered, String>; 2], bool) {
    let world = World::new(Arc::new(FixedHost::new(1_700_000_000, 1)));
    let ahead = Ahead::new(&chart, Mode::Normal, &world, likely).unwrap();
    let (config, mut log) = (Map::new(), Log::default());
    std::thread::scope(|scope| {
        scope.spawn(|| ahead.work());
        whelm_values::process_dependencies(&mut chart, &config, &mut log).unwrap();
        ahead.finish(&chart);
    });
    let SharedValues { values, shared } = whelm_values::coalesce_shared_values(&chart, &config, &mut log).unwrap();
    let input = RenderInput {
        chart: &chart,
        values: &values,
        shared: &shared,
        release: &ReleaseOptions::default(),
        capabilities: &Capabilities::offline(BuildInfo::default()),
        mode: Mode::Normal,
    };
    let rendered = |ahead| render_ahead(&input, &world, ahead, &mut Log::default()).map_err(|error| error.to_string());
    ([rendered(Some(&ahead)), rendered(None)], ahead.may_make_keys())
}

#[test]
fn renders_the_same() {
    let guesses: [&Likely<'_>; 3] = [
        &|chart, dependency| is_likely_enabled(chart, dependency, &Map::new()),
        &|_, _| true,
        &|_, _| false,
    ];
    for likely in guesses {
        let ([ahead, plain], may_make_keys) = both_ways(chart("a: b\n"), likely);
        assert_eq!(ahead, plain);
        let texts: Vec<String> = plain.unwrap().files.iter().map(|(_, text)| text.to_string()).collect();
        assert!(texts.contains(&"below: one from below\n".to_owned()), "{texts:?}");
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert!(may_make_keys);
    }
}

#[test]
fn mistakes_are_found_in_their_turn() {
    let ([ahead, plain], _) = both_ways(chart("a: {{ .b }\n"), &|_, _| true);
    assert_eq!(ahead, plain);
    assert!(ahead.unwrap_err().contains("top/templates/broken.yaml:1"));
}

#[test]
fn small_charts_are_not_worth_it() {
    let files = [
        ("Chart.yaml", "apiVersion: v2\nname: small\nversion: 1.0.0\n"),
        ("templates/a.yaml", "a: b\n"),
    ];
    let files = files.map(|(name, text)| File::new(name, text.to_owned()));
    let chart = load_files(files.into(), &mut Log::default()).unwrap();
    let world = World::new(Arc::new(FixedHost::new(1_700_000_000, 1)));
    assert!(Ahead::new(&chart, Mode::Normal, &world, &|_, _| true).is_none());
}
