//! Chart to findings
