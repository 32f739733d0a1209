import { BigNumber } from './big-number';
import { Builder } from './builder';
import { POWERS_OF_TEN } from './read-number';

/** More digits than any double needs. */
// @ts-ignore: decorator
@lazy const digits = memory.data(32);
let count = 0;
/** The position of the decimal point, counted from the first digit. */
let point = 0;

/** The rest of the number, and the distances to its neighbours. All three are numerators over `unit`. */
// @ts-ignore: decorator
@lazy const rest = new BigNumber();
// @ts-ignore: decorator
@lazy const unit = new BigNumber();
// @ts-ignore: decorator
@lazy const above = new BigNumber();
// @ts-ignore: decorator
@lazy const below = new BigNumber();
// @ts-ignore: decorator
@lazy const sum = new BigNumber();

/** Writes a finite double as JavaScript does, with the fewest digits that give the same double. */
export function writeNumber(to: Builder, value: f64): void {
  if (value == 0) return to.byte(0x30);
  if (value < 0) to.byte(0x2d);
  const size = abs(value);
  if (!findFew(size)) findShortest(size);
  if (point > 21 || point < -5) writeWithExponent(to);
  else writePlain(to);
}

function writePlain(to: Builder): void {
  if (point <= 0) {
    to.literal('0.');
    for (let zeros = point; zeros < 0; zeros++) to.byte(0x30);
  }
  for (let at = 0; at < max(count, point); at++) {
    if (at == point && at > 0) to.byte(0x2e);
    to.byte(at < count ? load<u8>(digits + at) : 0x30);
  }
}

function writeWithExponent(to: Builder): void {
  to.byte(load<u8>(digits));
  if (count > 1) to.byte(0x2e);
  for (let at = 1; at < count; at++) to.byte(load<u8>(digits + at));
  to.literal(point > 0 ? 'e+' : 'e-');
  to.decimal(abs(point - 1));
}

/** Finds up to 15 digits, if they are enough. */
function findFew(value: f64): bool {
  for (let places = 0; places <= 22; places++) {
    const scaled = nearest<f64>(value * POWERS_OF_TEN[places]);
    if (scaled >= 1e15) return false;
    if (scaled == 0 || scaled / POWERS_OF_TEN[places] != value) continue;
    setDigits(<u64>scaled);
    point = count - places;
    while (count > 1 && load<u8>(digits + count - 1) == 0x30) count--;
    return true;
  }
  return false;
}

function setDigits(value: u64): void {
  let length = 1;
  for (let left = value; left >= 10; left /= 10) length++;
  let left = value;
  for (let at = length - 1; at >= 0; at--) {
    store<u8>(digits + at, 0x30 + left % 10);
    left /= 10;
  }
  count = length;
}

/** Steele and White's free-format algorithm with whole numbers. It is exact for every double. */
function findShortest(value: f64): void {
  const bits = reinterpret<u64>(value);
  const biased = <i32>(bits >> 52);
  const fraction = bits & 0xf_ffff_ffff_ffff;
  const mantissa = biased == 0 ? fraction : fraction | 0x10_0000_0000_0000;
  const exponent = max(biased, 1) - 1075;
  const isEven = (mantissa & 1) == 0;
  // At a power of two, the next lower double is half as far away.
  const isEdge = fraction == 0 && biased > 1;
  const extra = isEdge ? 2 : 1;
  rest.set(mantissa);
  unit.set(1);
  above.set(isEdge ? 2 : 1);
  below.set(1);
  rest.shiftLeft(max(exponent, 0) + extra);
  unit.shiftLeft(max(-exponent, 0) + extra);
  above.shiftLeft(max(exponent, 0));
  below.shiftLeft(max(exponent, 0));
  point = <i32>Math.ceil(Math.log10(value) - 1e-10);
  if (point >= 0) unit.multiplyByPowerOfTen(point);
  else {
    rest.multiplyByPowerOfTen(-point);
    above.multiplyByPowerOfTen(-point);
    below.multiplyByPowerOfTen(-point);
  }
  if (reaches(isEven)) point++;
  else {
    rest.multiply(10);
    above.multiply(10);
    below.multiply(10);
  }
  count = 0;
  for (;;) {
    let digit = 0;
    while (rest.compare(unit) >= 0) {
      rest.subtract(unit);
      digit++;
    }
    const order = rest.compare(below);
    const isLow = order < 0 || (isEven && order == 0);
    const isHigh = reaches(isEven);
    if (isHigh && (!isLow || isNearerAbove(digit))) digit++;
    store<u8>(digits + count++, 0x30 + digit);
    if (isLow || isHigh) return;
    rest.multiply(10);
    above.multiply(10);
    below.multiply(10);
  }
}

/** Whether `rest` + `above` is more than `unit`, or equal if equality counts. */
function reaches(isEven: bool): bool {
  sum.setTo(rest);
  sum.add(above);
  const order = sum.compare(unit);
  return order > 0 || (isEven && order == 0);
}

/** Whether to round up to the nearer digit. At the midpoint, the even digit is taken. */
function isNearerAbove(digit: i32): bool {
  sum.setTo(rest).multiply(2);
  const order = sum.compare(unit);
  return order > 0 || (order == 0 && (digit & 1) == 1);
}
