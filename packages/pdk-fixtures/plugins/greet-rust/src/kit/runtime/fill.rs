//! Reads the types that every contract has.

use super::alloc::{boxed::Box, string::String, vec::Vec};
use super::json::Json;
use super::map::Map;
use super::reader::{Decode, Read, Reader};

/// Replaces a blank value. A blank value owns no memory, so it is not dropped.
fn put<T>(place: &mut T, value: T) {
    core::mem::forget(core::mem::replace(place, value));
}

/// Returns the place of a value that is present, filled with a blank value.
pub fn some<T: Decode>(place: &mut Option<T>) -> &mut T {
    put(place, None);
    place.get_or_insert_with(T::blank)
}

macro_rules! decode {
    ($type:ty, $blank:expr, $read:expr) => {
        impl Decode for $type {
            fn blank() -> $type {
                $blank
            }

            fn fill(&mut self, reader: &mut Reader) -> Read<()> {
                let read: fn(&mut Reader) -> Read<$type> = $read;
                put(self, read(reader)?);
                Ok(())
            }
        }
    };
}

decode!(String, String::new(), |reader| reader.string());
decode!(bool, false, |reader| reader.boolean());
decode!((), (), |reader| reader.null());
decode!(u32, 0, |reader| reader.u32(0, u32::MAX));
decode!(i32, 0, |reader| reader.i32(i32::MIN, i32::MAX));
decode!(u64, 0, |reader| reader.u64(0, u64::MAX));
decode!(i64, 0, |reader| reader.i64(i64::MIN, i64::MAX));
decode!(f64, 0.0, |reader| reader.number(|_| true));
decode!(Json, Json::blank(), |reader| reader.json());

impl<T: Decode> Decode for Option<T> {
    fn blank() -> Option<T> {
        None
    }

    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        reader.nullable(self, |reader, inner| inner.fill(reader))
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn blank() -> Vec<T> {
        Vec::new()
    }

    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        reader.list(self, |reader, item| item.fill(reader))
    }
}

impl<T: Decode> Decode for Map<T> {
    fn blank() -> Map<T> {
        Map::new()
    }

    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        reader.map(self, |reader, value| value.fill(reader))
    }
}

impl<T: Decode> Decode for Box<T> {
    fn blank() -> Box<T> {
        Box::new(T::blank())
    }

    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
        (**self).fill(reader)
    }
}
