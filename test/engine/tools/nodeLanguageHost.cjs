// The Node language host of the engine: the service by which `pulumi` runs a program. The official one is part of the release archives
// only, so the lane has this one, which speaks the same protocol. The engine starts it with its own address as the last argument and reads
// the port to talk to from the first line of output.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const messages = require("@pulumi/pulumi/proto/language_pb");
const plugins = require("@pulumi/pulumi/proto/plugin_pb");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");

const engineAddress = process.argv.at(-1);
/** The SDK exits with this status when it has already told the user. */
const alreadyReported = 32;

/** Packages below `folder` that belong to a resource plugin, each once. */
function resourcePackages(folder) {
  const found = new Map();
  const modules = path.join(folder, "node_modules");
  const inside = (directory) => (fs.existsSync(directory) ? fs.readdirSync(directory).map((name) => path.join(directory, name)) : []);
  const candidates = inside(modules).flatMap((entry) => (path.basename(entry).startsWith("@") ? inside(entry) : [entry]));
  for (const candidate of candidates) {
    const file = path.join(candidate, "package.json");
    if (!fs.existsSync(file)) continue;
    const { name, version, pulumi } = JSON.parse(fs.readFileSync(file, "utf8"));
    if (!pulumi?.resource) continue;
    const plugin = pulumi.name ?? name.replace(/^@pulumi\//, "");
    found.set(plugin, { plugin, version: `v${String(pulumi.version ?? version).replace(/^v/, "")}` });
  }
  return [...found.values()];
}

const answer = (make) => (call, callback) => {
  try {
    callback(null, make(call.request));
  } catch (error) {
    callback({ code: grpc.status.UNKNOWN, details: String(error?.stack ?? error) });
  }
};

function requiredPackages(request) {
  const response = new messages.GetRequiredPackagesResponse();
  for (const { plugin, version } of resourcePackages(request.getInfo().getProgramDirectory())) {
    const dependency = new plugins.PackageDependency();
    dependency.setName(plugin);
    dependency.setKind("resource");
    dependency.setVersion(version);
    response.addPackages(dependency);
  }
  return response;
}

function run(call, callback) {
  const { request } = call;
  const info = request.getInfo();
  const folder = info.getProgramDirectory();
  const options = info.getOptions()?.toJavaScript() ?? {};
  const args = [
    createRequire(path.join(fs.realpathSync(folder), "program")).resolve("@pulumi/pulumi/cmd/run"),
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engineAddress}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--root-directory=${info.getRootDirectory()}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getPwd() ? [`--pwd=${request.getPwd()}`] : []),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    path.resolve(folder, info.getEntryPoint() || "."),
    ...request.getArgsList(),
  ];
  const child = spawn(process.execPath, args, {
    cwd: request.getPwd() || folder,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript !== false),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  const response = new messages.RunResponse();
  programs.add(child);
  child.on("close", () => programs.delete(child));
  call.on("cancelled", () => child.kill());
  child.on("error", (error) => response.setError(String(error)));
  child.on("close", (status, signal) => {
    if (status === alreadyReported) response.setBail(true);
    else if (status !== 0) response.setError(`The program ended with ${signal ? `signal ${signal}` : `status ${status}`}.`);
    callback(null, response);
  });
}

const programs = new Set();

// A killed engine does not end its hosts, and it starts them in a separate group: nothing else would ever end them.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid === engine) return;
  for (const program of programs) program.kill();
  process.exit();
}, 1000).unref();

/**
 * A policy pack, or this package as the provider of its own components; the first line that either prints is the port that the engine talks
 * to.
 */
const pluginRunners = {
  analyzer: (folder, args) => ["@pulumi/pulumi/cmd/run-policy-pack", ...args, folder],
  resource: (folder, args) => ["@pulumi/pulumi/cmd/run-plugin", folder, ...args],
};

/** As the official host does: starts it in its own folder, and reports its output. */
function runPlugin(call) {
  const { request } = call;
  const start = pluginRunners[request.getKind()];
  if (!start) return void call.destroy({ code: grpc.status.UNIMPLEMENTED, details: request.getKind() });
  const folder = request.getInfo().getProgramDirectory();
  const [runner, ...args] = start(folder, request.getArgsList());
  const given = request.getEnvList().map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  const child = spawn(process.execPath, [createRequire(path.join(fs.realpathSync(folder), "plugin")).resolve(runner), ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PULUMI_NODEJS_TYPESCRIPT: "true", ...Object.fromEntries(given) },
  });
  const say = (fill) => call.writable && call.write(fill(new messages.RunPluginResponse()));
  const passOn = (fill) => (chunk) => say((response) => (fill(response, new Uint8Array(chunk)), response));
  child.stdout.on(
    "data",
    passOn((response, chunk) => response.setStdout(chunk)),
  );
  child.stderr.on(
    "data",
    passOn((response, chunk) => response.setStderr(chunk)),
  );
  call.on("cancelled", () => child.kill());
  child.on("error", (error) => call.destroy({ code: grpc.status.UNKNOWN, details: String(error) }));
  child.on("close", (status) => {
    say((response) => (response.setExitcode(status ?? 1), response));
    call.end();
  });
}

const service = {
  handshake: answer(() => new messages.LanguageHandshakeResponse()),
  getPluginInfo: answer(() => {
    const info = new plugins.PluginInfo();
    info.setVersion(require("@pulumi/pulumi/package.json").version);
    return info;
  }),
  getRequiredPackages: answer(requiredPackages),
  getProgramDependencies: answer(() => new messages.GetProgramDependenciesResponse()),
  runtimeOptionsPrompts: answer(() => new messages.RuntimeOptionsResponse()),
  about: answer(() => new messages.AboutResponse()),
  cancel: answer(() => new Empty()),
  run,
  runPlugin,
  // The engine asks for this before it loads a plugin from a folder. What is tested lies beside an installed node_modules.
  installDependencies: (call) => call.end(),
};
const notHere = (_call, callback) => callback({ code: grpc.status.UNIMPLEMENTED, details: "not part of this language host" });

const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
server.addService(
  LanguageRuntimeService,
  Object.fromEntries(Object.keys(LanguageRuntimeService).map((name) => [name, service[name] ?? notHere])),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
