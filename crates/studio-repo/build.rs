//! Makes cargo notice a new migration: embedding alone does not.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations/sqlite");
}
