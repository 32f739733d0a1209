//! The four workloads of ../README.md in Zig.
const std = @import("std");
const allocator = std.heap.wasm_allocator;

const Row = struct {
    id: u32,
    name: []const u8,
    active: bool,
    score: f64,
    tags: []const []const u8,
};

var data: std.ArrayList(u8) = std.ArrayList(u8).init(allocator);
var numbers: []u32 = &.{};
var rows: u32 = 0;

export fn prepare(workload: u32, size: u32) void {
    data.clearRetainingCapacity();
    switch (workload) {
        0 => for (0..size) |i| data.append(@truncate(i *% 31)) catch unreachable,
        1 => {
            data.append('[') catch unreachable;
            var i: u32 = 0;
            while (data.items.len < size) : (i += 1) {
                if (i > 0) data.append(',') catch unreachable;
                data.writer().print("{{\"id\":{d},\"name\":\"row {d} of the table\",\"active\":true,\"score\":{d}.25,\"tags\":[\"red\",\"green\",\"blue\"]}}", .{ i, i, i }) catch unreachable;
            }
            data.append(']') catch unreachable;
        },
        2 => {
            numbers = allocator.alloc(u32, size) catch unreachable;
            var seed: u32 = 1;
            for (numbers) |*number| {
                seed = seed *% 1664525 +% 1013904223;
                number.* = seed;
            }
        },
        else => rows = size,
    }
}

export fn run(workload: u32) u32 {
    switch (workload) {
        0 => {
            var hash: u32 = 2166136261;
            for (data.items) |byte| hash = (hash ^ byte) *% 16777619;
            return hash;
        },
        1 => {
            const parsed = std.json.parseFromSlice([]Row, allocator, data.items, .{}) catch return 0;
            defer parsed.deinit();
            return @intCast(parsed.value.len);
        },
        2 => {
            const sorted = allocator.dupe(u32, numbers) catch unreachable;
            defer allocator.free(sorted);
            std.mem.sort(u32, sorted, {}, std.sort.asc(u32));
            return sorted[0];
        },
        else => {
            var text = std.ArrayList(u8).init(allocator);
            defer text.deinit();
            for (0..rows) |i| text.writer().print("row {d} of the table;", .{i}) catch unreachable;
            return @intCast(text.items.len);
        },
    }
}
