//! Release, revision, status and their stored encoding
