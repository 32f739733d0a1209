use crate::kit::*;

/// The requests that one balancer has let through in its newest second and in the second before. A balancer whose clock is behind still
/// counts the latter. It is stored under one key and overwritten from second to second, so old windows take no space.
#[derive(Default)]
pub struct Window {
    second: u64,
    count: u64,
    before: u64,
}

impl Window {
    /// Reads the output of `encode`. Anything else is an empty window.
    pub fn decode(bytes: &[u8]) -> Window {
        let number = |at: usize| bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes);
        match (number(0), number(8), number(16)) {
            (Some(second), Some(count), Some(before)) if bytes.len() == 24 => Window { second, count, before },
            _ => Window::default(),
        }
    }

    pub fn count_in(&self, second: u64) -> u64 {
        if second == self.second {
            return self.count;
        }
        if second + 1 == self.second { self.before } else { 0 }
    }

    /// If the clock was set back by more than a second, counting starts again. Otherwise the window would last until that time returns.
    pub fn add(&mut self, second: u64) {
        if second == self.second {
            self.count += 1;
        } else if second + 1 == self.second {
            self.before += 1;
        } else {
            let before = if second == self.second + 1 { self.count } else { 0 };
            *self = Window { second, count: 1, before };
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        [self.second, self.count, self.before].iter().flat_map(|number| number.to_le_bytes()).collect()
    }
}
