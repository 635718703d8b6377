//! Release stores: secrets, config maps, memory
