module whelm/conformance/template

go 1.26
