//! Server-side apply's merge: field sets, owners, conflicts.
//!
//! An API server that lets many clients write one object has to know who owns which field. This crate holds the data and
//! the functions for that: [`FieldSet`] (a set of paths and its algebra, with the `FieldsV1` encoding that
//! `metadata.managedFields` uses), [`Schema`] (what is a map, a list, a set, and by which keys), and [`Updater`], which
//! merges what a client applies into the live object, finds conflicts and keeps the owners up to date.
//!
//! ```
//! use serde_json::json;
//! use structured_merge::{Force, Schema, Updater};
//!
//! let schema = Schema::new(); // nothing declared: maps are granular, lists atomic
//! let updater = Updater::new(&schema, Schema::DEDUCED, "example.org/v1");
//! let config = json!({"apiVersion": "example.org/v1", "kind": "W", "spec": {"size": 3}});
//! let object = updater.apply(&json!({}), &config, "helm", Force::No, "2026-01-02T03:04:05Z").unwrap();
//! let owners = &object["metadata"]["managedFields"];
//! assert_eq!(owners[0]["fieldsV1"], json!({"f:spec": {".": {}, "f:size": {}}}));
//!
//! let other = json!({"apiVersion": "example.org/v1", "kind": "W", "spec": {"size": 5}});
//! let error = updater.apply(&object, &other, "kubectl", Force::No, "2026-01-02T03:04:06Z").unwrap_err();
//! assert_eq!(error.to_string(), "Apply failed with 1 conflict: conflict with \"helm\": .spec.size");
//! ```
//!
//! What is missing: conversion between versions of a kind (owners recorded at another version are compared at the
//! object's own), and moving owners when a list changes between atomic and granular.
//!
//! Source of truth: `sigs.k8s.io/structured-merge-diff` v6.3.3 and `k8s.io/apimachinery` v0.36.3,
//! `pkg/util/managedfields`.

mod compare;
mod conflict;
mod field_set;
mod fields_v1;
mod growing;
mod managed_fields;
mod merge;
mod owned_fields;
mod path;
mod remove;
mod schema;
mod to_field_set;
mod updater;
mod validate;
mod value;

pub use compare::{Comparison, compare};
pub use conflict::{Conflict, Conflicts};
pub use field_set::FieldSet;
pub use fields_v1::FieldsError;
pub use managed_fields::{Managed, Manager, Operation, Owned, pack_owners, unpack_owners};
pub use merge::merge;
pub use path::{Path, PathElement};
pub use remove::remove_items;
pub use schema::{Atom, Field, ListRelationship, ListType, MapType, Scalar, Schema, TypeId};
pub use to_field_set::to_field_set;
pub use updater::{ApplyError, Force, Updater};
pub use validate::{Duplicates, ValidationError, ValidationErrors, validate};
