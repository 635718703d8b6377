//! Kubernetes object to status, and the wait state machine fed with events
