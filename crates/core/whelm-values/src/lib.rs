//! Values: -f and --set parsing, coalescing, imports, conditions, tags, schemas
