//! Room on the heap ahead of need.
//!
//! glibc's allocator takes memory from the system 4 KiB at a time in all threads but the first, and gives back what lies at its
//! end as soon as it can, so that a short run spends its time on system calls. Both rules look at what was allocated before.

/// What a thread is likely to need. Only what is used of it takes memory.
const ROOM: usize = 8 << 20;

/// From this size on the allocator gives what is freed back to the system, once one such block was freed.
const KEPT: usize = 16 << 20;

/// Makes the allocator keep what is freed in this process.
pub(crate) fn keep_freed() {
    allocate_and_free(KEPT);
}

/// Makes room for the calling thread.
pub(crate) fn make_room() {
    allocate_and_free(ROOM);
}

fn allocate_and_free(bytes: usize) {
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        let mut block = Vec::<u8>::new();
        // Where there is no room, things go on without.
        let _ = block.try_reserve_exact(bytes);
        drop(std::hint::black_box(block));
    }
}
