//! One function per verb, and the plan executor
