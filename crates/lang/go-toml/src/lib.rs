//! TOML as BurntSushi/toml reads and writes it
