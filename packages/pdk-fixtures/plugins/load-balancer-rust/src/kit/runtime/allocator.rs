//! An allocator for a module that runs one call at a time. Blocks have about four sizes per power of two and are reused by size. When the last
//! block is freed, as at the end of most calls, the allocator starts again. So memory does not grow beyond what the largest call needs.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;

const LEAST: usize = 16;
const SIZES: usize = 116;
const PAGE: usize = 65536;

struct State {
    /// The first free block of each size. Each free block contains the address of the next.
    free: [usize; SIZES],
    /// The beginning of the memory that was never used. 0 before the first call.
    next: usize,
    /// The end of the module's memory.
    end: usize,
    live: usize,
}

pub struct Allocator(UnsafeCell<State>);

// SAFETY: a plugin has only one thread.
unsafe impl Sync for Allocator {}

impl Allocator {
    pub const fn new() -> Self {
        Allocator(UnsafeCell::new(State { free: [0; SIZES], next: 0, end: 0, live: 0 }))
    }
}

/// Returns the size of the smallest block with space for this many bytes, and its index among the sizes.
fn block_of(length: usize) -> Option<(usize, usize)> {
    if length <= LEAST {
        return Some((LEAST, 0));
    }
    if length > isize::MAX as usize - PAGE {
        return None;
    }
    let last = length - 1;
    let power = (usize::BITS - 1 - last.leading_zeros()) as usize;
    let step = (last >> (power - 2)) & 3;
    Some(((4 + step + 1) << (power - 2), (power - 4) * 4 + step + 1))
}

impl State {
    /// Moves the end of the used memory. Returns false if the host provides no more.
    fn reach(&mut self, next: usize) -> bool {
        if next > self.end {
            let pages = (next - self.end + PAGE - 1) / PAGE;
            if core::arch::wasm32::memory_grow::<0>(pages) == usize::MAX {
                return false;
            }
            self.end += pages * PAGE;
        }
        self.next = next;
        true
    }

    unsafe fn take(&mut self, length: usize) -> usize {
        let Some((size, at)) = block_of(length) else { return 0 };
        let found = self.free[at];
        if found != 0 {
            self.free[at] = *(found as *const usize);
            self.live += 1;
            return found;
        }
        if self.next == 0 {
            self.next = heap_base();
            self.end = core::arch::wasm32::memory_size::<0>() * PAGE;
        }
        let block = self.next;
        match block.checked_add(size) {
            Some(next) if self.reach(next) => self.live += 1,
            _ => return 0,
        }
        block
    }

    unsafe fn give_back(&mut self, block: usize, length: usize) {
        let Some((size, at)) = block_of(length) else { return };
        self.live -= 1;
        if self.live == 0 {
            self.free = [0; SIZES];
            self.next = heap_base();
        } else if block + size == self.next {
            self.next = block;
        } else {
            *(block as *mut usize) = self.free[at];
            self.free[at] = block;
        }
    }

    /// Resizes the last block in place.
    fn resize(&mut self, block: usize, old: usize, new: usize) -> bool {
        let (Some((old, _)), Some((new, _))) = (block_of(old), block_of(new)) else { return false };
        old == new || (block + old == self.next && block.checked_add(new).map_or(false, |next| self.reach(next)))
    }
}

fn heap_base() -> usize {
    extern "C" {
        static __heap_base: u8;
    }
    let base = core::ptr::addr_of!(__heap_base) as usize;
    (base + LEAST - 1) & !(LEAST - 1)
}

unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = &mut *self.0.get();
        let align = layout.align();
        if align <= LEAST {
            return state.take(layout.size()) as *mut u8;
        }
        // The address of the block is stored in front of the aligned part.
        let block = state.take(layout.size().saturating_add(align));
        if block == 0 {
            return core::ptr::null_mut();
        }
        let aligned = (block + align) & !(align - 1);
        *(aligned as *mut usize).sub(1) = block;
        aligned as *mut u8
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        let state = &mut *self.0.get();
        let align = layout.align();
        if align <= LEAST {
            state.give_back(address as usize, layout.size());
        } else {
            state.give_back(*(address as *mut usize).sub(1), layout.size() + align);
        }
    }

    unsafe fn realloc(&self, address: *mut u8, layout: Layout, length: usize) -> *mut u8 {
        if layout.align() <= LEAST && (*self.0.get()).resize(address as usize, layout.size(), length) {
            return address;
        }
        let moved = self.alloc(Layout::from_size_align_unchecked(length, layout.align()));
        if !moved.is_null() {
            core::ptr::copy_nonoverlapping(address, moved, layout.size().min(length));
            self.dealloc(address, layout);
        }
        moved
    }
}
