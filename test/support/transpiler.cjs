// Lets Node load TypeScript as ts-node with swc would, but much faster: swc's output for a file stays in .build/tests/ until the file
// changes, so that the second worker, every child process and the next run read it there and load no compiler.
const crypto = require("node:crypto");
const fs = require("node:fs");
const modules = require("node:module");
const path = require("node:path");

const root = path.resolve(__dirname, "../..");
const cache = path.join(root, ".build", "tests");
const settings = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
  module: { type: "commonjs", strictMode: true, noInterop: false },
  sourceMaps: "inline",
  swcrc: false,
};
const compiler = `${require("@swc/core/package.json").version} ${JSON.stringify(settings)}`;

/** JavaScript of the files that this process has loaded, with their source maps. */
const loaded = new Map();
modules._extensions[".ts"] = (loading, file) => {
  const code = transpiled(file);
  loaded.set(file, { code });
  loading._compile(code, file);
};

/** The last line of a kept file is the digest of its source. Times do not work: git and editors change them. */
function transpiled(file) {
  const source = fs.readFileSync(file, "utf8");
  const origin = `\n// ${crypto.createHash("sha256").update(compiler).update(source).digest("hex")}\n`;
  const inProject = path.relative(root, file);
  const kept = inProject.startsWith("..") ? undefined : path.join(cache, `${inProject}.js`);
  const earlier = kept && fs.existsSync(kept) ? fs.readFileSync(kept, "utf8") : "";
  if (earlier.endsWith(origin)) return earlier;

  const { code } = require("@swc/core").transformSync(source, { ...settings, filename: file, sourceFileName: file });
  if (kept) write(kept, code + origin);
  return code + origin;
}

/** Writes the file elsewhere and then moves it: workers run side by side, and none may read half a file. */
function write(file, content) {
  const unfinished = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(unfinished, content);
  fs.renameSync(unfinished, file);
}

function mapOf(script) {
  if (!script.map) {
    const [, encoded] = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(script.code);
    script.map = new modules.SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString()));
  }
  return script.map;
}

/** A line of a stack trace, with its position in the TypeScript file. */
function lineOf(frame) {
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  const script = loaded.get(file);
  const { originalLine, originalColumn } = script ? mapOf(script).findEntry(line - 1, column - 1) : {};
  if (originalLine === undefined) return String(frame);
  return String(frame).replace(`${file}:${line}:${column}`, `${file}:${originalLine + 1}:${originalColumn + 1}`);
}

const pulumiPromises = path.join("@pulumi", "pulumi", "runtime", "debuggable.js");

/** Pulumi takes a stack trace at every promise (two thirds of the time of a dry run) and shows it only when this variable is set. */
function takeNoTraces(promises) {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return;
  const { debuggablePromise } = promises;
  promises.debuggablePromise = (promise, context) => {
    const frames = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = frames;
    }
  };
}

const patched = new Set();
Error.prepareStackTrace = (error, frames) => {
  const asking = frames[0]?.getFileName();
  // Before this point we do not know which copy of Pulumi the program loads.
  if (asking?.endsWith(pulumiPromises) && !patched.has(asking)) {
    patched.add(asking);
    takeNoTraces(require(asking));
  }
  return [Error.prototype.toString.call(error), ...frames.map(lineOf)].join("\n    at ");
};
