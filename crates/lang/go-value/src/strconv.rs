//! Numbers and quoted strings in the forms of Go's `strconv`.
