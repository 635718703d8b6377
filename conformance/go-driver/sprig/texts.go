package main

import (
	"strconv"
	"strings"
)

var plainTexts = []string{
	"", "a", "b", "abc", "hello world", "Hello World", "foo,bar,baz", "a-b_c d", "äöü", "Ünïcödé Straße", "日本語 テスト", "  trim me\t\n",
	"1", "42", "-7", "0x1F", "0b101", "0o17", "017", "08", "1_000", "1.5", "2.0", "1.50", "1e3", "9223372036854775808", "-9223372036854775809",
	" 5", "5 ", "+5", "inf", "NaN", "true", "null", "\xff", "a\xffb", "\xe4\xb8", "line one\nline two\r\nthree", "\t", "'quoted' \"text\"",
	"back\\slash", "<b>&amp;</b>", "FirstName", "HTTPServer20xOK", "GO_PATH-is great", "http2xx", "Bld4Floor3rd", "__a__b--c", "a..b", "...",
	"ǆ ǅ ǉ ß ŉ ΐ ᾳ", "İstanbul ıI", "ﬁ ſ K", "\u00a0nb\u0085sp\u2028", "a\x00b", "😀 emoji 😀", "éa\u0301", "Now is the time for all good men",
	"supercalifragilistic word", "aaa", "aaaa", "ab", "x=1;y=2", "1,2,3", "Ⅷ ⅷ ª º", "ა Ა", "$1", "%d %s", "{{ x }}", "`tick`", "-", "_", " ", ",", "/",
}

var expressions = []string{
	"a", "a*", "a+?", "(a)(b)?", "(?P<n>\\w+)", "(?<n>[a-c]+)x?", "[^a]", "[[:alpha:]]+", "[[:^digit:]]", "\\d+", "\\s+", "\\S+", "\\W", "\\bh", "\\B.",
	"^", "$", "^a|b$", "(?m)^l", "(?i)HELLO", "(?i)k|ſ", "(?s).", "(?U)a+", ".", "", "|", "a|b|", "()", "(|a)*", "(a*)*", "(a|b)*?c", "x{2}", "a{1,2}", "a{,2}",
	"a{2,1}", "a{1001}", "(a{100}){11}", "(a{10}){100}", "a**", "a+*", "*", "+a", "(", ")", "a)", "[", "[a", "[z-a]", "[]a]", "[^]a]", "[a-]", "[-a]", "[a-\\d]",
	"\\", "\\8", "\\1", "\\0", "\\07", "\\x41", "\\x{1F600}", "\\x{110000}", "\\x{", "\\xg", "\\pL", "\\p{Greek}", "\\P{Lu}", "\\p{^Lu}", "\\pN+", "\\p{Nope}", "\\p{",
	"\\Qa.b\\E+", "\\Q", "\\C", "\\z", "\\A", "\\Z", "(?x)a", "(?i-s:a)", "(?-i)a", "(?-)a", "(?i", "(?P<n", "(?P<>a)", "(?P<n!>a)", "(?=a)", "(?<!a)", "(?P=n)",
	"\xff", "a\xff", "[\xff]", "日", "[日-語]", "(?i)ü", "\\ü", "[[:nope:]]", "[[.a.]]", "[\\Q]", "(?i)[^k]", "(?i)\\w", "\\pZ", "(?i)\\p{Lu}", "a{0}", "(a){0}b", "(?:a|ab)(?:c|bcd)",
	"[a-z]+://[^/]+", "([^,]*),?", "\\.", "\\_", "\\-", "\\a\\f\\n\\r\\t\\v", "(?m)$", "(?m:^a)$", "\\p{Letter}", "\\p{any}", "\\p{Assigned}", "\\p{ascii}", "(?i)\\p{ascii}", "\\p{cn}",
	"[\\x{D800}-\\x{E000}]", "\\x{D800}", "(?i)\\x{130}", "a{1,1000}", "a{,}", "{", "{1}", "a{01}", "a{1", "(a)(?P<b>b)(?P<b>c)", "\\p{Old_Italic}", "\\b", "\\B", "\\b\\b", "$^", "(?:^)*", "\\w+\\b",
}

var replacements = []string{"", "x", "$0", "$1", "${1}", "${1}x", "$1x", "$n", "${n}", "$$", "$", "${", "${}", "${1", "$01", "$1000000000", "$b$2", "[$0]", "ä$1ö", "$é", "${n}${1}"}

var versions = []string{
	"1.2.3", "v1.2.3", "1.2", "1", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-alpha.beta", "1.2.3-1", "1.2.3-01", "1.2.3+meta", "1.2.3-rc.1+build.5", "0.0.0", "0.2.3", "0.0.3",
	"2.0.0", "1.10.0", "01.2.3", "1.2.3.4", "", "x", "1.x", "V1", "1.2.3-", "1.2.3+", "1.2.3-a..b", "1.2-beta", "1-beta", "99999999999999999999.0.0", "1.2.3-99999999999999999999", "1.2.3 ", " 1.2.3", "1..2", "-1", "1.2.3-α",
}

var constraints = []string{
	"*", "x", "", "1", "1.2", "1.2.3", "=1.2.3", "!=1.2.3", "!=1.2", "!=1", ">1.2.3", ">1", ">1.2", "<1.2.3", "<2", ">=1.2.3", "=>1.2", "<=1.2.3", "=<1.2", "<=1", "~1.2.3", "~1.2", "~1", "~>1.2", "~0", "~0.0.0", "~*",
	"^1.2.3", "^1.2", "^1", "^0.2.3", "^0.2", "^0.0.3", "^0.0", "^0", "^*", ">0.0.0-0", "^1.2.3-0", ">=1.0.0 <2.0.0", ">=1.0.0, <2.0.0", ">=1.0.0,<2.0.0", ">= 1.0.0 || < 0.5", "1 || 2", "1.2 - 2.0", "1.2.3 - 1.4", "1.0-alpha - 2", "1.x.x",
	"1.X", "1.*", "v1.2", ">=v1.2", "1.2.3-alpha", "~1.2.3-alpha", "1 2", "1,,2", "1,", ",1", "||", "1||", ">", "=", "==1", "><1", "1.2.3.4", "> 1 , < 3", "1|2", "1x", "not a version", ">=1.2-0", "!=1.2.x", "!=1.2-alpha", "!=*", ">*", "<*", ">=*", "<=*", "=*",
	"01.2", "1.2.3 - 2.0.0 || 3 - 4", ">=1-2", "1 - 2 - 3", "\xff", "^1.2.3+meta", "> 1.2.3 - 2.0",
}

var urls = []string{
	"http://example.com", "https://user:pa%20ss@example.com:8080/a/b?x=1&y=2#frag", "//host/path", "/path/only?q", "mailto:a@b.c", "host:80", "a:b:c", "1a:b", ":x", "http://[::1]:80/", "http://[::1", "http://[fe80::1%25eth0]/", "http://a[b]/",
	"http://a:b:c/", "x://a:b:1/", "http://a:x/", "http://a b/", "http://a%20b/", "http://%41/", "http://%e4/", "%zz", "http://h/%zz", "http://h/a%2fb", "http://h/#%zz", "*", "?", "?a?b", "http://h?", "#f#g", "a/b:c", "http://u@h@i/", "http://u^@h/", "\x7f", "///a", "////a//b",
	"HTTP://H/", "http:///p", "http://[1.2.3.4]/", "http://[::ffff:1.2.3.4]", "http://[1:2:3:4:5:6:7:8:9]", "http://[::1::2]", "http://[12345::]", "http://[g::]", "http://[1::2:3:4:5:6:7:8]", "http://[1:2]", "http://[]", "http://[::1]x", "http://é/ü?ö#ä", "http://h/a b<>", "s:o?q#f", "http://u:@h", "http://:p@h", "http://h:", "http://h:80x", "http://[v1.x]/",
}

var encoded = []string{"", "YQ==", "YWI=", "YWJj", "YQ", "YQ=", "YQ==x", "Y\nQ=\n=\n", "====", "Y===", "YWJjZA==", "YW Jj", "a", "ab", "abc", "YWJ\xff", "ME======", "MFRA====", "MFRGG===", "MFRGGZA=", "MFRGGZDF", "M", "ME=====", "MFR=====", "mfra====", "MFRA\n====", "ME======x", "MFRGGZDFM", "M=======", "YQ==\n", "=YQ=", "YQ=a", "MFRG====", "MFRGGZ=="}

var jsons = []string{"{}", "[]", "1", "1.5", "1e400", "\"a\"", "\"\\u00e4\\ud83d\"", "true", "nul", "{\"a\":1,\"a\":[1,{\"b\":null}]}", "{a:1}", "[1,]", "[1", "{\"a\"", " 1 ", "1 2", "\"\n\"", "\"\xff\"", "-", "01", "\"\\x\"", "12345678901234567890", "", "{\"<\":\"&\"}"}

var paths = []string{"", "/", "//", "a", "/a", "a/b.c", "a/b/", "../a", "a/../..", "/..", "./a/./b", "a//b", ".", "..", "a.b.c", "/a.b/c", ".hidden", "a/.x", "C:\\x", "a/..", "/../a/"}

// text writes a literal of a text that suits the parameter.
func (g generator) text(name string, index int) string {
	pool := plainTexts
	lower := strings.ToLower(name)
	switch {
	case g.Intn(15) == 0:
	case strings.Contains(lower, "regex") && index == 0 && name != "regexQuoteMeta":
		pool = expressions
	case strings.Contains(lower, "regexreplace") && index == 2:
		pool = replacements
	case name == "semver" || name == "semverStrict" || (name == "semverCompare" || name == "semverValidate") && index == 1:
		pool = versions
	case strings.HasPrefix(name, "semver"):
		return strconv.Quote(g.constraint())
	case strings.HasPrefix(name, "url"):
		pool = urls
	case strings.HasPrefix(name, "b64") || strings.HasPrefix(name, "b32"):
		pool = encoded
	case strings.HasSuffix(lower, "fromjson"):
		pool = jsons
	case name == "get" || name == "hasKey" || name == "unset" || name == "set" || name == "pluck" || name == "pick" || name == "omit":
		pool = []string{"a", "b", "c", "", "1", "host"}
	case strings.HasSuffix(lower, "base") || strings.HasSuffix(lower, "dir") || strings.HasSuffix(lower, "clean") || strings.HasSuffix(lower, "ext") || strings.HasSuffix(lower, "isabs"):
		pool = paths
	}
	text := g.pick(pool)
	if g.Intn(3) == 0 {
		if made := g.fragments(name, index); made != "" {
			text = made
		}
	}
	if g.Intn(8) == 0 {
		text += g.pick(pool)
	}
	if g.Intn(12) == 0 && len(text) > 1 {
		cut := g.Intn(len(text))
		text = text[cut:]
	}
	return strconv.Quote(text)
}

func (g generator) constraint() string {
	text := g.pick(constraints)
	if g.Intn(3) == 0 {
		return g.fragments("semver", 0)
	}
	for g.Intn(4) == 0 {
		text += g.pick([]string{" ", ",", ", ", " || ", "||", " - ", "-"}) + g.pick(constraints)
	}
	return text
}

var expressionFragments = strings.Fields(`a b c ab x ä 日 k K ſ . .* .+ ^ $ \\d \\w \\W \\s \\S \\b \\B \\. \\pL \\p{Lu} \\P{Ll} \\p{Latin} [a-c] [^a] [^\\n] [[:upper:]]
	( (?: (?i) (?i: (?s) (?m) (?U) (?P<n> (?-i) ) ) ) ) | | * + ? *? +? ?? {2} {1,3} {2,} {0,1} {3}? \\Q.\\E \\x41 [ ] - , 1 2 _ / : \\ { } $$ () (|a) \\z \\A`)

var wordFragments = []string{"a", "b", "ab", "Ab", "AB", "ABc", "aB", "1", "22", "_", "-", " ", "__", "--", ".", ",", "!", "ä", "Ä", "ÄÖ", "日", "本", "٣", "Ⅷ", "½", "$", "😀", "\xff", "ǆ", "ǅ", "\u2028", "\t", "x9", "Z", "ß", "İ"}

var versionFragments = []string{"1", "0", "2", "10", ".", ".", ".", "-", "+", "a", "rc", "alpha.1", "x", "*", "v", " ", ",", "||", "|", ">", "<", "=", ">=", "<=", "~", "^", "!=", "~>", " - ", "1.2.3", "1.2", "-0", "01"}

var urlFragments = []string{"http", "https", "x", ":", "//", "/", "/", "?", "#", "@", "a", "b.c", "[", "]", "::1", "1", "80", "%", "%41", "%e4", "%25", "%2f", "%zz", " ", "+", "&", "=", ";", "é", "u:p@", "h", "..", "*", "'", "\"", "<", "[::1]"}

var encodedFragments = []string{"YQ", "YWJj", "=", "=", "==", "\n", "\r\n", "MFRA", "MFRGGZDF", "A", "a", "b", "2", "7", "8", "1", "+", "/", "-", " ", "\xff"}

var jsonFragments = []string{"{", "}", "[", "]", ",", ":", "\"a\"", "\"", "1", "-", "1.5", "e5", "true", "false", "null", "nu", " ", "\n", "\\u00e4", "\\ud800", "\\n", "\\x", "ä", "\xff", "0", "1e309"}

// fragments joins random pieces of what suits the parameter.
func (g generator) fragments(name string, index int) string {
	lower := strings.ToLower(name)
	pool := wordFragments
	switch {
	case strings.Contains(lower, "regex") && index == 0 && name != "regexQuoteMeta":
		pool = expressionFragments
	case strings.HasPrefix(name, "semver"):
		pool = versionFragments
	case strings.HasPrefix(name, "url"):
		pool = urlFragments
	case strings.HasPrefix(name, "b64"), strings.HasPrefix(name, "b32"):
		pool = encodedFragments
	case strings.HasSuffix(lower, "fromjson"):
		pool = jsonFragments
	case strings.HasSuffix(lower, "base"), strings.HasSuffix(lower, "dir"), strings.HasSuffix(lower, "clean"), strings.HasSuffix(lower, "ext"):
		pool = []string{"/", "/", ".", "..", "a", "b.c", "\\"}
	}
	var out strings.Builder
	for range 1 + g.Intn(9) {
		out.WriteString(g.pick(pool))
	}
	return out.String()
}
