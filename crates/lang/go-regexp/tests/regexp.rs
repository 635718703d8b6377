//! Compiling and matching; the expected values are those of Go 1.26.
#![allow(clippy::unwrap_used, reason = "a test")]

use go_regexp::{ErrorCode, Regexp, quote_meta};

fn error(expression: &str) -> String {
    Regexp::compile(expression).unwrap_err().to_string()
}

#[test]
fn t_032_errors_have_the_texts_of_go() {
    let texts = [
        ("a**", "invalid nested repetition operator: `**`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("(a", "missing closing ): `(a`"),
        ("a)", "unexpected ): `a)`"),
        ("[a", "missing closing ]: `[a`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
        (r"\p{Nope}", r"invalid character class range: `\p{Nope}`"),
        (r"\8", r"invalid escape sequence: `\8`"),
        ("\\", "trailing backslash at end of expression: ``"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?P<n", "invalid named capture: `(?P<n`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("(a{100}){11}", "invalid repeat count: `{11}`"),
    ];
    for (expression, text) in texts {
        assert_eq!(
            error(expression),
            format!("error parsing regexp: {text}"),
            "{expression}"
        );
    }
}

#[test]
fn nesting_is_limited_and_costs_no_stack() {
    let nested = |depth: usize| "(".repeat(depth) + "a" + &")".repeat(depth);
    assert!(Regexp::compile(nested(990)).unwrap().is_match(b"a"));
    assert_eq!(
        Regexp::compile(nested(1001)).unwrap_err().code(),
        ErrorCode::NestingDepth
    );
    assert_eq!(
        Regexp::compile(nested(100_000)).unwrap_err().code(),
        ErrorCode::NestingDepth
    );
    assert_eq!(
        Regexp::compile("(".repeat(100_000)).unwrap_err().code(),
        ErrorCode::MissingParen
    );
}

#[test]
fn size_is_limited() {
    let large = r"\pL{1000}".repeat(50);
    assert_eq!(Regexp::compile(large).unwrap_err().code(), ErrorCode::Large);
}

#[test]
fn invalid_bytes_are_one_rune_each() {
    let regexp = Regexp::compile("[^a]").unwrap();
    assert_eq!(
        regexp.replace_all(b"a\xff\xfe\xc3\xa9", b"<$0>"),
        b"a<\xff><\xfe><\xc3\xa9>"
    );
    assert_eq!(Regexp::compile("").unwrap().split(b"a\xffb", -1), [b"a", b"\xff", b"b"]);
}

#[test]
fn empty_matches_follow_the_rules_of_go() {
    let regexp = Regexp::compile("a*").unwrap();
    assert_eq!(regexp.find_all(b"baac", -1), [0..0, 1..3, 4..4]);
    assert_eq!(regexp.replace_all(b"baac", b"x"), b"xbxcx");
    assert_eq!(regexp.split(b"baac", -1), [&b"b"[..], b"c"]);
}

#[test]
fn replacements_name_groups() {
    let regexp = Regexp::compile("(?P<first>a)(b)?").unwrap();
    assert_eq!(regexp.names(), ["", "first", ""]);
    assert_eq!(regexp.replace_all(b"ab a", b"$first-$2-$$-${nope}$"), b"a-b-$-$ a--$-$");
    assert_eq!(quote_meta(b"1.2[a]"), br"1\.2\[a\]");
}
