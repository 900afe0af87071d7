/** The provider protocol in front of the simulated cloud: one process answers as `aws`, `awsx` and `eks`. */
import * as grpc from "@grpc/grpc-js";
import { type Cloud, CloudError, type CloudObject } from "./cloud";
import { withRuntime, type Construct } from "./construct";

// The generated classes of the protocol have no types.
/* eslint-disable @typescript-eslint/no-require-imports */
const { Any } = require("google-protobuf/google/protobuf/any_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
const plugin = require("@pulumi/pulumi/proto/plugin_pb");
const proto = require("@pulumi/pulumi/proto/provider_pb");
const statusProto = require("@pulumi/pulumi/proto/status_pb");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const { specialSigKey, specialSecretSig } = require("@pulumi/pulumi/runtime/rpc");
const { version } = require("@pulumi/aws/package.json") as { version: string };

type Values = Record<string, unknown>;
type Call = { request: any };
type Callback = (error: unknown, response?: unknown) => void;

const js = (struct: any): Values => struct?.toJavaScript() ?? {};
const struct = (values: Values) => Struct.fromJavaScript(values);
const typeOf = (urn: string) => urn.split("::")[2]!.split("$").at(-1)!;
const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

/** Unwraps secrets: an account sees values. */
export function plain<T>(value: T): T {
  if (Array.isArray(value)) return value.map(plain) as T;
  if (typeof value !== "object" || value === null) return value;
  const values = value as Values;
  if (values[specialSigKey] === specialSecretSig) return plain(values.value) as T;
  return Object.fromEntries(Object.entries(values).map(([key, item]) => [key, plain(item)])) as T;
}

/** The part of an account that engines use. */
export type AskedCloud = Pick<Cloud, "check" | "diff" | "planned" | "create" | "update" | "delete" | "read" | "call">;

export interface ServedCloud {
  cloud: AskedCloud;
  components: Readonly<Record<string, Construct>>;
  note(call: string): void;
  /** @default any free port */
  port?: number;
}

export function serve({ cloud, components, note, port = 0 }: ServedCloud): Promise<number> {
  let engineAddress = "";
  const state = (object: CloudObject, inputs: Values) => struct({ ...object.state, ...inputs, ...nested(object) });
  const answered = (callback: Callback, act: () => Promise<unknown>) =>
    act().then(
      (response) => callback(null, response),
      (error: unknown) => callback(refusal(error)),
    );

  const service: Record<string, (call: Call, callback: Callback) => unknown> = {
    handshake: ({ request }, callback) => {
      engineAddress = request.getEngineAddress() || engineAddress;
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      callback(null, response);
    },
    attach: ({ request }, callback) => {
      engineAddress = request.getAddress() || engineAddress;
      callback(null, new Empty());
    },
    cancel: (_call, callback) => callback(null, new Empty()),
    getPluginInfo: (_call, callback) => {
      const info = new plugin.PluginInfo();
      info.setVersion(version);
      callback(null, info);
    },
    getSchema: (_call, callback) => {
      const response = new proto.GetSchemaResponse();
      response.setSchema("{}");
      callback(null, response);
    },
    checkConfig: ({ request }, callback) => {
      const response = new proto.CheckResponse();
      response.setInputs(request.getNews());
      callback(null, response);
    },
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
    check: ({ request }, callback) =>
      answered(callback, async () => {
        const response = new proto.CheckResponse();
        response.setInputs(request.getNews());
        const faults = cloud.check(typeOf(request.getUrn()), nameOf(request.getUrn()), plain(js(request.getNews())));
        response.setFailuresList(
          faults.map((reason) => {
            const failure = new proto.CheckFailure();
            failure.setReason(reason);
            return failure;
          }),
        );
        return Promise.resolve(response);
      }),
    diff: ({ request }, callback) => {
      const [before, after] = [plain(js(request.getOldInputs())), plain(js(request.getNews()))];
      const { changed, replaces, deleteBeforeReplace } = cloud.diff(
        typeOf(request.getUrn()),
        before,
        after,
        request.getIgnorechangesList(),
      );
      const response = new proto.DiffResponse();
      response.setDiffsList(changed);
      response.setReplacesList(replaces);
      response.setDeletebeforereplace(deleteBeforeReplace);
      const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
      response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
      callback(null, response);
    },
    create: ({ request }, callback) =>
      answered(callback, async () => {
        const [type, name] = [typeOf(request.getUrn()), nameOf(request.getUrn())];
        const inputs = js(request.getProperties());
        const response = new proto.CreateResponse();
        if (request.getPreview()) {
          response.setProperties(struct(cloud.planned(type, name, inputs)));
          return response;
        }
        note(`create ${name}`);
        const object = await cloud.create(type, name, plain(inputs));
        response.setId(object.id);
        response.setProperties(state(object, inputs));
        return response;
      }),
    update: ({ request }, callback) =>
      answered(callback, async () => {
        const response = new proto.UpdateResponse();
        const inputs = js(request.getNews());
        if (request.getPreview()) {
          response.setProperties(struct({ ...js(request.getOlds()), ...inputs }));
          return response;
        }
        note(`update ${nameOf(request.getUrn())}`);
        response.setProperties(state(await cloud.update(request.getId(), plain(inputs)), inputs));
        return response;
      }),
    read: ({ request }, callback) =>
      answered(callback, async () => {
        const response = new proto.ReadResponse();
        const object = cloud.read(request.getId());
        // There is nothing by this id: the engine removes the resource from its state.
        if (!object) return Promise.resolve(response);
        response.setId(object.id);
        response.setProperties(struct(object.state));
        response.setInputs(struct(object.inputs));
        return Promise.resolve(response);
      }),
    delete: ({ request }, callback) =>
      answered(callback, async () => {
        note(`delete ${nameOf(request.getUrn())}`);
        await cloud.delete(request.getId());
        return new Empty();
      }),
    invoke: ({ request }, callback) =>
      answered(callback, async () => {
        const response = new proto.InvokeResponse();
        response.setReturn(struct(cloud.call(request.getTok(), plain(js(request.getArgs())))));
        return Promise.resolve(response);
      }),
    construct: ({ request }, callback) =>
      answered(callback, async () => {
        const construct = components[request.getType()];
        if (!construct) throw new Error(`The simulated account has no component ${request.getType()}.`);
        return withRuntime(request, engineAddress, construct);
      }),
  };
  return listen(service, port);
}

/** Outputs inside an input: a cluster's own security group, the name that a Kubernetes object was given. */
const nested = ({ type, state }: CloudObject): Values => {
  if (type === "aws:eks/cluster:Cluster") return { vpcConfig: state.vpcConfig };
  return type.startsWith("kubernetes:") ? { metadata: state.metadata } : {};
};

/** An object that is there although AWS reports an error is kept in the state, as the engine does for a failed initialisation. */
function refusal(error: unknown): unknown {
  const message = error instanceof Error ? (error instanceof CloudError ? error.message : (error.stack ?? error.message)) : String(error);
  if (!(error instanceof CloudError) || !error.halfway) return { code: grpc.status.UNKNOWN, details: message };
  const detail = new proto.ErrorResourceInitFailed();
  detail.setId(error.halfway.id);
  detail.setProperties(struct(error.halfway.state));
  detail.setReasonsList([message]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusProto.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

function listen(service: Record<string, (call: Call, callback: Callback) => unknown>, wanted: number): Promise<number> {
  const notHere = (_call: Call, callback: Callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED, details: "not part of the simulated account" });
  const size = 400 * 1024 * 1024;
  const server = new grpc.Server({ "grpc.max_receive_message_length": size, "grpc.max_send_message_length": size });
  const methods = Object.keys(ResourceProviderService).map((name) => [name, service[name] ?? notHere]);
  server.addService(ResourceProviderService, Object.fromEntries(methods));
  return new Promise((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${wanted}`, grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
}
