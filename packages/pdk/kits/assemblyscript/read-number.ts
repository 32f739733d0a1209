import { BigNumber } from './big-number';

/** The powers of ten that a double represents exactly. */
// @ts-ignore: decorator
@lazy export const POWERS_OF_TEN: StaticArray<f64> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/** Digits after this many matter only if the number is halfway between two doubles. */
const MOST_DIGITS = 800;

// @ts-ignore: decorator
@lazy const digitsRead = new BigNumber();
// @ts-ignore: decorator
@lazy const scaledLeft = new BigNumber();
// @ts-ignore: decorator
@lazy const scaledRight = new BigNumber();

/** Whether these bytes are a JSON number: no leading zero, no plus, digits on both sides of the decimal point. */
export function isJsonNumber(start: usize, length: i32): bool {
  const end = start + length;
  let at = start;
  if (at < end && load<u8>(at) == 0x2d) at++;
  const whole = digits(at, end);
  if (whole == 0 || (whole > 1 && load<u8>(at) == 0x30)) return false;
  at += whole;
  if (at < end && load<u8>(at) == 0x2e) {
    const fraction = digits(at + 1, end);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < end && (load<u8>(at) | 0x20) == 0x65) {
    at++;
    if (at < end && (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d)) at++;
    const exponent = digits(at, end);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == end;
}

function digits(from: usize, end: usize): usize {
  let at = from;
  while (at < end && <u32>load<u8>(at) - 0x30 <= 9) at++;
  return at - from;
}

/** Returns the double that is nearest to a JSON number, the even one if two are equally near. Returns infinity if it is too large. */
export function parseNumber(start: usize, length: i32): f64 {
  const end = start + length;
  const isNegative = load<u8>(start) == 0x2d;
  let at = isNegative ? start + 1 : start;
  let mantissa: u64 = 0;
  let significant = 0;
  let exponent = 0;
  let isFraction = false;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x2e) isFraction = true;
    else if (byte - 0x30 <= 9) {
      if (significant > 0 || byte != 0x30) significant++;
      if (significant <= 19) mantissa = mantissa * 10 + (byte - 0x30);
      else exponent++;
      if (isFraction) exponent--;
    } else break;
  }
  if (at < end) exponent += readExponent(at + 1, end);
  const size = nearest(start, end, mantissa, significant, exponent);
  return isNegative ? -size : size;
}

/** Reads the exponent after the `e` of a number. Exponents far beyond every double are limited. */
export function readExponent(from: usize, end: usize): i32 {
  const isSmaller = load<u8>(from) == 0x2d;
  let at = isSmaller || load<u8>(from) == 0x2b ? from + 1 : from;
  let exponent = 0;
  for (; at < end; at++) exponent = min(exponent * 10 + <i32>load<u8>(at) - 0x30, 1_000_000);
  return isSmaller ? -exponent : exponent;
}

function nearest(start: usize, end: usize, mantissa: u64, significant: i32, exponent: i32): f64 {
  if (mantissa == 0) return 0;
  if (significant <= 19 && mantissa <= 0x20_0000_0000_0000 && abs(exponent) <= 22) {
    return exponent < 0
      ? <f64>mantissa / POWERS_OF_TEN[-exponent]
      : <f64>mantissa * POWERS_OF_TEN[exponent];
  }
  const magnitude = exponent + min(significant, 19);
  if (magnitude > 310) return Infinity;
  if (magnitude < -326) return 0;
  return correct(estimate(mantissa, exponent), start, end, significant, exponent);
}

/** Returns an estimate that is within a few units in the last place. */
function estimate(mantissa: u64, exponent: i32): f64 {
  let value = <f64>mantissa;
  let left = exponent;
  for (; left > 22; left -= 22) value *= 1e22;
  for (; left < -22; left += 22) value /= 1e22;
  value = left < 0 ? value / POWERS_OF_TEN[-left] : value * POWERS_OF_TEN[left];
  return min(value, f64.MAX_VALUE);
}

/** Corrects an estimate to the nearest double. Compares the number with the midpoints between doubles. */
function correct(estimated: f64, start: usize, end: usize, significant: i32, exponent: i32): f64 {
  const written = readDigits(start, end);
  const power = exponent - max(0, min(significant, MOST_DIGITS) - 19) - (significant > MOST_DIGITS ? 1 : 0);
  let bits = reinterpret<u64>(estimated);
  for (;;) {
    const above = compareWithHalfway(written, power, bits);
    if (above > 0 || (above == 0 && (bits & 1) == 1)) {
      bits++;
      if (above == 0) break;
      continue;
    }
    if (bits == 0) break;
    const below = compareWithHalfway(written, power, bits - 1);
    if (below > 0 || (below == 0 && (bits & 1) == 0)) break;
    bits--;
    if (below == 0) break;
  }
  return reinterpret<f64>(bits);
}

function readDigits(start: usize, end: usize): BigNumber {
  const number = digitsRead.set(0);
  let count = 0;
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if ((byte | 0x20) == 0x65) break;
    const digit = byte - 0x30;
    if (digit > 9 || (count == 0 && digit == 0)) continue;
    if (++count > MOST_DIGITS) {
      number.multiply(10, 1);
      break;
    }
    number.multiply(10, digit);
  }
  return number;
}

/** Compares `number` × 10^`power` with the midpoint between the double with these bits and the next one. */
function compareWithHalfway(number: BigNumber, power: i32, bits: u64): i32 {
  const biased = <i32>(bits >> 52);
  const fraction = bits & 0xf_ffff_ffff_ffff;
  const mantissa = biased == 0 ? fraction : fraction | 0x10_0000_0000_0000;
  const exponent = max(biased, 1) - 1076;
  const left = scaledLeft.setTo(number);
  const right = scaledRight.set(mantissa * 2 + 1);
  if (power < 0) right.multiplyByPowerOfTen(-power);
  else left.multiplyByPowerOfTen(power);
  if (exponent < 0) left.shiftLeft(-exponent);
  else right.shiftLeft(exponent);
  return left.compare(right);
}
