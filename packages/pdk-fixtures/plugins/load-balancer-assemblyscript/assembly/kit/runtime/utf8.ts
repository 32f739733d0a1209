/**
 * Returns how many bytes follow a lead byte above ASCII. Returns 0 if the bytes are not UTF-8: overlong, a surrogate, above
 * U+10FFFF, or cut off.
 */
export function continuationBytes(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  const more: u32 = lead - 0xc2 < 0x1e ? 1 : lead - 0xe0 < 0x10 ? 2 : lead - 0xf0 < 5 ? 3 : 0;
  if (at + more >= end) return 0;
  for (let index: u32 = 1; index <= more; index++) if ((load<u8>(at + index) & 0xc0) != 0x80) return 0;
  const second = <u32>load<u8>(at + 1);
  if (lead == 0xe0 && second < 0xa0) return 0;
  if (lead == 0xed && second > 0x9f) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  if (lead == 0xf4 && second > 0x8f) return 0;
  return more;
}

/** Whether bytes are UTF-8. */
export function isUtf8(start: usize, length: i32): bool {
  const end = start + length;
  let at = start;
  while (at < end) {
    while (at + 8 <= end && (load<u64>(at) & 0x8080_8080_8080_8080) == 0) at += 8;
    if (at >= end) break;
    if (load<u8>(at) < 0x80) at++;
    else {
      const more = continuationBytes(at, end);
      if (more == 0) return false;
      at += 1 + more;
    }
  }
  return true;
}
