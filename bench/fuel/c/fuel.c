// The four workloads of ../README.md in C, without a library. The parser checks a document and counts its rows.
typedef unsigned int u32;
typedef unsigned char u8;

static u8 data[1 << 21];
static u32 length;
static u32 numbers[1 << 18];
static u32 sorted[1 << 18];
static u32 rows;

#define EXPORT(name) __attribute__((export_name(name)))

static void put(const char *text) {
  while (*text) data[length++] = (u8)*text++;
}

static void put_number(u32 value) {
  u8 digits[10];
  u32 count = 0;
  do digits[count++] = (u8)('0' + value % 10);
  while (value /= 10);
  while (count) data[length++] = digits[--count];
}

EXPORT("prepare") void prepare(u32 workload, u32 size) {
  length = 0;
  u32 seed = 1;
  switch (workload) {
  case 0:
    for (u32 i = 0; i < size; i++) data[i] = (u8)(i * 31);
    length = size;
    return;
  case 1:
    put("[");
    for (u32 i = 0; length < size; i++) {
      if (i) put(",");
      put("{\"id\":");
      put_number(i);
      put(",\"name\":\"row ");
      put_number(i);
      put(" of the table\",\"active\":true,\"score\":");
      put_number(i);
      put(".25,\"tags\":[\"red\",\"green\",\"blue\"]}");
    }
    put("]");
    return;
  case 2:
    length = size;
    for (u32 i = 0; i < size; i++) numbers[i] = seed = seed * 1664525 + 1013904223;
    return;
  default:
    rows = size;
  }
}

static u32 at;
static u32 objects;

static void space(void) {
  while (data[at] == ' ' || data[at] == '\n' || data[at] == '\t' || data[at] == '\r') at++;
}

static int word(const char *text) {
  while (*text)
    if (data[at++] != (u8)*text++) return 0;
  return 1;
}

static int string(void) {
  if (data[at++] != '"') return 0;
  for (;;) {
    switch (data[at++]) {
    case '"': return 1;
    case '\\':
      switch (data[at++]) {
      case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': break;
      case 'u': at += 4; break;
      default: return 0;
      }
      break;
    default:
      if (data[at - 1] < ' ') return 0;
    }
  }
}

static int number(void) {
  if (data[at] == '-') at++;
  while (data[at] >= '0' && data[at] <= '9') at++;
  if (data[at] == '.') at++;
  while (data[at] >= '0' && data[at] <= '9') at++;
  return 1;
}

static int value(void) {
  space();
  switch (data[at]) {
  case '{':
    at++;
    objects++;
    for (;;) {
      space();
      if (!string()) return 0;
      space();
      if (data[at++] != ':' || !value()) return 0;
      space();
      if (data[at] == '}') return at++, 1;
      if (data[at++] != ',') return 0;
    }
  case '[':
    at++;
    for (;;) {
      if (!value()) return 0;
      space();
      if (data[at] == ']') return at++, 1;
      if (data[at++] != ',') return 0;
    }
  case '"': return string();
  case 't': return word("true");
  case 'f': return word("false");
  case 'n': return word("null");
  default: return number();
  }
}

static void sort(u32 *from, u32 count) {
  for (u32 gap = count / 2; gap; gap /= 2)
    for (u32 i = gap; i < count; i++) {
      u32 moved = from[i];
      u32 j = i;
      for (; j >= gap && from[j - gap] > moved; j -= gap) from[j] = from[j - gap];
      from[j] = moved;
    }
}

EXPORT("run") u32 run(u32 workload) {
  u32 hash = 2166136261u;
  switch (workload) {
  case 0:
    for (u32 i = 0; i < length; i++) hash = (hash ^ data[i]) * 16777619u;
    return hash;
  case 1:
    at = objects = 0;
    return value() ? objects : 0;
  case 2:
    for (u32 i = 0; i < length; i++) sorted[i] = numbers[i];
    sort(sorted, length);
    return sorted[0];
  default:
    length = 0;
    for (u32 i = 0; i < rows; i++) {
      put("row ");
      put_number(i);
      put(" of the table;");
    }
    return length;
  }
}
