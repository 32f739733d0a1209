/** Enough to compare any double with a number of 800 decimal digits. */
const MOST_LIMBS = 256;

/** A whole number of any size, for the exact conversion of doubles. Instances are reused: calls create none. */
export class BigNumber {
  private limbs: StaticArray<u32> = new StaticArray<u32>(MOST_LIMBS);
  private length: i32 = 0;

  /** Sets another value. */
  set(value: u64): this {
    this.limbs[0] = <u32>value;
    this.limbs[1] = <u32>(value >> 32);
    this.length = 2;
    this.trim();
    return this;
  }

  setTo(other: BigNumber): this {
    memory.copy(changetype<usize>(this.limbs), changetype<usize>(other.limbs), other.length << 2);
    this.length = other.length;
    return this;
  }

  multiply(factor: u32, more: u32 = 0): void {
    let carry: u64 = more;
    for (let at = 0; at < this.length; at++) {
      carry += <u64>this.limbs[at] * factor;
      this.limbs[at] = <u32>carry;
      carry >>= 32;
    }
    if (carry != 0) this.limbs[this.length++] = <u32>carry;
  }

  multiplyByPowerOfTen(exponent: i32): void {
    let left = exponent;
    for (; left >= 9; left -= 9) this.multiply(1_000_000_000);
    for (; left > 0; left--) this.multiply(10);
  }

  shiftLeft(bits: i32): void {
    const whole = bits >> 5;
    if (this.length == 0) return;
    for (let at = this.length - 1; at >= 0; at--) this.limbs[at + whole] = this.limbs[at];
    for (let at = 0; at < whole; at++) this.limbs[at] = 0;
    this.length += whole;
    this.multiply(1 << (bits & 31));
  }

  add(other: BigNumber): void {
    let carry: u64 = 0;
    const length = max(this.length, other.length);
    for (let at = 0; at < length; at++) {
      carry += <u64>this.limb(at) + other.limb(at);
      this.limbs[at] = <u32>carry;
      carry >>= 32;
    }
    this.length = length;
    if (carry != 0) this.limbs[this.length++] = <u32>carry;
  }

  /** Subtracts a number that is not larger. */
  subtract(other: BigNumber): void {
    let borrow: i64 = 0;
    for (let at = 0; at < this.length; at++) {
      borrow += <i64>this.limbs[at] - other.limb(at);
      this.limbs[at] = <u32>borrow;
      borrow >>= 32;
    }
    this.trim();
  }

  /** Compares: below 0 if this number is smaller, above 0 if it is larger. */
  compare(other: BigNumber): i32 {
    if (this.length != other.length) return this.length - other.length;
    for (let at = this.length - 1; at >= 0; at--) {
      if (this.limbs[at] != other.limbs[at]) return this.limbs[at] < other.limbs[at] ? -1 : 1;
    }
    return 0;
  }

  private limb(at: i32): u32 {
    return at < this.length ? this.limbs[at] : 0;
  }

  private trim(): void {
    while (this.length > 0 && this.limbs[this.length - 1] == 0) this.length--;
  }
}
