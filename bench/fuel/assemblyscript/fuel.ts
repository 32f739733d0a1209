// The four workloads of ../README.md in AssemblyScript. The parser checks a document and counts its objects.
let data: Uint8Array = new Uint8Array(0);
let numbers: StaticArray<u32> = new StaticArray<u32>(0);
let rows: i32 = 0;

export function prepare(workload: i32, size: i32): void {
  if (workload == 0) {
    data = new Uint8Array(size);
    for (let i = 0; i < size; i++) data[i] = <u8>(i * 31);
  } else if (workload == 1) {
    const parts = new Array<string>();
    let length = 0;
    for (let i = 0; length < size; i++) {
      const n = i.toString();
      const part = `{"id":${n},"name":"row ${n} of the table","active":true,"score":${n}.25,"tags":["red","green","blue"]}`;
      parts.push(part);
      length += part.length + 1;
    }
    data = Uint8Array.wrap(String.UTF8.encode('[' + parts.join(',') + ']'));
  } else if (workload == 2) {
    numbers = new StaticArray<u32>(size);
    let seed: u32 = 1;
    for (let i = 0; i < size; i++) numbers[i] = seed = seed * 1664525 + 1013904223;
  } else {
    rows = size;
  }
}

let at: i32 = 0;
let objects: i32 = 0;

function next(): u8 {
  return at < data.length ? unchecked(data[at]) : 0;
}

function space(): void {
  while (next() == 0x20 || next() == 0x0a || next() == 0x09 || next() == 0x0d) at++;
}

function take(byte: u8): bool {
  space();
  if (next() != byte) return false;
  at++;
  return true;
}

function quoted(): bool {
  if (!take(0x22)) return false;
  while (next() >= 0x20) {
    const byte = next();
    at++;
    if (byte == 0x22) return true;
    if (byte == 0x5c) at++;
  }
  return false;
}

function number(): bool {
  const start = at;
  for (let byte = next(); byte == 0x2d || byte == 0x2e || (byte >= 0x30 && byte <= 0x39); byte = next()) at++;
  return at > start;
}

function value(): bool {
  space();
  switch (next()) {
    case 0x7b:
      at++;
      objects++;
      do {
        if (!quoted() || !take(0x3a) || !value()) return false;
      } while (take(0x2c));
      return take(0x7d);
    case 0x5b:
      at++;
      do {
        if (!value()) return false;
      } while (take(0x2c));
      return take(0x5d);
    case 0x22:
      return quoted();
    case 0x74:
    case 0x6e:
      at += 4;
      return true;
    case 0x66:
      at += 5;
      return true;
    default:
      return number();
  }
}

export function run(workload: i32): i32 {
  if (workload == 0) {
    let hash: u32 = 2166136261;
    for (let i = 0; i < data.length; i++) hash = (hash ^ data[i]) * 16777619;
    return hash;
  }
  if (workload == 1) {
    at = objects = 0;
    return value() ? objects : 0;
  }
  if (workload == 2) {
    const sorted = numbers.slice<Array<u32>>(0);
    sorted.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return sorted[0];
  }
  let text = '';
  let length = 0;
  for (let i = 0; i < rows; i++) {
    text += 'row ' + i.toString() + ' of the table;';
    if (text.length > 4096) {
      length += text.length;
      text = '';
    }
  }
  return length + text.length;
}
