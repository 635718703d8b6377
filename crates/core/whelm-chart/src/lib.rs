//! The chart model: files to chart and back, .helmignore, metadata rules
