//! Previous release, next release and live objects to ordered steps
