import { Builder, Bytes } from '../kit';

export const BLOCK_BYTES = 64;
export const DIGEST_BYTES = 32;
const SCHEDULE_BYTES = 256;

// FIPS 180-4, section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
const ROUND_CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** Computes the SHA-256 of bytes that are added piece by piece. */
export class Sha256 {
  private room: ArrayBuffer = new ArrayBuffer(DIGEST_BYTES + SCHEDULE_BYTES + BLOCK_BYTES);
  private state: usize = changetype<usize>(this.room);
  private schedule: usize = this.state + DIGEST_BYTES;
  private pending: usize = this.schedule + SCHEDULE_BYTES;
  private pendingLength: i32 = 0;
  private total: u64 = 0;

  constructor() {
    // Section 5.3.3: the same for the square roots of the first eight primes.
    store<u32>(this.state, 0x6a09e667, 0);
    store<u32>(this.state, 0xbb67ae85, 4);
    store<u32>(this.state, 0x3c6ef372, 8);
    store<u32>(this.state, 0xa54ff53a, 12);
    store<u32>(this.state, 0x510e527f, 16);
    store<u32>(this.state, 0x9b05688c, 20);
    store<u32>(this.state, 0x1f83d9ab, 24);
    store<u32>(this.state, 0x5be0cd19, 28);
  }

  add(bytes: Bytes): void {
    this.total += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      if (this.pendingLength == 0 && bytes.length - at >= BLOCK_BYTES) {
        this.compress(bytes.start + at);
        at += BLOCK_BYTES;
        continue;
      }
      const taken = min(BLOCK_BYTES - this.pendingLength, bytes.length - at);
      memory.copy(this.pending + this.pendingLength, bytes.start + at, taken);
      this.pendingLength += taken;
      at += taken;
      this.compressIfFull();
    }
  }

  digest(): Bytes {
    const bits = this.total << 3;
    store<u8>(this.pending + this.pendingLength, 0x80);
    this.pendingLength++;
    this.compressIfFull();
    if (this.pendingLength > BLOCK_BYTES - 8) {
      memory.fill(this.pending + this.pendingLength, 0, BLOCK_BYTES - this.pendingLength);
      this.compress(this.pending);
      this.pendingLength = 0;
    }
    memory.fill(this.pending + this.pendingLength, 0, BLOCK_BYTES - this.pendingLength);
    store<u64>(this.pending, bswap(bits), BLOCK_BYTES - 8);
    this.compress(this.pending);
    for (let word = 0; word < DIGEST_BYTES; word += 4) {
      store<u32>(this.state + word, bswap(load<u32>(this.state + word)));
    }
    const digest = new Builder(DIGEST_BYTES);
    digest.copy(this.state, DIGEST_BYTES);
    return digest.toBytes();
  }

  private compressIfFull(): void {
    if (this.pendingLength < BLOCK_BYTES) return;
    this.compress(this.pending);
    this.pendingLength = 0;
  }

  /** Section 6.2.2. */
  private compress(block: usize): void {
    const words = this.schedule;
    // The loop is unrolled: an iteration costs as much as a step, and so does renaming the eight variables.
    for (let at = 0; at < 64; at += 16) {
      swap(words + at, block + at);
      swap(words + at + 4, block + at + 4);
      swap(words + at + 8, block + at + 8);
      swap(words + at + 12, block + at + 12);
    }
    for (let at = 64; at < 256; at += 16) {
      extend(words + at);
      extend(words + at + 4);
      extend(words + at + 8);
      extend(words + at + 12);
    }
    const state = this.state;
    let a = load<u32>(state, 0);
    let b = load<u32>(state, 4);
    let c = load<u32>(state, 8);
    let d = load<u32>(state, 12);
    let e = load<u32>(state, 16);
    let f = load<u32>(state, 20);
    let g = load<u32>(state, 24);
    let h = load<u32>(state, 28);
    for (let at = 0; at < 256; at += 32) {
      const word = words + at;
      const constant = ROUND_CONSTANTS + at;
      h += mixed(e, f, g) + load<u32>(constant) + load<u32>(word);
      d += h;
      h += majority(a, b, c);
      g += mixed(d, e, f) + load<u32>(constant, 4) + load<u32>(word, 4);
      c += g;
      g += majority(h, a, b);
      f += mixed(c, d, e) + load<u32>(constant, 8) + load<u32>(word, 8);
      b += f;
      f += majority(g, h, a);
      e += mixed(b, c, d) + load<u32>(constant, 12) + load<u32>(word, 12);
      a += e;
      e += majority(f, g, h);
      d += mixed(a, b, c) + load<u32>(constant, 16) + load<u32>(word, 16);
      h += d;
      d += majority(e, f, g);
      c += mixed(h, a, b) + load<u32>(constant, 20) + load<u32>(word, 20);
      g += c;
      c += majority(d, e, f);
      b += mixed(g, h, a) + load<u32>(constant, 24) + load<u32>(word, 24);
      f += b;
      b += majority(c, d, e);
      a += mixed(f, g, h) + load<u32>(constant, 28) + load<u32>(word, 28);
      e += a;
      a += majority(b, c, d);
    }
    store<u32>(state, load<u32>(state, 0) + a, 0);
    store<u32>(state, load<u32>(state, 4) + b, 4);
    store<u32>(state, load<u32>(state, 8) + c, 8);
    store<u32>(state, load<u32>(state, 12) + d, 12);
    store<u32>(state, load<u32>(state, 16) + e, 16);
    store<u32>(state, load<u32>(state, 20) + f, 20);
    store<u32>(state, load<u32>(state, 24) + g, 24);
    store<u32>(state, load<u32>(state, 28) + h, 28);
  }
}

// @ts-ignore: decorator
@inline
function swap(word: usize, bytes: usize): void {
  store<u32>(word, bswap(load<u32>(bytes)));
}

/** Returns the next word of the message schedule. */
// @ts-ignore: decorator
@inline
function extend(word: usize): void {
  const near = load<u32>(word - 8);
  const far = load<u32>(word - 60);
  const nearMix = rotr<u32>(near, 17) ^ rotr<u32>(near, 19) ^ (near >> 10);
  const farMix = rotr<u32>(far, 7) ^ rotr<u32>(far, 18) ^ (far >> 3);
  store<u32>(word, nearMix + load<u32>(word - 28) + farMix + load<u32>(word - 64));
}

/** Σ₁ and Ch. */
// @ts-ignore: decorator
@inline
function mixed(x: u32, y: u32, z: u32): u32 {
  return (rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25)) + ((x & y) ^ (~x & z));
}

/** Σ₀ and Maj. */
// @ts-ignore: decorator
@inline
function majority(x: u32, y: u32, z: u32): u32 {
  return (rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22)) + ((x & y) ^ (x & z) ^ (y & z));
}
