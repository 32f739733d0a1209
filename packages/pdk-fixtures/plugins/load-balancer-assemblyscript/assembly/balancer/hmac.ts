import { Builder, Bytes } from '../kit';
import { BLOCK_BYTES, Sha256 } from './sha256';

/** Computes the HMAC-SHA256 (RFC 2104) of the added bytes. */
export class HmacSha256 {
  private inner: Sha256 = new Sha256();
  private outer: Sha256 = new Sha256();

  constructor(key: Bytes) {
    let short = key;
    if (key.length > BLOCK_BYTES) {
      const hash = new Sha256();
      hash.add(key);
      short = hash.digest();
    }
    this.inner.add(padded(short, 0x36));
    this.outer.add(padded(short, 0x5c));
  }

  add(bytes: Bytes): void {
    this.inner.add(bytes);
  }

  digest(): Bytes {
    this.outer.add(this.inner.digest());
    return this.outer.digest();
  }
}

function padded(key: Bytes, mask: u32): Bytes {
  const block = new Builder(BLOCK_BYTES);
  for (let at = 0; at < BLOCK_BYTES; at++) block.byte((at < key.length ? key.at(at) : 0) ^ mask);
  return block.toBytes();
}
