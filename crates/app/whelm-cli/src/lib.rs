//! Command line parsing as Cobra and pflag do it
