use crate::kit::*;

/// What one balancer has let through: in its newest second, and in the one before, which another whose clock is behind still counts. One key
/// holds it, written over from second to second: windows that are over take no room.
#[derive(Default)]
pub struct Window {
    second: u64,
    count: u64,
    before: u64,
}

impl Window {
    /// Reads what `encode` wrote; anything else is a window in which nothing was counted.
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

    /// A clock that was set back by more than a second begins anew: its later window would last until it is reached again.
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
