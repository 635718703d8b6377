//! The supported API of whelm
