//! Semantic versions and constraints by the rules of Masterminds/semver
