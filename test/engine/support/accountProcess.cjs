// The AWS account as a resource provider of the real engine: one process answers as `aws`. What a resource answers comes from
// plan/simulatedAccount.ts, the account of the offline tests, so that both lanes know the same resource types and throw on others.
// GPU node groups are more than an answer: their nodes appear on the cluster, with the labels and taints that the group was given.
// ACCOUNT_KUBECONFIG: the cluster. Messages from the parent: { fail: ["create aws:eks/nodeGroup:NodeGroup", "join nodes", …] }.
require("../../support/environment.cjs");
const { randomUUID } = require("node:crypto");
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
const plugin = require("@pulumi/pulumi/proto/plugin_pb");
const proto = require("@pulumi/pulumi/proto/provider_pb");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const { specialSigKey, specialSecretSig } = require("@pulumi/pulumi/runtime/rpc");
const { simulatedAccount } = require("../../../plan/simulatedAccount");
const { nodeGroupOnCluster } = require("./nodeGroupOnCluster");

const account = simulatedAccount();
const cluster = nodeGroupOnCluster(process.env.ACCOUNT_KUBECONFIG ?? "");
let failing = [];
const nodesJoin = () => !failing.includes("join nodes");
process.on("message", async (message) => {
  failing = message.fail;
  if (nodesJoin()) await cluster.join();
  process.send?.({ done: true });
});
process.on("disconnect", () => process.exit(0));
const note = (call) => process.send?.({ call });

const js = (struct) => struct?.toJavaScript() ?? {};
const isObject = (value) => typeof value === "object" && value !== null;
function mapped(value, leaf) {
  const done = leaf(value);
  if (done !== undefined) return done.value;
  if (Array.isArray(value)) return value.map((item) => mapped(item, leaf));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, leaf)]));
  return value;
}
/** Secrets unwrapped: an account sees values. */
const plain = (value) =>
  mapped(value, (item) => (isObject(item) && item[specialSigKey] === specialSecretSig ? { value: plain(item.value) } : undefined));
const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : isObject(value)
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sorted(value[key])]),
        )
      : value;
const same = (a, b) => JSON.stringify(sorted(plain(a))) === JSON.stringify(sorted(plain(b)));

const typeOf = (urn) => urn.split("::")[2].split("$").at(-1);
const nameOf = (urn) => urn.split("::").slice(3).join("::");

/** Properties that no AWS API changes in place; of those that the specs change. */
const replacedFor = {
  "aws:fsx/lustreFileSystem:LustreFileSystem": ["deploymentType", "subnetIds"],
  "aws:eks/nodeGroup:NodeGroup": ["clusterName", "instanceTypes", "capacityType", "subnetIds"],
};

/** Outputs in preview: what the inputs say, and nothing that only AWS would know. */
function stateOf(type, name, inputs, preview, seed = "") {
  const { id, state } = account.create(type, name + seed, plain(inputs), preview);
  return { id, state: { ...state, ...inputs } };
}

const refuse = (callback, details) => callback({ code: grpc.status.UNKNOWN, details });
const refused = (operation, type) => failing.includes(`${operation} ${type}`);

const service = {
  handshake: (_call, callback) => {
    const response = new proto.ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(true);
    response.setAcceptOutputs(true);
    callback(null, response);
  },
  attach: (_call, callback) => callback(null, new Empty()),
  cancel: (_call, callback) => callback(null, new Empty()),
  getPluginInfo: (_call, callback) => {
    const info = new plugin.PluginInfo();
    info.setVersion(require("@pulumi/aws/package.json").version);
    callback(null, info);
  },
  getSchema: (_call, callback) => {
    const response = new proto.GetSchemaResponse();
    response.setSchema("{}");
    callback(null, response);
  },
  checkConfig: (call, callback) => checked(call.request, callback),
  check: (call, callback) => checked(call.request, callback),
  diffConfig: (_call, callback) => {
    const response = new proto.DiffResponse();
    response.setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE);
    callback(null, response);
  },
  configure: (_call, callback) => {
    const response = new proto.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    response.setAcceptresources(true);
    response.setAcceptoutputs(true);
    callback(null, response);
  },
  diff: ({ request }, callback) => {
    const type = typeOf(request.getUrn());
    const ignored = request.getIgnorechangesList();
    const [before, after] = [js(request.getOldInputs()), js(request.getNews())];
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = keys.filter((key) => !key.startsWith("__") && !ignored.includes(key) && !same(before[key], after[key]));
    const response = new proto.DiffResponse();
    response.setDiffsList(changed);
    response.setReplacesList(changed.filter((key) => replacedFor[type]?.includes(key)));
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
    callback(null, response);
  },
  create: async ({ request }, callback) => {
    const [type, name, inputs, preview] = [
      typeOf(request.getUrn()),
      nameOf(request.getUrn()),
      js(request.getProperties()),
      request.getPreview(),
    ];
    try {
      if (!preview) note(`create ${name}`);
      if (!preview && refused("create", type))
        return refuse(callback, `creating ${type}: InsufficientInstanceCapacity: there is no such capacity in the zone now`);
      const { id, state } = stateOf(type, name, inputs, preview, preview ? "" : `-${randomUUID()}`);
      if (!preview) await cluster.created(type, String(id), plain(inputs), nodesJoin());
      const response = new proto.CreateResponse();
      response.setId(preview ? "" : String(id));
      response.setProperties(Struct.fromJavaScript(state));
      callback(null, response);
    } catch (error) {
      refuse(callback, String(error?.stack ?? error));
    }
  },
  update: async ({ request }, callback) => {
    const [type, name, preview] = [typeOf(request.getUrn()), nameOf(request.getUrn()), request.getPreview()];
    try {
      if (!preview) note(`update ${name}`);
      if (!preview) await cluster.created(type, request.getId(), plain(js(request.getNews())), nodesJoin());
      const response = new proto.UpdateResponse();
      response.setProperties(Struct.fromJavaScript({ ...js(request.getOlds()), ...js(request.getNews()) }));
      callback(null, response);
    } catch (error) {
      refuse(callback, String(error?.stack ?? error));
    }
  },
  read: ({ request }, callback) => {
    const response = new proto.ReadResponse();
    response.setId(request.getId());
    response.setProperties(request.getProperties());
    response.setInputs(request.getInputs());
    callback(null, response);
  },
  delete: async ({ request }, callback) => {
    const [type, name] = [typeOf(request.getUrn()), nameOf(request.getUrn())];
    try {
      note(`delete ${name}`);
      await cluster.deleted(type, request.getId());
      callback(null, new Empty());
    } catch (error) {
      refuse(callback, String(error?.stack ?? error));
    }
  },
  invoke: ({ request }, callback) => {
    try {
      const response = new proto.InvokeResponse();
      response.setReturn(Struct.fromJavaScript(account.call(request.getTok(), plain(js(request.getArgs())))));
      callback(null, response);
    } catch (error) {
      refuse(callback, String(error));
    }
  },
};

function checked(request, callback) {
  const response = new proto.CheckResponse();
  response.setInputs(request.getNews());
  callback(null, response);
}

const notHere = (_call, callback) => callback({ code: grpc.status.UNIMPLEMENTED, details: "not part of the simulated account" });
const size = 400 * 1024 * 1024;
const server = new grpc.Server({ "grpc.max_receive_message_length": size, "grpc.max_send_message_length": size });
server.addService(
  ResourceProviderService,
  Object.fromEntries(Object.keys(ResourceProviderService).map((name) => [name, service[name] ?? notHere])),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send?.({ port });
});
