/** The account, asked through AWS's SDK. A client is loaded at the first call to its service, so a plan that asks nothing loads none. */
import { given } from "../../sizing/givenKeys";
import type { AccountApi, Operation, Operations } from "./account";
import type { AwsWay } from "../../environment/awsIdentity";
import { clientSettings } from "./clientSettings";
import type { CredentialProvider } from "./credentials";

interface SdkAccountOptions {
  region: string;
  /** Default: the SDK's own search. */
  credentials?: CredentialProvider;
  /** Default: AWS's own addresses. */
  way?: AwsWay;
  /** Longest time of one call, retries included. Default: 6000. */
  callMilliseconds?: number;
}

/** A little longer than the preflight waits for an answer, so that no socket keeps the process alive long after the report. */
const defaultCallMilliseconds = 6000;

export function sdkAccount(options: SdkAccountOptions): AccountApi {
  const clients = new Map<Service, Promise<Client>>();
  const openClient = (service: Service): Promise<Client> => {
    const client = clients.get(service) ?? loadClient(service, options);
    clients.set(service, client);
    return client;
  };
  return {
    async call<Name extends Operation>(name: Name, input: Operations[Name]["input"]) {
      const [service, action] = name.split(":") as [Service, string];
      const client = await openClient(service);
      const answer = await client.send(action, input, AbortSignal.timeout(options.callMilliseconds ?? defaultCallMilliseconds));
      return answer as Operations[Name]["output"];
    },
  };
}

type Service = Operation extends `${infer Prefix}:${string}` ? Prefix : never;

interface Client {
  send(action: string, input: unknown, abortSignal: AbortSignal): Promise<unknown>;
}

type Settings = ReturnType<typeof settingsOf>;

const settingsOf = (service: Service, { region, credentials, way }: SdkAccountOptions) => ({
  ...clientSettings(service, regionOf(service, region), way),
  ...given({ credentials }, "credentials"),
});

function loadClient(service: Service, options: SdkAccountOptions): Promise<Client> {
  return loaders[service](settingsOf(service, options));
}

/** AWS serves the price list from a few regions; https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html */
const regionOf = (service: Service, region: string): string => (service === "pricing" ? "us-east-1" : region);

const loaders: Record<Service, (settings: Settings) => Promise<Client>> = {
  acm: (settings) => import("@aws-sdk/client-acm").then((sdk) => wrapClient(new sdk.ACMClient(settings), sdk)),
  ec2: (settings) => import("@aws-sdk/client-ec2").then((sdk) => wrapClient(new sdk.EC2Client(settings), sdk)),
  ecr: (settings) => import("@aws-sdk/client-ecr").then((sdk) => wrapClient(new sdk.ECRClient(settings), sdk)),
  eks: (settings) => import("@aws-sdk/client-eks").then((sdk) => wrapClient(new sdk.EKSClient(settings), sdk)),
  elasticloadbalancing: (settings) =>
    import("@aws-sdk/client-elastic-load-balancing-v2").then((sdk) => wrapClient(new sdk.ElasticLoadBalancingV2Client(settings), sdk)),
  fsx: (settings) => import("@aws-sdk/client-fsx").then((sdk) => wrapClient(new sdk.FSxClient(settings), sdk)),
  pricing: (settings) => import("@aws-sdk/client-pricing").then((sdk) => wrapClient(new sdk.PricingClient(settings), sdk)),
  route53: (settings) => import("@aws-sdk/client-route-53").then((sdk) => wrapClient(new sdk.Route53Client(settings), sdk)),
  servicequotas: (settings) =>
    import("@aws-sdk/client-service-quotas").then((sdk) => wrapClient(new sdk.ServiceQuotasClient(settings), sdk)),
  sts: (settings) => import("@aws-sdk/client-sts").then((sdk) => wrapClient(new sdk.STSClient(settings), sdk)),
};

/** Every package exports its operations as `<Action>Command`, so one table of clients is enough. */
function wrapClient(sender: unknown, sdk: unknown): Client {
  const { send } = sender as { send(command: unknown, options: { abortSignal: AbortSignal }): Promise<unknown> };
  const commands = sdk as Record<string, (new (input: unknown) => unknown) | undefined>;
  return {
    send(action, input, abortSignal) {
      const Command = commands[`${action}Command`];
      if (!Command) throw new Error(`AWS's SDK has no ${action}Command.`);
      return send.call(sender, new Command(input), { abortSignal });
    },
  };
}
