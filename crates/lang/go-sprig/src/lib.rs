//! The sprig template functions
