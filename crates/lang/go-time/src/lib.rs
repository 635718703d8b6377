//! Go's time layouts, durations and their text forms
