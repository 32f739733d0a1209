//! As much of JSON as small fixed objects need, strictly. Strings are kept as they are written, escapes and all.

pub type Parsed<T> = Result<T, &'static str>;

pub struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Parsed<Self> {
        let text = core::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
        Ok(Reader { text, at: 0 })
    }

    /// The next byte that is no blank, or 0 at the end.
    pub fn peek(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        self.byte()
    }

    pub fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    pub fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.skip(byte) { Ok(()) } else { Err("not the JSON that was expected") }
    }

    pub fn end(&mut self) -> Parsed<()> {
        self.peek();
        if self.at == self.text.len() { Ok(()) } else { Err("text after the JSON") }
    }

    /// Reads an object: each of its keys, in any order, once, and no other. `read` reads the value of the key at a place.
    pub fn object(&mut self, keys: &[&str], mut read: impl FnMut(&mut Self, usize) -> Parsed<()>) -> Parsed<()> {
        let mut seen = 0u32;
        self.expect(b'{')?;
        while !self.skip(b'}') {
            if seen != 0 {
                self.expect(b',')?;
            }
            let key = self.string()?;
            let place = keys.iter().position(|each| *each == key).ok_or("an unknown key")?;
            if seen & 1 << place != 0 {
                return Err("a key stands twice");
            }
            seen |= 1 << place;
            self.expect(b':')?;
            read(self, place)?;
        }
        if seen == (1 << keys.len()) - 1 { Ok(()) } else { Err("a key is missing") }
    }

    /// Reads a list; `read` reads one element.
    pub fn list(&mut self, mut read: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        self.expect(b'[')?;
        if self.skip(b']') {
            return Ok(());
        }
        loop {
            read(self)?;
            if !self.skip(b',') {
                return self.expect(b']');
            }
        }
    }

    /// An unsigned integer up to 2^53 - 1.
    pub fn count(&mut self) -> Parsed<u64> {
        self.peek();
        let start = self.at;
        let mut value = 0u64;
        while self.byte().is_ascii_digit() {
            value = value * 10 + u64::from(self.byte() - b'0');
            if value > (1 << 53) - 1 {
                return Err("an unsigned integer is above 2^53 - 1");
            }
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return Err("expected an unsigned integer");
        }
        Ok(value)
    }

    /// The inside of a string, as it is written: it may be put between quotes again. Lone surrogates are refused.
    pub fn string(&mut self) -> Parsed<&'a str> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            match self.byte() {
                b'"' => break,
                b'\\' => self.escape()?,
                0..=0x1f => return Err("a control character, or no end of a string"),
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Ok(&self.text[start..self.at - 1])
    }

    fn escape(&mut self) -> Parsed<()> {
        self.at += 2;
        match self.text.as_bytes().get(self.at - 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => match self.hex()? {
                0xd800..=0xdbff if self.follows(b"\\u") => {
                    self.at += 2;
                    if matches!(self.hex()?, 0xdc00..=0xdfff) { Ok(()) } else { Err("a lone surrogate") }
                }
                0xd800..=0xdfff => Err("a lone surrogate"),
                _ => Ok(()),
            },
            _ => Err("an unknown escape"),
        }
    }

    fn hex(&mut self) -> Parsed<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or("no end of a string")?;
        self.at += 4;
        digits.iter().try_fold(0, |value, digit| {
            let digit = (*digit as char).to_digit(16).ok_or("an unknown escape")?;
            Ok(value << 4 | digit)
        })
    }

    fn follows(&self, bytes: &[u8]) -> bool {
        self.text.as_bytes()[self.at..].starts_with(bytes)
    }

    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }
}
