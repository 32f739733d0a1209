//! Turns a panic into a trap and logs its text.

use core::sync::atomic::{AtomicBool, Ordering};

use super::alloc::format;
use super::extism::{log, LogLevel};

/// Without the standard library, the module needs its own allocator and panic handler.
#[cfg(all(target_arch = "wasm32", not(feature = "std")))]
mod without_std {
    use super::super::allocator::Allocator;

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator::new();

    #[panic_handler]
    fn panic(info: &core::panic::PanicInfo) -> ! {
        super::log_panic(info);
        core::arch::wasm32::unreachable()
    }
}

/// A panic during the logging of a panic, for example when memory has run out, is not logged.
static IS_PANICKING: AtomicBool = AtomicBool::new(false);

fn log_panic(info: &dyn core::fmt::Display) {
    if !IS_PANICKING.swap(true, Ordering::Relaxed) {
        log(LogLevel::Error, &format!("{info}"));
    }
}

/// Runs at the beginning of each call.
pub fn watch_panics() {
    #[cfg(all(target_arch = "wasm32", feature = "std"))]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| std::panic::set_hook(std::boxed::Box::new(|info| log_panic(info))));
    }
}
