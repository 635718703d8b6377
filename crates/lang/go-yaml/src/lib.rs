//! YAML reader and writer, byte for byte those of the Go libraries that Helm uses
