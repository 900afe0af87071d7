// bench.mjs preloads this file, because only the process itself knows its peak memory.
process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));
