//! The one HTTP seam
