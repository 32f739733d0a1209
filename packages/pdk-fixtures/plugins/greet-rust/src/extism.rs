//! Input and output over `extism:host/env`, eight bytes at a time.

#[link(wasm_import_module = "extism:host/env")]
extern "C" {
    fn input_length() -> u64;
    fn input_load_u8(offset: u64) -> u32;
    fn input_load_u64(offset: u64) -> u64;
    fn alloc(length: u64) -> u64;
    fn store_u8(address: u64, value: u32);
    fn store_u64(address: u64, value: u64);
    fn output_set(block: u64, length: u64);
    fn error_set(block: u64);
}

/// Room for one call: its request, and an answer that is not much longer. A longer request is refused.
const ROOM: usize = 128 * 1024;

static mut INPUT: [u8; ROOM] = [0; ROOM];
static mut OUTPUT: [u8; ROOM + 1024] = [0; ROOM + 1024];

/// An answer, written piece by piece. What does not fit is a failure.
pub struct Output<'a> {
    bytes: &'a mut [u8],
    length: usize,
}

impl Output<'_> {
    pub fn put(&mut self, piece: &[u8]) -> Result<(), &'static str> {
        let end = self.length + piece.len();
        self.bytes
            .get_mut(self.length..end)
            .ok_or("the answer is too long")?
            .copy_from_slice(piece);
        self.length = end;
        Ok(())
    }

    pub fn written(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

pub type Outcome = Result<(), &'static str>;

/// One call: the output, or the words of the failure and a non-zero status.
pub fn answer(handler: fn(&[u8], &mut Output) -> Outcome) -> i32 {
    // One call at a time runs in an instance, and nothing keeps a reference to these across calls.
    let (input, output) = unsafe { (&mut INPUT, &mut OUTPUT) };
    let mut output = Output { bytes: output, length: 0 };
    let outcome = read_input(input).and_then(|input| handler(input, &mut output));
    unsafe {
        match outcome {
            Ok(()) => {
                output_set(to_block(output.written()), output.written().len() as u64);
                0
            }
            Err(words) => {
                error_set(to_block(words.as_bytes()));
                1
            }
        }
    }
}

fn read_input(room: &mut [u8; ROOM]) -> Result<&[u8], &'static str> {
    let length = unsafe { input_length() } as usize;
    let input = room.get_mut(..length).ok_or("the request is too long")?;
    let mut words = input.chunks_exact_mut(8);
    let mut at = 0;
    for word in &mut words {
        word.copy_from_slice(&unsafe { input_load_u64(at) }.to_le_bytes());
        at += 8;
    }
    for byte in words.into_remainder() {
        *byte = unsafe { input_load_u8(at) } as u8;
        at += 1;
    }
    Ok(input)
}

fn to_block(bytes: &[u8]) -> u64 {
    let block = unsafe { alloc(bytes.len() as u64) };
    let words = bytes.chunks_exact(8);
    let rest = words.remainder();
    let mut at = block;
    for word in words {
        let value = word.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
        unsafe { store_u64(at, value) };
        at += 8;
    }
    for byte in rest {
        unsafe { store_u8(at, u32::from(*byte)) };
        at += 1;
    }
    block
}
