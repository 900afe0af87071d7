// Preloaded by bench.mjs: the peak memory of a process is known to itself alone.
process.on("exit", () => require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS)));
