//! Links the program to a fixed address, as Go links Helm: a program that may stand anywhere has tens of thousands of addresses to
//! mend before it starts, which takes longer than `whelm version` does. Libraries stay where the system puts them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if target("OS") == "linux" && target("ENV") == "gnu" && !is_static {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
