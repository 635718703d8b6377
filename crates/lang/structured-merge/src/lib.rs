//! Server-side apply's merge: field sets, owners, conflicts
