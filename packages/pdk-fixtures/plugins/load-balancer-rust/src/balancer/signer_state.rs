use crate::kit::runtime::fill::some;
use crate::kit::runtime::reader::{Decode, Key, Read, Reader};
use crate::kit::*;

/// The largest number of keys in rotation.
const MOST_KEYS: usize = 16;
const LARGEST_COUNT: u64 = (1 << 53) - 1;

pub struct SigningKey {
    pub id: String,
    pub key_base64: String,
}

impl SigningKey {
    /// The id becomes a header, so it must be visible ASCII. The key must not be empty.
    pub fn check(&self) -> Result<(), Error> {
        if base64_decode(&self.key_base64)?.is_empty() {
            return Err(Error::from("a key is empty"));
        }
        if self.id.is_empty() || !self.id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::from("a key_id is not visible ASCII"));
        }
        Ok(())
    }
}

impl Decode for SigningKey {
    fn blank() -> SigningKey {
        SigningKey { id: Decode::blank(), key_base64: Decode::blank() }
    }

    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        let keys = [Key { name: "key_id", is_required: true }, Key { name: "key_base64", is_required: true }];
        reader.object(&keys, &mut |reader, key| match key {
            0 => self.id.fill(reader),
            _ => self.key_base64.fill(reader),
        })
    }
}

/// The configuration of an upstream.
pub struct FactoryState {
    pub keys: Option<Vec<SigningKey>>,
}

impl Decode for FactoryState {
    fn blank() -> FactoryState {
        FactoryState { keys: None }
    }

    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        let keys = [Key { name: "keys", is_required: false }];
        reader.object(&keys, &mut |reader, _| some(&mut self.keys).fill(reader))
    }
}

/// The state of a signer, which the host keeps between calls: `{"keys":[…],"counter":0}`. The counter is the index of the key in use.
pub struct SignerState {
    keys: Vec<SigningKey>,
    counter: u64,
}

impl Decode for SignerState {
    fn blank() -> SignerState {
        SignerState { keys: Decode::blank(), counter: 0 }
    }

    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        let keys = [Key { name: "keys", is_required: true }, Key { name: "counter", is_required: true }];
        reader.object(&keys, &mut |reader, key| match key {
            0 => self.keys.fill(reader),
            _ => reader.u64_into(&mut self.counter, 0, LARGEST_COUNT),
        })
    }
}

impl SignerState {
    pub fn new(keys: Vec<SigningKey>) -> Result<SignerState, Error> {
        let state = SignerState { keys, counter: 0 };
        state.check()?;
        Ok(state)
    }

    pub fn read(json: &Json) -> Result<SignerState, Error> {
        let state: SignerState = json.read()?;
        state.check()?;
        Ok(state)
    }

    fn check(&self) -> Result<(), Error> {
        if !(1..=MOST_KEYS).contains(&self.keys.len()) {
            return Err(Error::from("keys has not 1 to 16 keys"));
        }
        self.keys.iter().try_for_each(SigningKey::check)?;
        self.key().map(|_| ())
    }

    /// Returns the key in use.
    pub fn key(&self) -> Result<&SigningKey, Error> {
        let key = usize::try_from(self.counter).ok().and_then(|counter| self.keys.get(counter));
        Ok(key.ok_or("counter names no key")?)
    }

    /// Returns the state with the next key in use, or `None` if there is no next key.
    pub fn next(self) -> Result<SignerState, SignerState> {
        let next = self.counter + 1;
        if next < self.keys.len() as u64 { Ok(SignerState { counter: next, ..self }) } else { Err(self) }
    }
}

impl From<SignerState> for Json {
    fn from(state: SignerState) -> Json {
        let keys = state.keys.iter().map(|key| {
            Json::object([("key_id", Json::from(&*key.id)), ("key_base64", Json::from(&*key.key_base64))])
        });
        Json::object([("keys", Json::list(keys)), ("counter", Json::from(state.counter))])
    }
}
